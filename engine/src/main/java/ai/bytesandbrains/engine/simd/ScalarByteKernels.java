package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The byte kernels in plain Java: the oracle, and what runs where there is no Vector API.
class ScalarByteKernels implements ByteKernels {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /// Stateless; one instance serves all.
    ScalarByteKernels() {}

    @Override
    public float squaredL2Int8(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long row,
            int paddedDimensions) {
        float scale = rows.get(FLOAT, row + paddedDimensions);
        float sum = 0;
        for (int d = 0; d < paddedDimensions; d++) {
            float q = query.get(FLOAT, queryOffset + 4L * d);
            float difference = Math.fma(-scale, rows.get(ValueLayout.JAVA_BYTE, row + d), q);
            sum += difference * difference;
        }
        return sum;
    }

    @Override
    public float dotInt8(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long row,
            int paddedDimensions) {
        float sum = 0;
        for (int d = 0; d < paddedDimensions; d++) {
            float q = query.get(FLOAT, queryOffset + 4L * d);
            sum += q * rows.get(ValueLayout.JAVA_BYTE, row + d);
        }
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
            out[i] = squaredL2Int8(query, queryOffset, rows, row, paddedDimensions);
        }
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
            out[i] = dotInt8(query, queryOffset, rows, row, paddedDimensions);
        }
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
        for (int i = 0; i < count; i++) {
            out[i] = bits(query, queryOffset, rows, rowsOffset + i * rowStride, paddedBytes);
        }
    }

    /// {@return how many bits differ in `bytes` bytes, a multiple of 8}
    static int bits(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int bytes) {
        int sum = 0;
        for (int at = 0; at < bytes; at += Long.BYTES) {
            sum += Long.bitCount(a.get(LONG, aOffset + at) ^ b.get(LONG, bOffset + at));
        }
        return sum;
    }
}
