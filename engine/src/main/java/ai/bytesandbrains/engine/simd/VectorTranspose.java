package ai.bytesandbrains.engine.simd;

import static ai.bytesandbrains.engine.simd.TileKernels.ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Transposes rows into a panel on the Vector API: groups of four lanes of four rows first, then
/// the groups.
final class VectorTranspose {
    private static final VectorSpecies<Float> FLOATS = VectorShapes.FLOATS;
    private static final VectorSpecies<Integer> INTS = VectorShapes.INTS;
    private static final int LANES = FLOATS.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int FOUR = 4;
    private static final int SIXTEEN = 16;

    /// Of two vectors a and b, in every group of four units: a0 b0 a1 b1.
    private static final IntVector MERGE_LOW = merge(1, 0);

    /// In every group of four units: a2 b2 a3 b3.
    private static final IntVector MERGE_HIGH = merge(1, 2);

    /// In every group of four units: a0 a1 b0 b1.
    private static final IntVector JOIN_LOW = join(1, 0);

    /// In every group of four units: a2 a3 b2 b3.
    private static final IntVector JOIN_HIGH = join(1, 2);

    /// The same for units of four lanes; used at 512 bits. At 256 bits there are but two units, and
    /// it is the joins `a0 b0` and `a1 b1` that the merges of units come down to.
    private static final IntVector MERGE_UNITS_LOW = merge(FOUR, 0);

    private static final IntVector MERGE_UNITS_HIGH = merge(FOUR, LANES == SIXTEEN ? 2 : 1);
    private static final IntVector JOIN_UNITS_LOW = join(FOUR, 0);
    private static final IntVector JOIN_UNITS_HIGH = join(FOUR, 2);

    private VectorTranspose() {}

    private static IntVector merge(int unit, int from) {
        int[] lanes = new int[LANES];
        for (int i = 0; i < LANES; i++) {
            int group = i / (FOUR * unit) * FOUR;
            int place = i / unit % FOUR;
            int source = group + from + place / 2;
            lanes[i] = (place % 2 * LANES + source * unit + i % unit) % (2 * LANES);
        }
        return IntVector.fromArray(INTS, lanes, 0);
    }

    private static IntVector join(int unit, int from) {
        int[] lanes = new int[LANES];
        for (int i = 0; i < LANES; i++) {
            int group = i / (FOUR * unit) * FOUR;
            int place = i / unit % FOUR;
            int source = group + from + place % 2;
            lanes[i] = (place / 2 * LANES + source * unit + i % unit) % (2 * LANES);
        }
        return IntVector.fromArray(INTS, lanes, 0);
    }

    /// Squares of as many rows and dimensions as there are lanes, each in two steps in place; rows
    /// that are left one by one.
    static void packRows(
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] panel) {
        int i = 0;
        for (; i + LANES <= count; i += LANES) {
            long row = rowsOffset + i * rowStride;
            panel[i] = touch(rows, row, rowStride, paddedDimensions);
            for (int d = 0; d < paddedDimensions; d += LANES) {
                int to = ROWS * d + i;
                mergeRows(rows, row + 4L * d, rowStride, panel, to);
                if (LANES == SIXTEEN) {
                    mergeUnits(panel, to);
                } else if (LANES > FOUR) {
                    mergeTwoUnits(panel, to);
                }
            }
        }
        for (; i < count; i++) {
            long row = rowsOffset + i * rowStride;
            for (int d = 0; d < paddedDimensions; d++) {
                panel[ROWS * d + i] = rows.get(FLOAT, row + 4L * d);
            }
        }
    }

    /// Reads a float of every cache line in the order of addresses, in which memory is fastest; the
    /// rows then come from the cache, in whatever order. The result has no meaning and keeps the
    /// reads from being dropped.
    private static float touch(
            MemorySegment rows, long first, long rowStride, int paddedDimensions) {
        float any = 0;
        for (int i = 0; i < LANES; i++) {
            long row = first + i * rowStride;
            for (int d = 0; d < paddedDimensions; d += SIXTEEN) {
                any += rows.get(FLOAT, row + 4L * d);
            }
        }
        return any;
    }

    /// Transposes four lanes of four rows at a time: line `4 a + k` receives, for every b, the
    /// floats `4 b + k` of the rows from `4 a` to `4 a + 3`.
    private static void mergeRows(
            MemorySegment rows, long first, long rowStride, float[] panel, int to) {
        long row = first;
        for (int a = 0; a < LANES; a += FOUR) {
            IntVector r0 = IntVector.fromMemorySegment(INTS, rows, row, ORDER);
            IntVector r1 = IntVector.fromMemorySegment(INTS, rows, row + rowStride, ORDER);
            IntVector r2 = IntVector.fromMemorySegment(INTS, rows, row + 2 * rowStride, ORDER);
            IntVector r3 = IntVector.fromMemorySegment(INTS, rows, row + 3 * rowStride, ORDER);
            IntVector u0 = MERGE_LOW.selectFrom(r0, r1);
            IntVector u1 = MERGE_HIGH.selectFrom(r0, r1);
            IntVector u2 = MERGE_LOW.selectFrom(r2, r3);
            IntVector u3 = MERGE_HIGH.selectFrom(r2, r3);
            int at = to + ROWS * a;
            JOIN_LOW.selectFrom(u0, u2).reinterpretAsFloats().intoArray(panel, at);
            JOIN_HIGH.selectFrom(u0, u2).reinterpretAsFloats().intoArray(panel, at + ROWS);
            JOIN_LOW.selectFrom(u1, u3).reinterpretAsFloats().intoArray(panel, at + 2 * ROWS);
            JOIN_HIGH.selectFrom(u1, u3).reinterpretAsFloats().intoArray(panel, at + 3 * ROWS);
            row += FOUR * rowStride;
        }
    }

    /// The second step at 512 bits: for every k, lines `4 a + k` are the rows of a matrix of units
    /// of four lanes, which is transposed.
    private static void mergeUnits(float[] panel, int to) {
        for (int k = 0; k < FOUR; k++) {
            int at = to + ROWS * k;
            IntVector r0 = FloatVector.fromArray(FLOATS, panel, at).reinterpretAsInts();
            IntVector r1 = FloatVector.fromArray(FLOATS, panel, at + 4 * ROWS).reinterpretAsInts();
            IntVector r2 = FloatVector.fromArray(FLOATS, panel, at + 8 * ROWS).reinterpretAsInts();
            IntVector r3 = FloatVector.fromArray(FLOATS, panel, at + 12 * ROWS).reinterpretAsInts();
            IntVector u0 = MERGE_UNITS_LOW.selectFrom(r0, r1);
            IntVector u1 = MERGE_UNITS_HIGH.selectFrom(r0, r1);
            IntVector u2 = MERGE_UNITS_LOW.selectFrom(r2, r3);
            IntVector u3 = MERGE_UNITS_HIGH.selectFrom(r2, r3);
            JOIN_UNITS_LOW.selectFrom(u0, u2).reinterpretAsFloats().intoArray(panel, at);
            JOIN_UNITS_HIGH
                    .selectFrom(u0, u2)
                    .reinterpretAsFloats()
                    .intoArray(panel, at + 4 * ROWS);
            JOIN_UNITS_LOW.selectFrom(u1, u3).reinterpretAsFloats().intoArray(panel, at + 8 * ROWS);
            JOIN_UNITS_HIGH
                    .selectFrom(u1, u3)
                    .reinterpretAsFloats()
                    .intoArray(panel, at + 12 * ROWS);
        }
    }

    /// The second step at 256 bits.
    private static void mergeTwoUnits(float[] panel, int to) {
        for (int k = 0; k < FOUR; k++) {
            int at = to + ROWS * k;
            IntVector r0 = FloatVector.fromArray(FLOATS, panel, at).reinterpretAsInts();
            IntVector r1 = FloatVector.fromArray(FLOATS, panel, at + 4 * ROWS).reinterpretAsInts();
            MERGE_UNITS_LOW.selectFrom(r0, r1).reinterpretAsFloats().intoArray(panel, at);
            MERGE_UNITS_HIGH
                    .selectFrom(r0, r1)
                    .reinterpretAsFloats()
                    .intoArray(panel, at + 4 * ROWS);
        }
    }
}
