package ai.bytesandbrains.engine.train;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.DistanceKernels;
import ai.bytesandbrains.engine.simd.Kernels;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// k-means clustering under squared Euclidean distance: a k-means++ start, then Lloyd's iterations.
///
/// **Deterministic.** The same points in the same order with the same configuration give the same
/// centroids bit for bit, on every machine and vector width: all randomness comes from the seed,
/// all sums run in a fixed order, ties go to the lowest index. Nodes that train on equal samples
/// rely on it to get equal codebooks.
///
/// **Empty clusters** split the largest one: they take over its point that is farthest from its
/// centroid, which lowers the error and needs no randomness.
///
/// **Cost.** A control-path computation: it runs on the caller's thread, may run long, and holds
/// two copies of the points off-heap and 12 bytes a point on the heap until it returns. Safe to run
/// on several threads at once.
///
/// Sources: Arthur, Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007;
/// Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28(2), 1982.
public final class KMeans {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Points whose distances to a new centroid are computed at a time while seeding.
    private static final int SEED_BLOCK = 1024;

    private final DistanceKernels kernels = Kernels.get();
    private final int count;
    private final int dimensions;
    private final int clusters;

    /// The points one after the other.
    private final MemorySegment points;

    /// The points transposed, for the seeding: there one centroid meets all points.
    private final MemorySegment pointLines;

    private final long pointLineStride;

    /// The centroids transposed, for the assignment: there one point meets all centroids.
    private final MemorySegment centroidLines;

    private final int paddedClusters;
    private final float[] scores;
    private final int[] nearest;
    private final float[] distances;
    private final int[] sizes;
    private final double[] sums;

    /// How to cluster.
    ///
    /// @param clusters number of centroids, at least 1
    /// @param iterations Lloyd iterations at most, 0 or more; fewer are run once no point changes
    ///     its cluster
    /// @param seed of the random choices of the start
    public record Config(int clusters, int iterations, long seed) {
        /// Checks the values.
        ///
        /// @throws IllegalArgumentException if one is out of its range
        public Config {
            if (clusters < 1) {
                throw new IllegalArgumentException("clusters=" + clusters + " must be at least 1");
            }
            if (iterations < 0) {
                throw new IllegalArgumentException(
                        "iterations=" + iterations + " must not be negative");
            }
        }
    }

    /// What came of it.
    ///
    /// @param iterations Lloyd iterations that were run
    /// @param meanSquaredError mean squared distance of a point to its nearest centroid
    public record Result(int iterations, double meanSquaredError) {}

    private KMeans(Arena arena, int count, int dimensions, int clusters) {
        this.count = count;
        this.dimensions = dimensions;
        this.clusters = clusters;
        pointLineStride = 4L * padded(count);
        paddedClusters = padded(clusters);
        points = arena.allocate(4L * count * dimensions, RowStore.ALIGNMENT);
        pointLines = arena.allocate(pointLineStride * dimensions, RowStore.ALIGNMENT);
        centroidLines = arena.allocate(4L * paddedClusters * dimensions, RowStore.ALIGNMENT);
        scores = new float[Math.max(SEED_BLOCK, paddedClusters)];
        nearest = new int[count];
        distances = new float[count];
        sizes = new int[clusters];
        sums = new double[Math.multiplyExact(clusters, dimensions)];
    }

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
        Vectors.checkRange("points", points, offset, stride, count, dimensions);
        try (Arena arena = Arena.ofConfined()) {
            KMeans run = start(arena, count, dimensions, config, centroids, centroidsOffset);
            for (int i = 0; i < count; i++) {
                run.load(i, points, offset + i * stride);
            }
            return run.run(config, centroids, centroidsOffset);
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
    /// @throws IllegalArgumentException as the other form
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
        try (Arena arena = Arena.ofConfined()) {
            int count = rows.liveCount();
            KMeans run = start(arena, count, dimensions, config, centroids, centroidsOffset);
            int i = 0;
            for (int slot = 0; slot < rows.slotLimit(); slot++) {
                if (rows.isLive(slot)) {
                    run.load(i++, rows.segmentOf(slot), rows.offsetOf(slot));
                }
            }
            return run.run(config, centroids, centroidsOffset);
        }
    }

    private static KMeans start(
            Arena arena,
            int count,
            int dimensions,
            Config config,
            MemorySegment centroids,
            long centroidsOffset) {
        int clusters = config.clusters();
        if (count < clusters) {
            throw new IllegalArgumentException(
                    "points=" + count + " are fewer than clusters=" + clusters);
        }
        long stride = 4L * dimensions;
        Vectors.checkRange("centroids", centroids, centroidsOffset, stride, clusters, dimensions);
        return new KMeans(arena, count, dimensions, clusters);
    }

    private void load(int i, MemorySegment source, long offset) {
        for (int d = 0; d < dimensions; d++) {
            float x = source.get(FLOAT, offset + 4L * d);
            if (!Float.isFinite(x)) {
                throw new IllegalArgumentException(
                        "points[%d][%d]=%s is not finite".formatted(i, d, x));
            }
            points.set(FLOAT, point(i) + 4L * d, x);
            pointLines.set(FLOAT, d * pointLineStride + 4L * i, x);
        }
    }

    private Result run(Config config, MemorySegment centroids, long centroidsOffset) {
        plusPlus(new SplitMix(config.seed()));
        assign();
        int iterations = 0;
        boolean moved = true;
        while (moved && iterations < config.iterations()) {
            fillEmptyClusters();
            moveCentroids();
            moved = assign();
            iterations++;
        }
        for (int c = 0; c < clusters; c++) {
            for (int d = 0; d < dimensions; d++) {
                float x = centroidLines.get(FLOAT, centroidLine(d) + 4L * c);
                centroids.set(FLOAT, centroidsOffset + 4L * ((long) c * dimensions + d), x);
            }
        }
        double error = 0;
        for (int i = 0; i < count; i++) {
            error += distances[i];
        }
        return new Result(iterations, error / count);
    }

    /// Chooses each centroid among the points with probability proportional to the squared distance
    /// from the centroids chosen before.
    private void plusPlus(SplitMix random) {
        Arrays.fill(distances, Float.POSITIVE_INFINITY);
        int chosen = random.nextInt(count);
        placeCentroid(0, chosen);
        for (int c = 1; c < clusters; c++) {
            double total = approach(chosen);
            if (!Double.isFinite(total)) {
                throw new IllegalArgumentException(
                        "points are too large: the sum of squared distances is " + total);
            }
            // All points coincide with centroids: any of them is as good as the other.
            chosen = total > 0 ? pick(random.nextDouble() * total) : random.nextInt(count);
            placeCentroid(c, chosen);
        }
    }

    /// Lowers each point's distance to that from one more centroid, and returns their sum.
    private double approach(int centroid) {
        double total = 0;
        int paddedCount = padded(count);
        for (int first = 0; first < paddedCount; first += SEED_BLOCK) {
            int block = Math.min(SEED_BLOCK, paddedCount - first);
            kernels.squaredL2Columns(
                    points,
                    point(centroid),
                    pointLines,
                    4L * first,
                    pointLineStride,
                    block,
                    dimensions,
                    scores);
            int end = Math.min(first + block, count);
            for (int i = first; i < end; i++) {
                float distance = Math.min(distances[i], scores[i - first]);
                distances[i] = distance;
                total += distance;
            }
        }
        return total;
    }

    private int pick(double target) {
        double sum = 0;
        int last = 0;
        for (int i = 0; i < count; i++) {
            if (distances[i] > 0) {
                sum += distances[i];
                last = i;
                if (sum > target) {
                    return i;
                }
            }
        }
        return last;
    }

    private void placeCentroid(int cluster, int i) {
        for (int d = 0; d < dimensions; d++) {
            float x = points.get(FLOAT, point(i) + 4L * d);
            centroidLines.set(FLOAT, centroidLine(d) + 4L * cluster, x);
        }
    }

    /// Finds the nearest centroid of each point; returns whether one changed.
    private boolean assign() {
        boolean moved = false;
        Arrays.fill(sizes, 0);
        for (int i = 0; i < count; i++) {
            kernels.squaredL2Columns(
                    points,
                    point(i),
                    centroidLines,
                    0,
                    4L * paddedClusters,
                    paddedClusters,
                    dimensions,
                    scores);
            int cluster = DistanceKernels.argMin(scores, clusters);
            moved |= cluster != nearest[i];
            nearest[i] = cluster;
            distances[i] = scores[cluster];
            sizes[cluster]++;
        }
        return moved;
    }

    private void fillEmptyClusters() {
        for (int empty = 0; empty < clusters; empty++) {
            if (sizes[empty] == 0) {
                int moved = farthestOf(largestCluster());
                sizes[nearest[moved]]--;
                sizes[empty] = 1;
                nearest[moved] = empty;
                distances[moved] = 0;
            }
        }
    }

    private int largestCluster() {
        int largest = 0;
        for (int c = 1; c < clusters; c++) {
            largest = sizes[c] > sizes[largest] ? c : largest;
        }
        return largest;
    }

    private int farthestOf(int cluster) {
        int farthest = -1;
        for (int i = 0; i < count; i++) {
            if (nearest[i] == cluster && (farthest < 0 || distances[i] > distances[farthest])) {
                farthest = i;
            }
        }
        return farthest;
    }

    private void moveCentroids() {
        Arrays.fill(sums, 0);
        for (int i = 0; i < count; i++) {
            int sum = nearest[i] * dimensions;
            for (int d = 0; d < dimensions; d++) {
                sums[sum + d] += points.get(FLOAT, point(i) + 4L * d);
            }
        }
        for (int c = 0; c < clusters; c++) {
            for (int d = 0; d < dimensions; d++) {
                float mean = (float) (sums[c * dimensions + d] / sizes[c]);
                centroidLines.set(FLOAT, centroidLine(d) + 4L * c, mean);
            }
        }
    }

    private long point(int i) {
        return 4L * i * dimensions;
    }

    private long centroidLine(int d) {
        return 4L * d * paddedClusters;
    }

    private static int padded(int n) {
        return (n + DistanceKernels.PADDING - 1) & -DistanceKernels.PADDING;
    }
}
