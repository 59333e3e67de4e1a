package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The cluster kernels in plain Java.
class ScalarClusters implements ClusterKernels {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Stateless; one instance serves all.
    ScalarClusters() {}

    @Override
    public void nearestTwo(
            MemorySegment lines,
            long linesOffset,
            long lineStride,
            int count,
            int dimensions,
            MemorySegment centroids,
            long centroidsOffset,
            int clusters,
            float shift,
            int[] nearest,
            float[] gaps) {
        for (int i = 0; i < count; i++) {
            int best = Integer.MAX_VALUE;
            int second = Integer.MAX_VALUE;
            int number = 0;
            long at = centroidsOffset;
            for (int k = 0; k < clusters; k++) {
                float score = centroids.get(FLOAT, at) + shift;
                at += Float.BYTES;
                long x = linesOffset + 4L * i;
                for (int d = 0; d < dimensions; d++, at += Float.BYTES, x += lineStride) {
                    score = Math.fma(lines.get(FLOAT, x), centroids.get(FLOAT, at), score);
                }
                int key = Float.floatToRawIntBits(score);
                second = Math.min(second, Math.max(best, key));
                if (key < best) {
                    best = key;
                    number = k;
                }
            }
            nearest[i] = number;
            gaps[i] = Float.intBitsToFloat(second) - Float.intBitsToFloat(best);
        }
    }

    @Override
    public void approach(
            MemorySegment lines,
            long linesOffset,
            long lineStride,
            int count,
            int dimensions,
            MemorySegment centre,
            long centreOffset,
            MemorySegment distances,
            long distancesOffset,
            MemorySegment weights,
            long weightsOffset,
            float[] sums) {
        for (int i = 0; i < count; i++) {
            float distance = 0;
            long x = linesOffset + 4L * i;
            for (int d = 0; d < dimensions; d++, x += lineStride) {
                float difference = lines.get(FLOAT, x) - centre.get(FLOAT, centreOffset + 4L * d);
                distance = Math.fma(difference, difference, distance);
            }
            float before = distances.get(FLOAT, distancesOffset + 4L * i);
            float least = distance < before ? distance : before;
            distances.set(FLOAT, distancesOffset + 4L * i, least);
            sums[i & (POINTS - 1)] += weights.get(FLOAT, weightsOffset + 4L * i) * least;
        }
    }
}
