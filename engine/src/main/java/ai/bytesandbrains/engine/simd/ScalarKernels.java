package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The kernels in plain Java: the oracle that the Vector API implementation is tested against, and
/// what runs where there is no Vector API.
class ScalarKernels implements DistanceKernels {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Stateless; one instance serves all.
    ScalarKernels() {}

    @Override
    public float squaredL2(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int dimensions) {
        float sum = 0;
        for (int d = 0; d < dimensions; d++) {
            long at = 4L * d;
            float difference = a.get(FLOAT, aOffset + at) - b.get(FLOAT, bOffset + at);
            sum += difference * difference;
        }
        return sum;
    }

    @Override
    public float dot(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int dimensions) {
        float sum = 0;
        for (int d = 0; d < dimensions; d++) {
            long at = 4L * d;
            sum += a.get(FLOAT, aOffset + at) * b.get(FLOAT, bOffset + at);
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
            out[i] = squaredL2(query, queryOffset, rows, row, paddedDimensions);
        }
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
            out[i] = dot(query, queryOffset, rows, row, paddedDimensions);
        }
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
        Arrays.fill(out, 0, count, 0f);
        for (int d = 0; d < dimensions; d++) {
            float x = vector.get(FLOAT, vectorOffset + 4L * d);
            long line = columnsOffset + d * lineStride;
            for (int i = 0; i < count; i++) {
                float difference = x - columns.get(FLOAT, line + 4L * i);
                out[i] = Math.fma(difference, difference, out[i]);
            }
        }
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
        for (int i = 0; i < count; i++) {
            long code = codesOffset + i * codeStride;
            float sum = 0;
            for (int m = 0; m < subspaces; m++) {
                int centroid = codes.get(ValueLayout.JAVA_BYTE, code + m) & 0xff;
                sum += table.get(FLOAT, tableOffset + 4L * (256L * m + centroid));
            }
            out[i] = sum;
        }
    }
}
