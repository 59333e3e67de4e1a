package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Delegates each distance kernel to what serves it now, see [KernelFamily].
final class SwitchedDistances implements DistanceKernels {
    private static final int SQUARED_L2 = 0;
    private static final int DOT = 1;
    private static final int SQUARED_L2_ROWS = 2;
    private static final int DOT_ROWS = 3;
    private static final int SQUARED_L2_COLUMNS = 4;
    private static final int ADC_ROWS = 5;

    private static final int DIMENSIONS = 2 * PADDING;
    private static final int ROWS = 7;
    private static final int COLUMNS = 5 * PADDING;
    private static final int SUBSPACES = 11;
    private static final long STRIDE = 4L * DIMENSIONS;

    /// In the order of the numbers above.
    static final List<KernelCase<DistanceKernels>> CASES =
            List.of(
                    new KernelCase<>(
                            "squaredL2",
                            (k, m) ->
                                    m.floatArray[0] =
                                            k.squaredL2(
                                                    m.floats, 0, m.floats, STRIDE, DIMENSIONS + 3),
                            (k, m) ->
                                    m.floatArray[0] = k.squaredL2(m.floats, 0, m.floats, 64, 8192)),
                    new KernelCase<>(
                            "dot",
                            (k, m) ->
                                    m.floatArray[0] =
                                            k.dot(m.floats, 0, m.floats, STRIDE, DIMENSIONS + 3),
                            (k, m) -> m.floatArray[0] = k.dot(m.floats, 0, m.floats, 64, 8192)),
                    new KernelCase<>(
                            "squaredL2Rows",
                            (k, m) -> l2Rows(k, m, ROWS, DIMENSIONS),
                            (k, m) -> l2Rows(k, m, 256, 128)),
                    new KernelCase<>(
                            "dotRows",
                            (k, m) -> dotRows(k, m, ROWS, DIMENSIONS),
                            (k, m) -> dotRows(k, m, 256, 128)),
                    new KernelCase<>(
                            "squaredL2Columns",
                            (k, m) -> columns(k, m, COLUMNS, 5),
                            (k, m) -> columns(k, m, 256, 96)),
                    new KernelCase<>(
                            "adcRows",
                            (k, m) -> adcRows(k, m, SUBSPACES, ROWS),
                            (k, m) -> adcRows(k, m, 16, 1024)));

    private final DistanceKernels[] serving;

    SwitchedDistances(DistanceKernels[] serving) {
        this.serving = serving;
    }

    private static void l2Rows(DistanceKernels k, WarmUpMemory m, int rows, int dimensions) {
        long stride = 4L * dimensions;
        k.squaredL2Rows(m.floats, 0, m.floats, 0, stride, rows, dimensions, m.floatArray);
    }

    private static void dotRows(DistanceKernels k, WarmUpMemory m, int rows, int dimensions) {
        long stride = 4L * dimensions;
        k.dotRows(m.floats, 0, m.floats, 0, stride, rows, dimensions, m.floatArray);
    }

    private static void columns(DistanceKernels k, WarmUpMemory m, int count, int dimensions) {
        long stride = 4L * count;
        k.squaredL2Columns(m.floats, 0, m.floats, 0, stride, count, dimensions, m.floatArray);
    }

    private static void adcRows(DistanceKernels k, WarmUpMemory m, int subspaces, int count) {
        k.adcRows(m.floats, 0, subspaces, m.bytes, 0, subspaces, count, m.floatArray);
    }

    @Override
    public float squaredL2(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int dimensions) {
        return serving[SQUARED_L2].squaredL2(a, aOffset, b, bOffset, dimensions);
    }

    @Override
    public float dot(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int dimensions) {
        return serving[DOT].dot(a, aOffset, b, bOffset, dimensions);
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
        serving[SQUARED_L2_ROWS].squaredL2Rows(
                query, queryOffset, rows, rowsOffset, rowStride, count, paddedDimensions, out);
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
        serving[DOT_ROWS].dotRows(
                query, queryOffset, rows, rowsOffset, rowStride, count, paddedDimensions, out);
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
        serving[SQUARED_L2_COLUMNS].squaredL2Columns(
                vector, vectorOffset, columns, columnsOffset, lineStride, count, dimensions, out);
    }

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
        serving[ADC_ROWS].adcRows(
                table, tableOffset, subspaces, codes, codesOffset, codeStride, count, out);
    }
}
