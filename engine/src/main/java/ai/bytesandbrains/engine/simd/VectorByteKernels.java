package ai.bytesandbrains.engine.simd;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The byte kernels on the Vector API; one row after the other, see [VectorKernels]. The lanes of
/// float sums are added in an order that is spelled out, since that of `reduceLanes` is not
/// defined: a row has the same distance alone and among others.
final class VectorByteKernels implements ByteKernels {
    private static final VectorSpecies<Float> FLOATS = VectorShapes.FLOATS;
    private static final VectorSpecies<Long> LONGS =
            VectorSpecies.of(long.class, VectorShape.forBitSize(VectorShapes.BITS));

    /// As many bytes as there are floats in a vector, or the eight that are the least of a vector:
    /// at a width of four floats four of them are loaded for nothing, at the end of a row those of
    /// its scale.
    private static final VectorSpecies<Byte> COMPONENTS =
            VectorSpecies.of(
                    byte.class, VectorShape.forBitSize(Math.max(Long.SIZE, VectorShapes.BITS / 4)));

    private static final int LANES = FLOATS.length();
    private static final VectorShuffle<Float> BY_EIGHT = rotation(8);
    private static final VectorShuffle<Float> BY_FOUR = rotation(4);
    private static final VectorShuffle<Float> BY_TWO = rotation(2);
    private static final int VECTOR_BYTES = LONGS.vectorByteSize();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    VectorByteKernels() {}

    private static VectorShuffle<Float> rotation(int lanes) {
        return VectorShuffle.fromOp(FLOATS, i -> (i + lanes) % LANES);
    }

    @Override
    public float squaredL2Int8(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long row,
            int paddedDimensions) {
        return l2OneRow(query, queryOffset, rows, row, paddedDimensions);
    }

    @Override
    public float dotInt8(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long row,
            int paddedDimensions) {
        float sum = dotOneRow(query, queryOffset, rows, row, paddedDimensions);
        return rows.get(FLOAT, row + paddedDimensions) * sum;
    }

    @Override
    public void squaredL2Int8Rows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] out) {
        for (int i = 0; i < count; i++) {
            long row = rowsOffset + i * rowStride;
            out[i] = l2OneRow(query, queryOffset, rows, row, paddedDimensions);
        }
    }

    private static float l2OneRow(
            MemorySegment query, long queryOffset, MemorySegment rows, long row, int dimensions) {
        FloatVector scale = minusScale(rows, row + dimensions);
        FloatVector acc = FloatVector.zero(FLOATS);
        int d = 0;
        do {
            FloatVector difference =
                    components(rows, row + d).fma(scale, floats(query, queryOffset + 4L * d));
            acc = difference.fma(difference, acc);
            d += LANES;
        } while (d < dimensions);
        if (LANES > 8) {
            acc = acc.add(acc.rearrange(BY_EIGHT));
        }
        if (LANES > 4) {
            acc = acc.add(acc.rearrange(BY_FOUR));
        }
        acc = acc.add(acc.rearrange(BY_TWO));
        return acc.lane(0) + acc.lane(1);
    }

    @Override
    public void dotInt8Rows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] out) {
        for (int i = 0; i < count; i++) {
            long row = rowsOffset + i * rowStride;
            out[i] = dotOneRow(query, queryOffset, rows, row, paddedDimensions);
        }
        for (int i = 0; i < count; i++) {
            out[i] *= rows.get(FLOAT, rowsOffset + i * rowStride + paddedDimensions);
        }
    }

    private static float dotOneRow(
            MemorySegment query, long queryOffset, MemorySegment rows, long row, int dimensions) {
        FloatVector acc = FloatVector.zero(FLOATS);
        int d = 0;
        do {
            acc = components(rows, row + d).fma(floats(query, queryOffset + 4L * d), acc);
            d += LANES;
        } while (d < dimensions);
        if (LANES > 8) {
            acc = acc.add(acc.rearrange(BY_EIGHT));
        }
        if (LANES > 4) {
            acc = acc.add(acc.rearrange(BY_FOUR));
        }
        acc = acc.add(acc.rearrange(BY_TWO));
        return acc.lane(0) + acc.lane(1);
    }

    /// Whole vectors of a row first; what is left of it is less than a vector, and plain Java.
    @Override
    public void hammingRows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedBytes,
            float[] out) {
        int bound = paddedBytes & -VECTOR_BYTES;
        int rest = paddedBytes - bound;
        int i = 0;
        for (; bound > 0 && i + 1 < count; i += 2) {
            long row = rowsOffset + i * rowStride;
            hammingTwoRows(query, queryOffset, rows, row, rowStride, bound, out, i);
        }
        for (; bound > 0 && i < count; i++) {
            long row = rowsOffset + i * rowStride;
            out[i] = hammingOneRow(query, queryOffset, rows, row, bound);
        }
        if (rest > 0) {
            for (i = 0; i < count; i++) {
                long row = rowsOffset + i * rowStride + bound;
                int bits = ScalarByteKernels.bits(query, queryOffset + bound, rows, row, rest);
                out[i] = bound > 0 ? out[i] + bits : bits;
            }
        }
    }

    private static int hammingOneRow(
            MemorySegment query, long queryOffset, MemorySegment rows, long row, int bytes) {
        LongVector acc = LongVector.zero(LONGS);
        int at = 0;
        do {
            acc = acc.add(differing(longs(query, queryOffset + at), rows, row + at));
            at += VECTOR_BYTES;
        } while (at < bytes);
        return (int) acc.reduceLanes(VectorOperators.ADD);
    }

    /// Two rows, not four: with four of them this method and the one above are more than C2 is
    /// willing to inline into their caller.
    private static void hammingTwoRows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long r0,
            long rowStride,
            int bytes,
            float[] out,
            int outIndex) {
        long r1 = r0 + rowStride;
        LongVector a0 = LongVector.zero(LONGS);
        LongVector a1 = LongVector.zero(LONGS);
        int at = 0;
        do {
            LongVector q = longs(query, queryOffset + at);
            a0 = a0.add(differing(q, rows, r0 + at));
            a1 = a1.add(differing(q, rows, r1 + at));
            at += VECTOR_BYTES;
        } while (at < bytes);
        out[outIndex] = a0.reduceLanes(VectorOperators.ADD);
        out[outIndex + 1] = a1.reduceLanes(VectorOperators.ADD);
    }

    private static LongVector differing(LongVector query, MemorySegment rows, long at) {
        return query.lanewise(VectorOperators.XOR, longs(rows, at))
                .lanewise(VectorOperators.BIT_COUNT);
    }

    private static LongVector longs(MemorySegment segment, long offset) {
        return LongVector.fromMemorySegment(LONGS, segment, offset, ORDER);
    }

    private static FloatVector floats(MemorySegment segment, long offset) {
        return FloatVector.fromMemorySegment(FLOATS, segment, offset, ORDER);
    }

    private static FloatVector components(MemorySegment segment, long offset) {
        return (FloatVector)
                ByteVector.fromMemorySegment(COMPONENTS, segment, offset, ORDER)
                        .convertShape(VectorOperators.B2F, FLOATS, 0);
    }

    private static FloatVector minusScale(MemorySegment rows, long offset) {
        return FloatVector.broadcast(FLOATS, -rows.get(FLOAT, offset));
    }
}
