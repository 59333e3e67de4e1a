package ai.bytesandbrains.engine.train;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.ClusterKernels;
import ai.bytesandbrains.engine.simd.Kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The k-means++ start: each centroid is drawn among the points with probability proportional to
/// weight times squared distance from the centroids drawn before. Of several candidates the one
/// stays with which the sum of these products is least.
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

    /// Of each point from the centroids that stay.
    private MemorySegment distances;

    /// The same with each candidate; of a single one, which stays anyway, these very distances.
    private final MemorySegment[] trials;

    private final int[] candidates;
    private final MemorySegment[] chosen;
    private final double[][] blockTotals;
    private final float[][] sums;

    /// Candidates that are being looked at.
    private int open = 1;

    /// Centroids that stay.
    private int drawn;

    Seeding(TrainingPoints points, Centroids centroids, int tries, long seed) {
        this.points = points;
        this.centroids = centroids;
        random = new SplitMix(seed);
        long enough = (long) POINTS_PER_CLUSTER * centroids.clusters();
        step = points.isWeighted() ? 1 : (int) Math.max(1, points.count() / enough);
        count = points.count() / step;
        int padded = (count + ClusterKernels.POINTS - 1) & -ClusterKernels.POINTS;
        Arena arena = points.arena();
        distances = arena.allocate(4L * padded, RowStore.ALIGNMENT);
        candidates = new int[tries];
        chosen = new MemorySegment[tries];
        trials = new MemorySegment[tries];
        for (int c = 0; c < tries; c++) {
            chosen[c] = arena.allocate(4L * points.dimensions(), RowStore.ALIGNMENT);
            trials[c] = tries == 1 ? distances : arena.allocate(4L * padded, RowStore.ALIGNMENT);
        }
        blockTotals = new double[tries][blocks()];
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
        draw(0, random.nextInt(count));
        if (tries == 1) {
            keep(0);
        }
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

    /// Lowers the distances of one block to those from the candidates.
    void approach(int block) {
        int first = block * BLOCK;
        int size = Math.min(BLOCK, count - first);
        int padded = (size + ClusterKernels.POINTS - 1) & -ClusterKernels.POINTS;
        for (int c = 0; c < open; c++) {
            if (trials.length > 1) {
                MemorySegment.copy(distances, 4L * first, trials[c], 4L * first, 4L * padded);
            }
            blockTotals[c][block] = approach(c, first, padded, sums[block]);
        }
    }

    private double approach(int c, int first, int padded, float[] partial) {
        Arrays.fill(partial, 0);
        KERNELS.approach(
                lines,
                4L * first,
                lineStride,
                padded,
                points.dimensions(),
                chosen[c],
                0,
                trials[c],
                4L * first,
                weights,
                4L * first,
                partial);
        double total = 0;
        for (float each : partial) {
            total += each;
        }
        return total;
    }

    /// Draws the next candidates, after all blocks have been approached; returns whether the last
    /// centroid is there.
    boolean next() {
        if (trials.length == 1 && drawn == centroids.clusters()) {
            return true;
        }
        int best = 0;
        for (int c = 1; c < open; c++) {
            best = total(c) < total(best) ? c : best;
        }
        double total = total(best);
        if (!Double.isFinite(total)) {
            throw new IllegalArgumentException(
                    "points are too large: the sum of squared distances is " + total);
        }
        if (trials.length > 1) {
            keep(best);
        }
        if (drawn == centroids.clusters()) {
            return true;
        }
        double[] totals = blockTotals[best];
        open = trials.length;
        for (int c = 0; c < open; c++) {
            // All points coincide with centroids: any of them is as good as the other.
            boolean drawable = total > 0;
            draw(c, drawable ? pick(totals, random.nextDouble() * total) : random.nextInt(count));
        }
        if (open == 1) {
            keep(0);
        }
        return open == 1 && drawn == centroids.clusters();
    }

    private double total(int c) {
        double total = 0;
        for (double each : blockTotals[c]) {
            total += each;
        }
        return total;
    }

    private void draw(int c, int candidate) {
        candidates[c] = candidate;
        for (int d = 0; d < points.dimensions(); d++) {
            float moved = lines.get(FLOAT, d * lineStride + 4L * candidate);
            chosen[c].set(FLOAT, 4L * d, moved);
        }
    }

    /// Lets a candidate stay.
    private void keep(int c) {
        centroids.place(drawn++, candidates[c] * step);
        MemorySegment kept = trials[c];
        trials[c] = distances;
        distances = kept;
    }

    private int pick(double[] totals, double target) {
        double sum = 0;
        int last = 0;
        for (int block = 0; block < totals.length; block++) {
            if (sum + totals[block] <= target) {
                sum += totals[block];
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
