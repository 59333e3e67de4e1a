package ai.bytesandbrains.engine.simd;

import static jdk.incubator.vector.VectorOperators.GT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The tile kernels on the Vector API.
///
/// At 512 bits a tile is 20 accumulators, which with four vectors of the panel and a broadcast fit
/// into 32 registers; six queries would not, and what is spilled is spilled in the inner loop. At
/// less the panel is taken in strips of two vectors: 10 accumulators, for 16 registers.
final class VectorTiles implements TileKernels {
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

    VectorTiles() {}

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
    @Override
    public void packRows(
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

    @Override
    public void norms(float[] panel, int dimensions, float[] norms) {
        for (int at = 0; at < ROWS; at += 4 * LANES) {
            fourNorms(panel, dimensions, norms, at);
        }
    }

    /// Four chains of fused multiply-adds, which hide each other's latency.
    private static void fourNorms(float[] panel, int dimensions, float[] norms, int at) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector a3 = FloatVector.zero(FLOATS);
        for (int d = 0; d < dimensions; d++) {
            int line = ROWS * d + at;
            FloatVector x = FloatVector.fromArray(FLOATS, panel, line);
            a0 = x.fma(x, a0);
            x = FloatVector.fromArray(FLOATS, panel, line + LANES);
            a1 = x.fma(x, a1);
            x = FloatVector.fromArray(FLOATS, panel, line + 2 * LANES);
            a2 = x.fma(x, a2);
            x = FloatVector.fromArray(FLOATS, panel, line + 3 * LANES);
            a3 = x.fma(x, a3);
        }
        a0.intoArray(norms, at);
        a1.intoArray(norms, at + LANES);
        a2.intoArray(norms, at + 2 * LANES);
        a3.intoArray(norms, at + 3 * LANES);
    }

    @Override
    public void tile(float[] queries, float[] panel, int dimensions, float[] start, float[] tile) {
        if (LANES == SIXTEEN) {
            fourVectors(queries, panel, dimensions, start, tile, 0);
            return;
        }
        for (int at = 0; at < ROWS; at += 2 * LANES) {
            twoVectors(queries, panel, dimensions, start, tile, at);
        }
    }

    /// A whole tile.
    private static void fourVectors(
            float[] queries, float[] panel, int dimensions, float[] start, float[] tile, int at) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, start, at);
        FloatVector a1 = FloatVector.fromArray(FLOATS, start, at + LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, start, at + 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, start, at + 3 * LANES);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        FloatVector c0 = a0;
        FloatVector c1 = a1;
        FloatVector c2 = a2;
        FloatVector c3 = a3;
        FloatVector d0 = a0;
        FloatVector d1 = a1;
        FloatVector d2 = a2;
        FloatVector d3 = a3;
        FloatVector e0 = a0;
        FloatVector e1 = a1;
        FloatVector e2 = a2;
        FloatVector e3 = a3;
        for (int d = 0; d < dimensions; d++) {
            int line = ROWS * d + at;
            FloatVector r0 = FloatVector.fromArray(FLOATS, panel, line);
            FloatVector r1 = FloatVector.fromArray(FLOATS, panel, line + LANES);
            FloatVector r2 = FloatVector.fromArray(FLOATS, panel, line + 2 * LANES);
            FloatVector r3 = FloatVector.fromArray(FLOATS, panel, line + 3 * LANES);
            FloatVector q = FloatVector.broadcast(FLOATS, queries[QUERIES * d]);
            a0 = q.fma(r0, a0);
            a1 = q.fma(r1, a1);
            a2 = q.fma(r2, a2);
            a3 = q.fma(r3, a3);
            q = FloatVector.broadcast(FLOATS, queries[QUERIES * d + 1]);
            b0 = q.fma(r0, b0);
            b1 = q.fma(r1, b1);
            b2 = q.fma(r2, b2);
            b3 = q.fma(r3, b3);
            q = FloatVector.broadcast(FLOATS, queries[QUERIES * d + 2]);
            c0 = q.fma(r0, c0);
            c1 = q.fma(r1, c1);
            c2 = q.fma(r2, c2);
            c3 = q.fma(r3, c3);
            q = FloatVector.broadcast(FLOATS, queries[QUERIES * d + 3]);
            d0 = q.fma(r0, d0);
            d1 = q.fma(r1, d1);
            d2 = q.fma(r2, d2);
            d3 = q.fma(r3, d3);
            q = FloatVector.broadcast(FLOATS, queries[QUERIES * d + 4]);
            e0 = q.fma(r0, e0);
            e1 = q.fma(r1, e1);
            e2 = q.fma(r2, e2);
            e3 = q.fma(r3, e3);
        }
        a0.intoArray(tile, at);
        a1.intoArray(tile, at + LANES);
        a2.intoArray(tile, at + 2 * LANES);
        a3.intoArray(tile, at + 3 * LANES);
        b0.intoArray(tile, ROWS + at);
        b1.intoArray(tile, ROWS + at + LANES);
        b2.intoArray(tile, ROWS + at + 2 * LANES);
        b3.intoArray(tile, ROWS + at + 3 * LANES);
        c0.intoArray(tile, 2 * ROWS + at);
        c1.intoArray(tile, 2 * ROWS + at + LANES);
        c2.intoArray(tile, 2 * ROWS + at + 2 * LANES);
        c3.intoArray(tile, 2 * ROWS + at + 3 * LANES);
        d0.intoArray(tile, 3 * ROWS + at);
        d1.intoArray(tile, 3 * ROWS + at + LANES);
        d2.intoArray(tile, 3 * ROWS + at + 2 * LANES);
        d3.intoArray(tile, 3 * ROWS + at + 3 * LANES);
        e0.intoArray(tile, 4 * ROWS + at);
        e1.intoArray(tile, 4 * ROWS + at + LANES);
        e2.intoArray(tile, 4 * ROWS + at + 2 * LANES);
        e3.intoArray(tile, 4 * ROWS + at + 3 * LANES);
    }

    /// Two vectors of columns.
    private static void twoVectors(
            float[] queries, float[] panel, int dimensions, float[] start, float[] tile, int at) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, start, at);
        FloatVector a1 = FloatVector.fromArray(FLOATS, start, at + LANES);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector c0 = a0;
        FloatVector c1 = a1;
        FloatVector d0 = a0;
        FloatVector d1 = a1;
        FloatVector e0 = a0;
        FloatVector e1 = a1;
        for (int d = 0; d < dimensions; d++) {
            int line = ROWS * d + at;
            FloatVector r0 = FloatVector.fromArray(FLOATS, panel, line);
            FloatVector r1 = FloatVector.fromArray(FLOATS, panel, line + LANES);
            FloatVector q = FloatVector.broadcast(FLOATS, queries[QUERIES * d]);
            a0 = q.fma(r0, a0);
            a1 = q.fma(r1, a1);
            q = FloatVector.broadcast(FLOATS, queries[QUERIES * d + 1]);
            b0 = q.fma(r0, b0);
            b1 = q.fma(r1, b1);
            q = FloatVector.broadcast(FLOATS, queries[QUERIES * d + 2]);
            c0 = q.fma(r0, c0);
            c1 = q.fma(r1, c1);
            q = FloatVector.broadcast(FLOATS, queries[QUERIES * d + 3]);
            d0 = q.fma(r0, d0);
            d1 = q.fma(r1, d1);
            q = FloatVector.broadcast(FLOATS, queries[QUERIES * d + 4]);
            e0 = q.fma(r0, e0);
            e1 = q.fma(r1, e1);
        }
        a0.intoArray(tile, at);
        a1.intoArray(tile, at + LANES);
        b0.intoArray(tile, ROWS + at);
        b1.intoArray(tile, ROWS + at + LANES);
        c0.intoArray(tile, 2 * ROWS + at);
        c1.intoArray(tile, 2 * ROWS + at + LANES);
        d0.intoArray(tile, 3 * ROWS + at);
        d1.intoArray(tile, 3 * ROWS + at + LANES);
        e0.intoArray(tile, 4 * ROWS + at);
        e1.intoArray(tile, 4 * ROWS + at + LANES);
    }

    @Override
    public void masks(float[] tile, float[] thresholds, long[] masks) {
        for (int q = 0; q < QUERIES; q++) {
            long larger = 0;
            for (int at = 0; at < ROWS; at += LANES) {
                larger |=
                        FloatVector.fromArray(FLOATS, tile, ROWS * q + at)
                                        .compare(GT, thresholds[q])
                                        .toLong()
                                << at;
            }
            masks[q] = ~larger;
        }
    }
}
