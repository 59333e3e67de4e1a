package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Delegates each tile kernel to what serves it now, see [KernelFamily].
final class SwitchedTiles implements TileKernels {
    private static final int PACK_ROWS = 0;
    private static final int NORMS = 1;
    private static final int TILE = 2;
    private static final int TILE_OF_TWO = 3;
    private static final int MASKS = 4;

    private static final int DIMENSIONS = 2 * DistanceKernels.PADDING;
    private static final int LARGE = 128;

    /// In the order of the numbers above. Whole panels and panels of fewer rows take turns.
    static final List<KernelCase<TileKernels>> CASES =
            List.of(
                    new KernelCase<>(
                            "packRows",
                            (k, m) -> pack(k, m, (m.turn & 1) == 0 ? ROWS : 37, DIMENSIONS),
                            (k, m) -> pack(k, m, ROWS, LARGE)),
                    new KernelCase<>(
                            "norms",
                            (k, m) -> k.norms(m.floatArray, DIMENSIONS, m.floatResult),
                            (k, m) -> k.norms(m.floatArray, LARGE, m.floatResult)),
                    new KernelCase<>(
                            "tile", (k, m) -> tile(k, m, DIMENSIONS), (k, m) -> tile(k, m, LARGE)),
                    new KernelCase<>(
                            "tileOfTwo",
                            (k, m) -> tileOfTwo(k, m, DIMENSIONS),
                            (k, m) -> tileOfTwo(k, m, LARGE)),
                    new KernelCase<>(
                            "masks", (k, m) -> masks(k, m, 1), (k, m) -> masks(k, m, 100)));

    private final TileKernels[] serving;

    SwitchedTiles(TileKernels[] serving) {
        this.serving = serving;
    }

    private static void pack(TileKernels k, WarmUpMemory m, int count, int dimensions) {
        k.packRows(m.floats, 0, 4L * dimensions, count, dimensions, m.floatResult);
    }

    private static void tile(TileKernels k, WarmUpMemory m, int dimensions) {
        k.tile(
                m.floatArray,
                m.floatArray,
                dimensions,
                m.floatArray,
                m.floatResult,
                m.floats,
                0,
                m.turn & 1);
    }

    private static void tileOfTwo(TileKernels k, WarmUpMemory m, int dimensions) {
        k.tileOfTwo(
                m.floatArray,
                m.floatArray,
                dimensions,
                m.floatArray,
                m.floatResult,
                m.floats,
                0,
                m.turn & 1);
    }

    private static void masks(TileKernels k, WarmUpMemory m, int times) {
        for (int i = 0; i < times; i++) {
            k.masks(m.floatArray, m.floatArray, m.longArray);
        }
    }

    @Override
    public void packRows(
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] panel) {
        serving[PACK_ROWS].packRows(rows, rowsOffset, rowStride, count, paddedDimensions, panel);
    }

    @Override
    public void norms(float[] panel, int dimensions, float[] norms) {
        serving[NORMS].norms(panel, dimensions, norms);
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
        return serving[TILE].tile(queries, panel, dimensions, start, tile, ahead, from, step);
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
        return serving[TILE_OF_TWO].tileOfTwo(
                queries, panel, dimensions, start, tile, ahead, from, step);
    }

    @Override
    public void masks(float[] tile, float[] thresholds, long[] masks) {
        serving[MASKS].masks(tile, thresholds, masks);
    }
}
