package ai.bytesandbrains.engine.simd;

import static jdk.incubator.vector.VectorOperators.GT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The tile kernels on the Vector API.
///
/// At 512 bits a tile is 20 accumulators, which with four vectors of the panel and a broadcast fit
/// into 32 registers; six queries would not, and what is spilled is spilled in the inner loop. At
/// less the panel is taken in strips of two vectors: 10 accumulators, for 16 registers.
final class VectorTiles implements TileKernels {
    private static final VectorSpecies<Float> FLOATS = VectorShapes.FLOATS;
    private static final int LANES = FLOATS.length();
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final int SIXTEEN = 16;

    VectorTiles() {}

    @Override
    public void packRows(
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] panel) {
        VectorTranspose.packRows(rows, rowsOffset, rowStride, count, paddedDimensions, panel);
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
    public long tile(
            float[] queries,
            float[] panel,
            int dimensions,
            float[] start,
            float[] tile,
            MemorySegment ahead,
            long from,
            long step) {
        if (LANES == SIXTEEN) {
            return fourVectors(queries, panel, dimensions, start, tile, ahead, from, step);
        }
        // Each strip of columns goes over all dimensions, and reads its part of what is ahead.
        long part = step * 2 * LANES / ROWS;
        long any = 0;
        for (int at = 0; at < ROWS; at += 2 * LANES) {
            long first = from + part * (dimensions - 1) * (at / (2 * LANES));
            any += twoVectors(queries, panel, dimensions, start, tile, at, ahead, first, part);
        }
        return any;
    }

    /// A whole tile.
    private static long fourVectors(
            float[] queries,
            float[] panel,
            int dimensions,
            float[] start,
            float[] tile,
            MemorySegment ahead,
            long from,
            long step) {
        long any = 0;
        FloatVector a0 = FloatVector.fromArray(FLOATS, start, 0);
        FloatVector a1 = FloatVector.fromArray(FLOATS, start, LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, start, 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, start, 3 * LANES);
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
            any += ahead.get(BYTE, from + d * step);
            int line = ROWS * d;
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
        a0.intoArray(tile, 0);
        a1.intoArray(tile, LANES);
        a2.intoArray(tile, 2 * LANES);
        a3.intoArray(tile, 3 * LANES);
        b0.intoArray(tile, ROWS);
        b1.intoArray(tile, ROWS + LANES);
        b2.intoArray(tile, ROWS + 2 * LANES);
        b3.intoArray(tile, ROWS + 3 * LANES);
        c0.intoArray(tile, 2 * ROWS);
        c1.intoArray(tile, 2 * ROWS + LANES);
        c2.intoArray(tile, 2 * ROWS + 2 * LANES);
        c3.intoArray(tile, 2 * ROWS + 3 * LANES);
        d0.intoArray(tile, 3 * ROWS);
        d1.intoArray(tile, 3 * ROWS + LANES);
        d2.intoArray(tile, 3 * ROWS + 2 * LANES);
        d3.intoArray(tile, 3 * ROWS + 3 * LANES);
        e0.intoArray(tile, 4 * ROWS);
        e1.intoArray(tile, 4 * ROWS + LANES);
        e2.intoArray(tile, 4 * ROWS + 2 * LANES);
        e3.intoArray(tile, 4 * ROWS + 3 * LANES);
        return any;
    }

    /// Two vectors of columns.
    private static long twoVectors(
            float[] queries,
            float[] panel,
            int dimensions,
            float[] start,
            float[] tile,
            int at,
            MemorySegment ahead,
            long from,
            long step) {
        long any = 0;
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
            any += ahead.get(BYTE, from + d * step);
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
        return any;
    }

    /// Strips of four vectors, on every width: eight accumulators.
    @Override
    public long tileOfTwo(
            float[] queries,
            float[] panel,
            int dimensions,
            float[] start,
            float[] tile,
            MemorySegment ahead,
            long from,
            long step) {
        long part = step * 4 * LANES / ROWS;
        long any = 0;
        for (int at = 0; at < ROWS; at += 4 * LANES) {
            long first = from + part * (dimensions - 1) * (at / (4 * LANES));
            any += twoQueries(queries, panel, dimensions, start, tile, at, ahead, first, part);
        }
        return any;
    }

    private static long twoQueries(
            float[] queries,
            float[] panel,
            int dimensions,
            float[] start,
            float[] tile,
            int at,
            MemorySegment ahead,
            long from,
            long step) {
        long any = 0;
        FloatVector a0 = FloatVector.fromArray(FLOATS, start, at);
        FloatVector a1 = FloatVector.fromArray(FLOATS, start, at + LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, start, at + 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, start, at + 3 * LANES);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        for (int d = 0; d < dimensions; d++) {
            any += ahead.get(BYTE, from + d * step);
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
        }
        a0.intoArray(tile, at);
        a1.intoArray(tile, at + LANES);
        a2.intoArray(tile, at + 2 * LANES);
        a3.intoArray(tile, at + 3 * LANES);
        b0.intoArray(tile, ROWS + at);
        b1.intoArray(tile, ROWS + at + LANES);
        b2.intoArray(tile, ROWS + at + 2 * LANES);
        b3.intoArray(tile, ROWS + at + 3 * LANES);
        return any;
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
