package ai.bytesandbrains.engine.simd;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The kernels on the Vector API, at the width of [VectorShapes].
///
/// The row kernels take one row after the other: the processor looks ahead far enough to work on
/// several at once, and memory that is read in the order of its addresses comes more than twice as
/// fast as four neighbouring rows side by side. The sixteen lanes of the contract are one vector at
/// 512 bits; at less they are strips, which are summed one after the other, the row being in the
/// cache from the first of them on, and added in pairs. How the lanes of a sum are added is spelled
/// out, since the order of `reduceLanes` is not defined.
///
/// The species is a constant and no vector is ever kept in a field that changes, or C2 would box
/// it. Each vector loop stands in a method of its own and passes no vector in or out: what C2 makes
/// of it then rests on the profile of that loop alone, however rare its calls are.
final class VectorKernels implements DistanceKernels {
    private static final VectorSpecies<Float> FLOATS = VectorShapes.FLOATS;
    private static final int LANES = FLOATS.length();
    /// Strips that make up the sixteen lanes, and how many pairs of them are added up.
    private static final int STRIPS = PADDING / LANES;

    private static final int STRIP_PAIRS = STRIPS > 2 ? 2 : 1;
    private static final VectorShuffle<Float> BY_EIGHT = rotation(8);
    private static final VectorShuffle<Float> BY_FOUR = rotation(4);
    private static final VectorShuffle<Float> BY_TWO = rotation(2);
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Eight bytes of a code, the first of them the lowest on any machine.
    private static final ValueLayout.OfLong EIGHT_CODES =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Bytes of an ADC table for one subspace.
    private static final long LINE_BYTES = 256L * Float.BYTES;

    VectorKernels() {}

    private static VectorShuffle<Float> rotation(int lanes) {
        return VectorShuffle.fromOp(FLOATS, i -> (i + lanes) % LANES);
    }

    @Override
    public float squaredL2(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int dimensions) {
        int end = dimensions & -PADDING;
        float sum = end > 0 ? squaredL2OneRow(a, aOffset, b, bOffset, end) : 0;
        for (int d = end; d < dimensions; d++) {
            float x = a.get(FLOAT, aOffset + 4L * d);
            float y = b.get(FLOAT, bOffset + 4L * d);
            sum = Math.fma(x - y, x - y, sum);
        }
        return sum;
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
        for (int i = 0; i < count; i++) {
            long row = rowsOffset + i * rowStride;
            out[i] = squaredL2OneRow(query, queryOffset, rows, row, paddedDimensions);
        }
    }

    private static float squaredL2OneRow(
            MemorySegment query, long queryOffset, MemorySegment rows, long row, int end) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int first = 0; first < STRIP_PAIRS; first++) {
            FloatVector pair = FloatVector.zero(FLOATS);
            for (int strip = first; strip < STRIPS; strip += STRIP_PAIRS) {
                FloatVector acc = FloatVector.zero(FLOATS);
                for (int d = LANES * strip; d < end; d += PADDING) {
                    long at = 4L * d;
                    FloatVector q = fromMemorySegment(FLOATS, query, queryOffset + at, ORDER);
                    FloatVector difference =
                            q.sub(fromMemorySegment(FLOATS, rows, row + at, ORDER));
                    acc = difference.fma(difference, acc);
                }
                pair = pair.add(acc);
            }
            sum = sum.add(pair);
        }
        if (LANES > 8) {
            sum = sum.add(sum.rearrange(BY_EIGHT));
        }
        if (LANES > 4) {
            sum = sum.add(sum.rearrange(BY_FOUR));
        }
        sum = sum.add(sum.rearrange(BY_TWO));
        return sum.lane(0) + sum.lane(1);
    }

    @Override
    public float dot(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int dimensions) {
        int end = dimensions & -PADDING;
        float sum = end > 0 ? dotOneRow(a, aOffset, b, bOffset, end) : 0;
        for (int d = end; d < dimensions; d++) {
            float x = a.get(FLOAT, aOffset + 4L * d);
            float y = b.get(FLOAT, bOffset + 4L * d);
            sum = Math.fma(x, y, sum);
        }
        return sum;
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
        for (int i = 0; i < count; i++) {
            long row = rowsOffset + i * rowStride;
            out[i] = dotOneRow(query, queryOffset, rows, row, paddedDimensions);
        }
    }

    private static float dotOneRow(
            MemorySegment query, long queryOffset, MemorySegment rows, long row, int end) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int first = 0; first < STRIP_PAIRS; first++) {
            FloatVector pair = FloatVector.zero(FLOATS);
            for (int strip = first; strip < STRIPS; strip += STRIP_PAIRS) {
                FloatVector acc = FloatVector.zero(FLOATS);
                for (int d = LANES * strip; d < end; d += PADDING) {
                    long at = 4L * d;
                    FloatVector q = fromMemorySegment(FLOATS, query, queryOffset + at, ORDER);
                    acc = q.fma(fromMemorySegment(FLOATS, rows, row + at, ORDER), acc);
                }
                pair = pair.add(acc);
            }
            sum = sum.add(pair);
        }
        if (LANES > 8) {
            sum = sum.add(sum.rearrange(BY_EIGHT));
        }
        if (LANES > 4) {
            sum = sum.add(sum.rearrange(BY_FOUR));
        }
        sum = sum.add(sum.rearrange(BY_TWO));
        return sum.lane(0) + sum.lane(1);
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
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector a3 = FloatVector.zero(FLOATS);
        for (int d = 0; d < dimensions; d++) {
            float component = vector.get(FLOAT, vectorOffset + 4L * d);
            FloatVector x = FloatVector.broadcast(FLOATS, component);
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
        FloatVector acc = FloatVector.zero(FLOATS);
        for (int d = 0; d < dimensions; d++) {
            float component = vector.get(FLOAT, vectorOffset + 4L * d);
            FloatVector difference =
                    FloatVector.broadcast(FLOATS, component).sub(load(columns, line));
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
        return FloatVector.fromMemorySegment(FLOATS, segment, offset, ORDER);
    }
}
