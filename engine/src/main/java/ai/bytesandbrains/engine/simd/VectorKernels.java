package ai.bytesandbrains.engine.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The kernels on the Vector API, at the width of [VectorShapes].
///
/// The row kernels take four rows at a time with one accumulator each: enough independent chains to
/// hide the latency of the fused multiply-add, few enough registers for C2 not to spill. The
/// species is a constant and no vector is ever kept in a field, or C2 would box it.
///
/// Each vector loop stands in a method of its own and passes no vector in or out: what C2 makes of
/// it then rests on the profile of that loop alone, however rare its calls are.
final class VectorKernels implements DistanceKernels {
    private static final VectorSpecies<Float> SPECIES = VectorShapes.FLOATS;
    private static final int LANES = SPECIES.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Eight bytes of a code, the first of them the lowest on any machine.
    private static final ValueLayout.OfLong EIGHT_CODES =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Bytes of an ADC table for one subspace.
    private static final long LINE_BYTES = 256L * Float.BYTES;

    VectorKernels() {}

    @Override
    public float squaredL2(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int dimensions) {
        int bound = SPECIES.loopBound(dimensions);
        float sum = bound > 0 ? squaredL2Lanes(a, aOffset, b, bOffset, bound) : 0;
        for (int d = bound; d < dimensions; d++) {
            float difference = a.get(FLOAT, aOffset + 4L * d) - b.get(FLOAT, bOffset + 4L * d);
            sum += difference * difference;
        }
        return sum;
    }

    private static float squaredL2Lanes(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int bound) {
        FloatVector acc = FloatVector.zero(SPECIES);
        for (int d = 0; d < bound; d += LANES) {
            FloatVector difference = load(a, aOffset + 4L * d).sub(load(b, bOffset + 4L * d));
            acc = difference.fma(difference, acc);
        }
        return acc.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public float dot(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int dimensions) {
        int bound = SPECIES.loopBound(dimensions);
        float sum = bound > 0 ? dotLanes(a, aOffset, b, bOffset, bound) : 0;
        for (int d = bound; d < dimensions; d++) {
            sum += a.get(FLOAT, aOffset + 4L * d) * b.get(FLOAT, bOffset + 4L * d);
        }
        return sum;
    }

    private static float dotLanes(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int bound) {
        FloatVector acc = FloatVector.zero(SPECIES);
        for (int d = 0; d < bound; d += LANES) {
            acc = load(a, aOffset + 4L * d).fma(load(b, bOffset + 4L * d), acc);
        }
        return acc.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public void squaredL2Rows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] out) {
        int i = 0;
        for (; i + 3 < count; i += 4) {
            long row = rowsOffset + i * rowStride;
            squaredL2FourRows(query, queryOffset, rows, row, rowStride, paddedDimensions, out, i);
        }
        for (; i < count; i++) {
            long row = rowsOffset + i * rowStride;
            out[i] = squaredL2Lanes(query, queryOffset, rows, row, paddedDimensions);
        }
    }

    private static void squaredL2FourRows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long r0,
            long rowStride,
            int paddedDimensions,
            float[] out,
            int outIndex) {
        long r1 = r0 + rowStride;
        long r2 = r1 + rowStride;
        long r3 = r2 + rowStride;
        FloatVector a0 = FloatVector.zero(SPECIES);
        FloatVector a1 = FloatVector.zero(SPECIES);
        FloatVector a2 = FloatVector.zero(SPECIES);
        FloatVector a3 = FloatVector.zero(SPECIES);
        for (int d = 0; d < paddedDimensions; d += LANES) {
            long at = 4L * d;
            FloatVector q = load(query, queryOffset + at);
            FloatVector d0 = q.sub(load(rows, r0 + at));
            FloatVector d1 = q.sub(load(rows, r1 + at));
            FloatVector d2 = q.sub(load(rows, r2 + at));
            FloatVector d3 = q.sub(load(rows, r3 + at));
            a0 = d0.fma(d0, a0);
            a1 = d1.fma(d1, a1);
            a2 = d2.fma(d2, a2);
            a3 = d3.fma(d3, a3);
        }
        out[outIndex] = a0.reduceLanes(VectorOperators.ADD);
        out[outIndex + 1] = a1.reduceLanes(VectorOperators.ADD);
        out[outIndex + 2] = a2.reduceLanes(VectorOperators.ADD);
        out[outIndex + 3] = a3.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public void dotRows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] out) {
        int i = 0;
        for (; i + 3 < count; i += 4) {
            long row = rowsOffset + i * rowStride;
            dotFourRows(query, queryOffset, rows, row, rowStride, paddedDimensions, out, i);
        }
        for (; i < count; i++) {
            long row = rowsOffset + i * rowStride;
            out[i] = dotLanes(query, queryOffset, rows, row, paddedDimensions);
        }
    }

    private static void dotFourRows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long r0,
            long rowStride,
            int paddedDimensions,
            float[] out,
            int outIndex) {
        long r1 = r0 + rowStride;
        long r2 = r1 + rowStride;
        long r3 = r2 + rowStride;
        FloatVector a0 = FloatVector.zero(SPECIES);
        FloatVector a1 = FloatVector.zero(SPECIES);
        FloatVector a2 = FloatVector.zero(SPECIES);
        FloatVector a3 = FloatVector.zero(SPECIES);
        for (int d = 0; d < paddedDimensions; d += LANES) {
            long at = 4L * d;
            FloatVector q = load(query, queryOffset + at);
            a0 = q.fma(load(rows, r0 + at), a0);
            a1 = q.fma(load(rows, r1 + at), a1);
            a2 = q.fma(load(rows, r2 + at), a2);
            a3 = q.fma(load(rows, r3 + at), a3);
        }
        out[outIndex] = a0.reduceLanes(VectorOperators.ADD);
        out[outIndex + 1] = a1.reduceLanes(VectorOperators.ADD);
        out[outIndex + 2] = a2.reduceLanes(VectorOperators.ADD);
        out[outIndex + 3] = a3.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public void squaredL2Columns(
            MemorySegment vector,
            long vectorOffset,
            MemorySegment columns,
            long columnsOffset,
            long lineStride,
            int count,
            int dimensions,
            float[] out) {
        int i = 0;
        for (; i + 4 * LANES <= count; i += 4 * LANES) {
            long line = columnsOffset + 4L * i;
            fourColumns(vector, vectorOffset, columns, line, lineStride, dimensions, out, i);
        }
        for (; i < count; i += LANES) {
            long line = columnsOffset + 4L * i;
            oneColumn(vector, vectorOffset, columns, line, lineStride, dimensions, out, i);
        }
    }

    /// Columns of four vectors' width.
    private static void fourColumns(
            MemorySegment vector,
            long vectorOffset,
            MemorySegment columns,
            long columnsOffset,
            long lineStride,
            int dimensions,
            float[] out,
            int outIndex) {
        long line = columnsOffset;
        FloatVector a0 = FloatVector.zero(SPECIES);
        FloatVector a1 = FloatVector.zero(SPECIES);
        FloatVector a2 = FloatVector.zero(SPECIES);
        FloatVector a3 = FloatVector.zero(SPECIES);
        for (int d = 0; d < dimensions; d++) {
            float component = vector.get(FLOAT, vectorOffset + 4L * d);
            FloatVector x = FloatVector.broadcast(SPECIES, component);
            FloatVector d0 = x.sub(load(columns, line));
            FloatVector d1 = x.sub(load(columns, line + 4L * LANES));
            FloatVector d2 = x.sub(load(columns, line + 8L * LANES));
            FloatVector d3 = x.sub(load(columns, line + 12L * LANES));
            a0 = d0.fma(d0, a0);
            a1 = d1.fma(d1, a1);
            a2 = d2.fma(d2, a2);
            a3 = d3.fma(d3, a3);
            line += lineStride;
        }
        a0.intoArray(out, outIndex);
        a1.intoArray(out, outIndex + LANES);
        a2.intoArray(out, outIndex + 2 * LANES);
        a3.intoArray(out, outIndex + 3 * LANES);
    }

    /// Columns of one vector's width.
    private static void oneColumn(
            MemorySegment vector,
            long vectorOffset,
            MemorySegment columns,
            long columnsOffset,
            long lineStride,
            int dimensions,
            float[] out,
            int outIndex) {
        long line = columnsOffset;
        FloatVector acc = FloatVector.zero(SPECIES);
        for (int d = 0; d < dimensions; d++) {
            float component = vector.get(FLOAT, vectorOffset + 4L * d);
            FloatVector difference =
                    FloatVector.broadcast(SPECIES, component).sub(load(columns, line));
            acc = difference.fma(difference, acc);
            line += lineStride;
        }
        acc.intoArray(out, outIndex);
    }

    /// Plain Java, two codes at a time and eight subspaces a load: the additions of one code depend
    /// on each other, those of two codes do not, and one 64-bit load replaces eight of a byte.
    @Override
    public void adcRows(
            MemorySegment table,
            long tableOffset,
            int subspaces,
            MemorySegment codes,
            long codesOffset,
            long codeStride,
            int count,
            float[] out) {
        int groupsEnd = subspaces & -8;
        int i = 0;
        for (; i + 1 < count; i += 2) {
            long c0 = codesOffset + i * codeStride;
            long c1 = c0 + codeStride;
            float s0 = 0;
            float s1 = 0;
            int m = 0;
            for (; m < groupsEnd; m += 8) {
                long line = tableOffset + LINE_BYTES * m;
                s0 = addEight(s0, table, line, codes.get(EIGHT_CODES, c0 + m));
                s1 = addEight(s1, table, line, codes.get(EIGHT_CODES, c1 + m));
            }
            for (; m < subspaces; m++) {
                long line = tableOffset + LINE_BYTES * m;
                s0 += entry(table, line, codes, c0 + m);
                s1 += entry(table, line, codes, c1 + m);
            }
            out[i] = s0;
            out[i + 1] = s1;
        }
        if (i < count) {
            long code = codesOffset + i * codeStride;
            float sum = 0;
            for (int m = 0; m < subspaces; m++) {
                sum += entry(table, tableOffset + LINE_BYTES * m, codes, code + m);
            }
            out[i] = sum;
        }
    }

    /// Adds the entries of eight subspaces; a mask of 8 bits, shifted by 2, is a byte offset.
    private static float addEight(float start, MemorySegment table, long line, long eight) {
        float sum = start;
        sum += table.get(FLOAT, line + ((eight << 2) & 0x3fc));
        sum += table.get(FLOAT, line + LINE_BYTES + ((eight >>> 6) & 0x3fc));
        sum += table.get(FLOAT, line + 2 * LINE_BYTES + ((eight >>> 14) & 0x3fc));
        sum += table.get(FLOAT, line + 3 * LINE_BYTES + ((eight >>> 22) & 0x3fc));
        sum += table.get(FLOAT, line + 4 * LINE_BYTES + ((eight >>> 30) & 0x3fc));
        sum += table.get(FLOAT, line + 5 * LINE_BYTES + ((eight >>> 38) & 0x3fc));
        sum += table.get(FLOAT, line + 6 * LINE_BYTES + ((eight >>> 46) & 0x3fc));
        sum += table.get(FLOAT, line + 7 * LINE_BYTES + ((eight >>> 54) & 0x3fc));
        return sum;
    }

    private static float entry(MemorySegment table, long line, MemorySegment codes, long code) {
        return table.get(FLOAT, line + 4L * (codes.get(ValueLayout.JAVA_BYTE, code) & 0xff));
    }

    private static FloatVector load(MemorySegment segment, long offset) {
        return FloatVector.fromMemorySegment(SPECIES, segment, offset, ORDER);
    }
}
