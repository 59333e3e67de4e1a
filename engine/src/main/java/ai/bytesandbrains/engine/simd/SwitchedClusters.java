package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Delegates each cluster kernel to what serves it now, see [KernelFamily].
final class SwitchedClusters implements ClusterKernels {
    private static final int NEAREST_TWO = 0;
    private static final int APPROACH = 1;

    /// In the order of the numbers above.
    static final List<KernelCase<ClusterKernels>> CASES =
            List.of(
                    new KernelCase<>(
                            "nearestTwo",
                            (k, m) -> nearestTwo(k, m, POINTS, 1 + m.turn % 3, 4),
                            (k, m) -> nearestTwo(k, m, 2 * POINTS, 8, 64)),
                    new KernelCase<>(
                            "approach",
                            (k, m) -> approach(k, m, POINTS, 1 + m.turn % 3),
                            (k, m) -> approach(k, m, 1024, 16)));

    private final ClusterKernels[] serving;

    SwitchedClusters(ClusterKernels[] serving) {
        this.serving = serving;
    }

    private static void nearestTwo(
            ClusterKernels k, WarmUpMemory m, int count, int dimensions, int clusters) {
        k.nearestTwo(
                m.floats,
                0,
                4L * count,
                count,
                dimensions,
                m.floats,
                4,
                clusters,
                100,
                m.intArray,
                m.floatResult2);
    }

    private static void approach(ClusterKernels k, WarmUpMemory m, int count, int dimensions) {
        k.approach(
                m.floats,
                0,
                4L * count,
                count,
                dimensions,
                m.floats,
                4,
                m.output,
                0,
                m.floats,
                8,
                m.floatResult2);
    }

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
        serving[NEAREST_TWO].nearestTwo(
                lines,
                linesOffset,
                lineStride,
                count,
                dimensions,
                centroids,
                centroidsOffset,
                clusters,
                shift,
                nearest,
                gaps);
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
        serving[APPROACH].approach(
                lines,
                linesOffset,
                lineStride,
                count,
                dimensions,
                centre,
                centreOffset,
                distances,
                distancesOffset,
                weights,
                weightsOffset,
                sums);
    }
}
