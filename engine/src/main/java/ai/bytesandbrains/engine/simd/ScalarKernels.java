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
        int end = dimensions & -PADDING;
        float even =
                squaredL2Lanes(a, aOffset, b, bOffset, end, 0)
                        + squaredL2Lanes(a, aOffset, b, bOffset, end, 2);
        float odd =
                squaredL2Lanes(a, aOffset, b, bOffset, end, 1)
                        + squaredL2Lanes(a, aOffset, b, bOffset, end, 3);
        float sum = even + odd;
        for (int d = end; d < dimensions; d++) {
            sum = squaredL2Term(a, aOffset, b, bOffset, d, sum);
        }
        return sum;
    }

    /// Lanes j, j + 4, j + 8 and j + 12 of the contract's sixteen.
    private static float squaredL2Lanes(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int end, int j) {
        float s0 = 0;
        float s4 = 0;
        float s8 = 0;
        float s12 = 0;
        for (int d = j; d < end; d += PADDING) {
            s0 = squaredL2Term(a, aOffset, b, bOffset, d, s0);
            s4 = squaredL2Term(a, aOffset, b, bOffset, d + 4, s4);
            s8 = squaredL2Term(a, aOffset, b, bOffset, d + 8, s8);
            s12 = squaredL2Term(a, aOffset, b, bOffset, d + 12, s12);
        }
        return (s0 + s8) + (s4 + s12);
    }

    private static float squaredL2Term(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int d, float sum) {
        float x = a.get(FLOAT, aOffset + 4L * d);
        float y = b.get(FLOAT, bOffset + 4L * d);
        return Math.fma(x - y, x - y, sum);
    }

    @Override
    public float dot(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int dimensions) {
        int end = dimensions & -PADDING;
        float even =
                dotLanes(a, aOffset, b, bOffset, end, 0) + dotLanes(a, aOffset, b, bOffset, end, 2);
        float odd =
                dotLanes(a, aOffset, b, bOffset, end, 1) + dotLanes(a, aOffset, b, bOffset, end, 3);
        float sum = even + odd;
        for (int d = end; d < dimensions; d++) {
            sum = dotTerm(a, aOffset, b, bOffset, d, sum);
        }
        return sum;
    }

    /// Lanes j, j + 4, j + 8 and j + 12 of the contract's sixteen.
    private static float dotLanes(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int end, int j) {
        float s0 = 0;
        float s4 = 0;
        float s8 = 0;
        float s12 = 0;
        for (int d = j; d < end; d += PADDING) {
            s0 = dotTerm(a, aOffset, b, bOffset, d, s0);
            s4 = dotTerm(a, aOffset, b, bOffset, d + 4, s4);
            s8 = dotTerm(a, aOffset, b, bOffset, d + 8, s8);
            s12 = dotTerm(a, aOffset, b, bOffset, d + 12, s12);
        }
        return (s0 + s8) + (s4 + s12);
    }

    private static float dotTerm(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, int d, float sum) {
        float x = a.get(FLOAT, aOffset + 4L * d);
        float y = b.get(FLOAT, bOffset + 4L * d);
        return Math.fma(x, y, sum);
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
