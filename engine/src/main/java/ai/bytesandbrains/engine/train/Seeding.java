package ai.bytesandbrains.engine.train;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.ClusterKernels;
import ai.bytesandbrains.engine.simd.Kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The k-means++ start: each centroid is drawn among the points with probability proportional to
/// weight times squared distance from the centroids drawn before.
///
/// Distances are those of moved points in single precision; sums run in an order that the kernel
/// fixes, block by block, so neither vector width nor threads change what is drawn.
final class Seeding {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ClusterKernels KERNELS = Kernels.clusters();
    private static final int BLOCK = TrainingPoints.BLOCK;

    /// Of more points a cluster, as many are drawn among.
    private static final int POINTS_PER_CLUSTER = 64;

    private final TrainingPoints points;
    private final Centroids centroids;
    private final SplitMix random;

    /// Candidates are the points whose number is a multiple of this.
    private final int step;

    private final int count;
    private final MemorySegment lines;
    private final long lineStride;
    private final MemorySegment weights;
    private final MemorySegment distances;
    private final MemorySegment chosen;
    private final double[] blockTotals;
    private final float[][] sums;

    /// Centroids that have been drawn.
    private int drawn;

    Seeding(TrainingPoints points, Centroids centroids, long seed) {
        this.points = points;
        this.centroids = centroids;
        random = new SplitMix(seed);
        long enough = (long) POINTS_PER_CLUSTER * centroids.clusters();
        step = points.isWeighted() ? 1 : (int) Math.max(1, points.count() / enough);
        count = points.count() / step;
        int padded = (count + ClusterKernels.POINTS - 1) & -ClusterKernels.POINTS;
        Arena arena = points.arena();
        distances = arena.allocate(4L * padded, RowStore.ALIGNMENT);
        chosen = arena.allocate(4L * points.dimensions(), RowStore.ALIGNMENT);
        blockTotals = new double[blocks()];
        sums = new float[blocks()][ClusterKernels.POINTS];
        if (step == 1) {
            lines = points.lines();
            lineStride = points.lineStride();
            weights = points.weights();
        } else {
            lineStride = 4L * padded;
            lines = arena.allocate(lineStride * points.dimensions(), RowStore.ALIGNMENT);
            weights = arena.allocate(lineStride, RowStore.ALIGNMENT);
            copyCandidates();
        }
        for (int i = 0; i < count; i++) {
            distances.set(FLOAT, 4L * i, Float.POSITIVE_INFINITY);
        }
        place(random.nextInt(count));
    }

    private void copyCandidates() {
        for (int i = 0; i < count; i++) {
            weights.set(FLOAT, 4L * i, 1);
            for (int d = 0; d < points.dimensions(); d++) {
                float x = points.lines().get(FLOAT, d * points.lineStride() + 4L * i * step);
                lines.set(FLOAT, d * lineStride + 4L * i, x);
            }
        }
    }

    /// {@return blocks to approach for each centroid}
    int blocks() {
        return (count + BLOCK - 1) / BLOCK;
    }

    /// Lowers the distances of one block to that from the centroid drawn last.
    void approach(int block) {
        int first = block * BLOCK;
        int size = Math.min(BLOCK, count - first);
        int padded = (size + ClusterKernels.POINTS - 1) & -ClusterKernels.POINTS;
        float[] partial = sums[block];
        Arrays.fill(partial, 0);
        KERNELS.approach(
                lines,
                4L * first,
                lineStride,
                padded,
                points.dimensions(),
                chosen,
                0,
                distances,
                4L * first,
                weights,
                4L * first,
                partial);
        double total = 0;
        for (float each : partial) {
            total += each;
        }
        blockTotals[block] = total;
    }

    /// Draws the next centroid, after all blocks have been approached; returns whether it was the
    /// last one.
    boolean next() {
        if (drawn < centroids.clusters()) {
            double total = 0;
            for (double each : blockTotals) {
                total += each;
            }
            if (!Double.isFinite(total)) {
                throw new IllegalArgumentException(
                        "points are too large: the sum of squared distances is " + total);
            }
            // All points coincide with centroids: any of them is as good as the other.
            place(total > 0 ? pick(random.nextDouble() * total) : random.nextInt(count));
        }
        return drawn == centroids.clusters();
    }

    private void place(int candidate) {
        for (int d = 0; d < points.dimensions(); d++) {
            float moved = lines.get(FLOAT, d * lineStride + 4L * candidate);
            chosen.set(FLOAT, 4L * d, moved);
        }
        centroids.place(drawn++, candidate * step);
    }

    private int pick(double target) {
        double sum = 0;
        int last = 0;
        for (int block = 0; block < blockTotals.length; block++) {
            if (sum + blockTotals[block] <= target) {
                sum += blockTotals[block];
                continue;
            }
            int end = Math.min((block + 1) * BLOCK, count);
            for (int i = block * BLOCK; i < end; i++) {
                double share = (double) weights.get(FLOAT, 4L * i) * distances.get(FLOAT, 4L * i);
                if (share > 0) {
                    sum += share;
                    last = i;
                    if (sum > target) {
                        return i;
                    }
                }
            }
        }
        return last;
    }
}
