package ai.bytesandbrains.engine.train;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.op.Workers;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// k-means clustering under squared Euclidean distance: a k-means++ start, then Lloyd's iterations.
///
/// **Deterministic.** The same points in the same order with the same configuration give the same
/// centroids bit for bit, on every machine and vector width and with any number of threads: all
/// randomness comes from the seed, all sums run in a fixed order, a point belongs to the centroid
/// that is nearest in double precision, ties go to the lowest index. Nodes that train on equal
/// samples rely on it to get equal codebooks.
///
/// **Weights.** A point of weight w counts like w equal points: when seeds are drawn, in means and
/// in the error.
///
/// **Start.** Of points without weights that are more than 64 a cluster, seeds are drawn among as
/// many at even distances. With several candidates for each seed the one is taken that lowers the
/// error most: a better start for a little more work.
///
/// **Empty clusters** split the heaviest one: they take over its point that is farthest from its
/// centroid, which lowers the error and needs no randomness. Where all points coincide with
/// centroids there is nothing to split, and empty clusters keep their centroid.
///
/// **Cost.** A control-path computation: it may run long, and holds two copies of the points
/// off-heap and 4 bytes a point on the heap until it is done. Safe to run on several threads at
/// once. [KMeansRun] is the form that can be run piece by piece.
///
/// Sources: Arthur, Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007, its
/// closing section for several candidates;
/// Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28(2), 1982.
public final class KMeans {
    private KMeans() {}

    /// How to cluster.
    ///
    /// @param clusters number of centroids, at least 1
    /// @param iterations Lloyd iterations at most, 0 or more; fewer are run once no point changes
    ///     its cluster
    /// @param maxPointsPerCluster of more points than this times the clusters, as many are taken at
    ///     even distances
    /// @param candidates points that are drawn for each seed, of which one is taken; 1 to 64
    /// @param seed of the random choices of the start
    public record Config(
            int clusters, int iterations, int maxPointsPerCluster, int candidates, long seed) {
        private static final int MAX_CLUSTERS = 1 << 20;
        private static final int MAX_CANDIDATES = 64;

        /// Checks the values.
        ///
        /// @throws IllegalArgumentException if one is out of its range
        public Config {
            if (clusters < 1 || clusters > MAX_CLUSTERS) {
                throw new IllegalArgumentException(
                        "clusters=" + clusters + " must be between 1 and " + MAX_CLUSTERS);
            }
            if (iterations < 0) {
                throw new IllegalArgumentException(
                        "iterations=" + iterations + " must not be negative");
            }
            if (maxPointsPerCluster < 1) {
                throw new IllegalArgumentException(
                        "maxPointsPerCluster=" + maxPointsPerCluster + " must be at least 1");
            }
            if (candidates < 1 || candidates > MAX_CANDIDATES) {
                throw new IllegalArgumentException(
                        "candidates=" + candidates + " must be between 1 and " + MAX_CANDIDATES);
            }
        }

        /// A configuration that draws one candidate for each seed.
        ///
        /// @param clusters number of centroids, at least 1
        /// @param iterations Lloyd iterations at most, 0 or more
        /// @param maxPointsPerCluster of more points than this times the clusters, as many are
        ///     taken at even distances
        /// @param seed of the random choices of the start
        /// @throws IllegalArgumentException if one is out of its range
        public Config(int clusters, int iterations, int maxPointsPerCluster, long seed) {
            this(clusters, iterations, maxPointsPerCluster, 1, seed);
        }

        /// {@return the same with other candidates for each seed}
        ///
        /// @param candidates points that are drawn for each seed, of which one is taken; 1 to 64
        public Config withCandidates(int candidates) {
            return new Config(clusters, iterations, maxPointsPerCluster, candidates, seed);
        }

        /// A configuration that looks at all points.
        ///
        /// @param clusters number of centroids, at least 1
        /// @param iterations Lloyd iterations at most, 0 or more
        /// @param seed of the random choices of the start
        /// @throws IllegalArgumentException if one is out of its range
        public Config(int clusters, int iterations, long seed) {
            this(clusters, iterations, Integer.MAX_VALUE, seed);
        }

        /// How many of `count` points are looked at.
        int sampleSize(int count) {
            return (int) Math.min(count, (long) maxPointsPerCluster * clusters);
        }
    }

    /// What came of it.
    ///
    /// @param iterations Lloyd iterations that were run
    /// @param meanSquaredError mean squared distance of a point to its nearest centroid
    public record Result(int iterations, double meanSquaredError) {}

    /// Clusters `count` points that lie `stride` bytes apart.
    ///
    /// @param points holds the points as float32 in native byte order; only read
    /// @param offset byte offset of the first point
    /// @param stride bytes from one point to the next, at least `4 * dimensions`
    /// @param count number of points, at least the number of clusters
    /// @param dimensions floats in a point
    /// @param config how to cluster
    /// @param centroids receives `config.clusters() * dimensions` floats, one centroid after the
    ///     other
    /// @param centroidsOffset byte offset of the first centroid
    /// @return iterations and error
    /// @throws IllegalArgumentException if there are fewer points than clusters, points or
    ///     centroids do not fit their segments, or a point is not finite or too large to be squared
    public static Result train(
            MemorySegment points,
            long offset,
            long stride,
            int count,
            int dimensions,
            Config config,
            MemorySegment centroids,
            long centroidsOffset) {
        Points all = Points.of(points, offset, stride, count, dimensions);
        return train(
                all, config, centroids, centroidsOffset, Workers.caller(), TrainingProgress.NONE);
    }

    /// Clusters points with several threads.
    ///
    /// @param points the points, at least as many as clusters; only read
    /// @param config how to cluster
    /// @param centroids receives `config.clusters() * dimensions` floats, one centroid after the
    ///     other
    /// @param centroidsOffset byte offset of the first centroid
    /// @param workers who does the work; stays the caller's
    /// @param progress follows the training and may end it; the pieces are the start and the
    ///     iterations
    /// @return iterations and error
    /// @throws IllegalArgumentException if there are fewer points than clusters, centroids do not
    ///     fit their segment, a point is not finite or too large to be squared, or a weight is not
    ///     positive and finite
    /// @throws TrainingCancelledException if `progress` said so
    public static Result train(
            Points points,
            Config config,
            MemorySegment centroids,
            long centroidsOffset,
            Workers workers,
            TrainingProgress progress) {
        try (KMeansRun run = new KMeansRun(points, config)) {
            run.checkRoom(centroids, centroidsOffset);
            run.run(workers, progress);
            run.centroids(centroids, centroidsOffset);
            return run.result();
        }
    }

    /// Clusters the live rows of a store, in the order of their slots.
    ///
    /// @param rows rows that begin with `dimensions` floats; only read
    /// @param dimensions floats in a point
    /// @param config how to cluster
    /// @param centroids receives `config.clusters() * dimensions` floats, one centroid after the
    ///     other
    /// @param centroidsOffset byte offset of the first centroid
    /// @return iterations and error
    /// @throws IllegalArgumentException as the other forms
    public static Result train(
            RowStore rows,
            int dimensions,
            Config config,
            MemorySegment centroids,
            long centroidsOffset) {
        if (dimensions < 1 || 4L * dimensions > rows.rowStride()) {
            throw new IllegalArgumentException(
                    "dimensions=" + dimensions + " do not fit rowStride=" + rows.rowStride());
        }
        int count = rows.liveCount();
        long stride = 4L * dimensions;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment points = arena.allocate(count * stride, RowStore.ALIGNMENT);
            long at = 0;
            for (int slot = 0; slot < rows.slotLimit(); slot++) {
                if (rows.isLive(slot)) {
                    MemorySegment.copy(
                            rows.segmentOf(slot), rows.offsetOf(slot), points, at, stride);
                    at += stride;
                }
            }
            return train(points, 0, stride, count, dimensions, config, centroids, centroidsOffset);
        }
    }
}
