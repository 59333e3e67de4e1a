package ai.bytesandbrains.engine.train;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// k-means over a stream: centroids that follow batches of points which are not kept.
///
/// The first batch starts the centroids by k-means++ and Lloyd's iterations. Each later one is
/// assigned to the centroids as they are, and then every point, in its order, moves its centroid
/// towards itself by its share of all the weight that the centroid has seen.
///
/// **Deterministic.** The same batches in the same order give the same bits on every machine and
/// vector width. **Threads.** One at a time. **Allocation.** Each batch takes memory for itself.
///
/// **Lifetime.** Whoever made it closes it.
///
/// Source: Sculley, "Web-scale k-means clustering", WWW 2010.
public final class MiniBatchKMeans implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final KMeans.Config start;
    private final int dimensions;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment centroids;
    private final double[] means;
    private final double[] weights;
    private boolean started;
    private double forgetting = 1;

    /// Centroids that are started by the first batch.
    ///
    /// @param start how to cluster the first batch
    /// @param dimensions floats in a point
    /// @throws IllegalArgumentException if `dimensions` is not positive, or clusters times
    ///     dimensions are more than an array holds
    public MiniBatchKMeans(KMeans.Config start, int dimensions) {
        if (dimensions < 1 || (long) start.clusters() * dimensions > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "dimensions=%d must be positive, and with clusters=%d below 2^31 floats"
                            .formatted(dimensions, start.clusters()));
        }
        this.start = start;
        this.dimensions = dimensions;
        int floats = start.clusters() * dimensions;
        centroids = arena.allocate(4L * floats, RowStore.ALIGNMENT);
        means = new double[floats];
        weights = new double[start.clusters()];
    }

    /// Lets centroids follow a stream that changes: before each batch, the weight that they have
    /// seen is multiplied by this.
    ///
    /// @param factor above 0 and at most 1, which is the default and forgets nothing
    /// @throws IllegalArgumentException if it is out of its range
    public void forget(double factor) {
        if (!(factor > 0 && factor <= 1)) {
            throw new IllegalArgumentException("factor=" + factor + " must be in (0, 1]");
        }
        forgetting = factor;
    }

    /// Learns from one batch.
    ///
    /// @param batch the points; only read. The first batch has at least as many as clusters.
    /// @return mean squared distance of the points to the centroids as they were before the batch,
    ///     or, for the first batch, as it leaves them
    /// @throws IllegalArgumentException if the first batch has too few points, dimensions differ, a
    ///     point is not finite or too large, or a weight is not positive and finite
    public double update(Points batch) {
        if (batch.dimensions() != dimensions) {
            throw new IllegalArgumentException(
                    "batch.dimensions=" + batch.dimensions() + " dimensions=" + dimensions);
        }
        double error =
                started
                        ? 0
                        : KMeans.train(
                                        batch,
                                        start,
                                        centroids,
                                        0,
                                        Workers.caller(),
                                        TrainingProgress.NONE)
                                .meanSquaredError();
        try (TrainingPoints points = new TrainingPoints(batch, batch.count())) {
            points.load(batch);
            Centroids assigner = new Centroids(points, start.clusters());
            assigner.read(centroids, 0);
            assigner.refresh();
            int[] nearest = new int[batch.count()];
            NearestCentroids.Scratch scratch = new NearestCentroids.Scratch(start.clusters());
            for (int block = 0; block < points.blocks(); block++) {
                assigner.assign(block, nearest, scratch);
            }
            if (started) {
                error = assigner.meanSquaredError(nearest);
            }
            follow(points, nearest);
        }
        started = true;
        return error;
    }

    private void follow(TrainingPoints points, int[] nearest) {
        for (int c = 0; c < weights.length; c++) {
            weights[c] *= forgetting;
        }
        for (int i = 0; i < nearest.length; i++) {
            int cluster = nearest[i];
            double weight = points.weight(i);
            weights[cluster] += weight;
            double share = weight / weights[cluster];
            for (int d = 0; d < dimensions; d++) {
                int at = cluster * dimensions + d;
                means[at] += share * (points.component(i, d) - means[at]);
            }
        }
        for (int at = 0; at < means.length; at++) {
            if (weights[at / dimensions] > 0) {
                centroids.set(FLOAT, 4L * at, (float) means[at]);
            }
        }
    }

    /// {@return whether there has been a batch}
    public boolean isStarted() {
        return started;
    }

    /// Writes the centroids.
    ///
    /// @param out receives `clusters * dimensions` floats, one centroid after the other
    /// @param offset byte offset of the first centroid
    /// @throws IllegalArgumentException if they do not fit the segment
    /// @throws IllegalStateException if there has been no batch
    public void centroids(MemorySegment out, long offset) {
        Vectors.checkRows("centroids", out, offset, 0, 1, centroids.byteSize());
        if (!started) {
            throw new IllegalStateException("no batch has been seen");
        }
        MemorySegment.copy(centroids, 0, out, offset, centroids.byteSize());
    }

    /// Frees the memory. Closing twice is allowed.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
