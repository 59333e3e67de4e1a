package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Delegates each byte kernel to what serves it now, see [KernelFamily].
final class SwitchedBytes implements ByteKernels {
    private static final int SQUARED_L2_INT8 = 0;
    private static final int DOT_INT8 = 1;
    private static final int SQUARED_L2_INT8_ROWS = 2;
    private static final int DOT_INT8_ROWS = 3;
    private static final int HAMMING_ROWS = 4;

    private static final int ROWS = 7;
    private static final int DIMENSIONS = 2 * PADDING;

    /// Rows with whole vectors only, with a rest, and with nothing but a rest.
    private static final int[] PACKED = {128, 88, 8};

    /// In the order of the numbers above.
    static final List<KernelCase<ByteKernels>> CASES =
            List.of(
                    new KernelCase<>(
                            "squaredL2Int8",
                            (k, m) -> l2(k, m, DIMENSIONS),
                            (k, m) -> l2(k, m, 8192)),
                    new KernelCase<>(
                            "dotInt8", (k, m) -> dot(k, m, DIMENSIONS), (k, m) -> dot(k, m, 8192)),
                    new KernelCase<>(
                            "squaredL2Int8Rows",
                            (k, m) -> l2Rows(k, m, ROWS, DIMENSIONS),
                            (k, m) -> l2Rows(k, m, 256, 128)),
                    new KernelCase<>(
                            "dotInt8Rows",
                            (k, m) -> dotRows(k, m, ROWS, DIMENSIONS),
                            (k, m) -> dotRows(k, m, 256, 128)),
                    new KernelCase<>(
                            "hammingRows",
                            (k, m) -> hammingRows(k, m, ROWS, PACKED[m.turn % PACKED.length]),
                            (k, m) -> hammingRows(k, m, 256, 128)));

    private final ByteKernels[] serving;

    SwitchedBytes(ByteKernels[] serving) {
        this.serving = serving;
    }

    private static void l2(ByteKernels k, WarmUpMemory m, int dimensions) {
        m.floatArray[0] = k.squaredL2Int8(m.floats, 0, m.floats, 0, dimensions);
    }

    private static void dot(ByteKernels k, WarmUpMemory m, int dimensions) {
        m.floatArray[0] = k.dotInt8(m.floats, 0, m.floats, 0, dimensions);
    }

    /// The bytes of floats are as good as any, and where a scale is read there is a sound one.
    private static void l2Rows(ByteKernels k, WarmUpMemory m, int rows, int dimensions) {
        long stride = dimensions + 4L;
        k.squaredL2Int8Rows(m.floats, 0, m.floats, 0, stride, rows, dimensions, m.floatArray);
    }

    private static void dotRows(ByteKernels k, WarmUpMemory m, int rows, int dimensions) {
        long stride = dimensions + 4L;
        k.dotInt8Rows(m.floats, 0, m.floats, 0, stride, rows, dimensions, m.floatArray);
    }

    private static void hammingRows(ByteKernels k, WarmUpMemory m, int rows, int bytes) {
        k.hammingRows(m.bytes, 0, m.bytes, 0, bytes, rows, bytes, m.floatArray);
    }

    @Override
    public float squaredL2Int8(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long row,
            int paddedDimensions) {
        return serving[SQUARED_L2_INT8].squaredL2Int8(
                query, queryOffset, rows, row, paddedDimensions);
    }

    @Override
    public float dotInt8(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long row,
            int paddedDimensions) {
        return serving[DOT_INT8].dotInt8(query, queryOffset, rows, row, paddedDimensions);
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
        serving[SQUARED_L2_INT8_ROWS].squaredL2Int8Rows(
                query, queryOffset, rows, rowsOffset, rowStride, count, paddedDimensions, out);
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
        serving[DOT_INT8_ROWS].dotInt8Rows(
                query, queryOffset, rows, rowsOffset, rowStride, count, paddedDimensions, out);
    }

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
        serving[HAMMING_ROWS].hammingRows(
                query, queryOffset, rows, rowsOffset, rowStride, count, paddedBytes, out);
    }
}
