package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The tile kernels in plain Java.
class ScalarTiles implements TileKernels {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Stateless; one instance serves all.
    ScalarTiles() {}

    @Override
    public void packRows(
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] panel) {
        for (int i = 0; i < count; i++) {
            long row = rowsOffset + i * rowStride;
            for (int d = 0; d < paddedDimensions; d++) {
                panel[ROWS * d + i] = rows.get(FLOAT, row + 4L * d);
            }
        }
    }

    @Override
    public void norms(float[] panel, int dimensions, float[] norms) {
        Arrays.fill(norms, 0, ROWS, 0f);
        for (int d = 0; d < dimensions; d++) {
            for (int i = 0; i < ROWS; i++) {
                float x = panel[ROWS * d + i];
                norms[i] = Math.fma(x, x, norms[i]);
            }
        }
    }

    /// Reads nothing ahead: multiplying takes much longer than memory.
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
        multiply(QUERIES, queries, panel, dimensions, start, tile);
        return 0;
    }

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
        multiply(TWO, queries, panel, dimensions, start, tile);
        return 0;
    }

    private static void multiply(
            int count,
            float[] queries,
            float[] panel,
            int dimensions,
            float[] start,
            float[] tile) {
        for (int q = 0; q < count; q++) {
            int to = ROWS * q;
            System.arraycopy(start, 0, tile, to, ROWS);
            for (int d = 0; d < dimensions; d++) {
                float x = queries[QUERIES * d + q];
                for (int i = 0; i < ROWS; i++) {
                    tile[to + i] = Math.fma(x, panel[ROWS * d + i], tile[to + i]);
                }
            }
        }
    }

    @Override
    public void masks(float[] tile, float[] thresholds, long[] masks) {
        for (int q = 0; q < QUERIES; q++) {
            long mask = 0;
            for (int i = 0; i < ROWS; i++) {
                mask |= tile[ROWS * q + i] > thresholds[q] ? 0 : 1L << i;
            }
            masks[q] = mask;
        }
    }
}
