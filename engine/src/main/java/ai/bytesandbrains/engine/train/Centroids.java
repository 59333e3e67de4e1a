package ai.bytesandbrains.engine.train;

import ai.bytesandbrains.engine.memory.RowStore;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The centroids of one clustering, and Lloyd's two steps.
final class Centroids {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final TrainingPoints points;
    private final int clusters;
    private final int dimensions;
    private final MemorySegment lines;
    private final long lineStride;
    private final NearestCentroids finder;

    /// Points of each cluster.
    private final int[] sizes;

    /// Weight of each cluster.
    private final double[] weights;

    private final double[] sums;

    Centroids(TrainingPoints points, int clusters) {
        this.points = points;
        this.clusters = clusters;
        dimensions = points.dimensions();
        lineStride = 4L * NearestCentroids.padded(clusters);
        lines = points.arena().allocate(lineStride * dimensions, RowStore.ALIGNMENT);
        finder =
                new NearestCentroids(
                        clusters,
                        dimensions,
                        lines,
                        0,
                        lineStride,
                        points.centre(),
                        points.arena());
        sizes = new int[clusters];
        weights = new double[clusters];
        sums = new double[Math.multiplyExact(clusters, dimensions)];
    }

    int clusters() {
        return clusters;
    }

    /// Puts a centroid where a point is.
    void place(int cluster, int point) {
        for (int d = 0; d < dimensions; d++) {
            lines.set(FLOAT, d * lineStride + 4L * cluster, points.component(point, d));
        }
    }

    /// To be called when centroids have changed.
    void refresh() {
        finder.refresh();
    }

    /// Finds the nearest centroid of each point of a block; returns whether one changed.
    boolean assign(int block, int[] nearest, NearestCentroids.Scratch scratch) {
        int first = points.first(block);
        int size = points.blockSize(block);
        int[] before = scratch.before();
        System.arraycopy(nearest, first, before, 0, size);
        finder.assign(
                points.lines(),
                4L * first,
                points.lineStride(),
                points.blockNorm(block),
                points.rows(),
                points.offsetOf(first),
                4L * dimensions,
                size,
                nearest,
                first,
                scratch);
        return !Arrays.equals(nearest, first, first + size, before, 0, size);
    }

    /// Gives each empty cluster the point that is farthest from its centroid in the heaviest
    /// cluster that has such a point.
    void splitForEmpty(int[] nearest) {
        Arrays.fill(sizes, 0);
        for (int cluster : nearest) {
            sizes[cluster]++;
        }
        int empty = firstEmpty(0);
        if (empty < clusters) {
            Splitter splitter = new Splitter(nearest);
            while (empty < clusters && splitter.split(empty)) {
                empty = firstEmpty(empty + 1);
            }
        }
    }

    private int firstEmpty(int from) {
        int cluster = from;
        while (cluster < clusters && sizes[cluster] > 0) {
            cluster++;
        }
        return cluster;
    }

    /// Takes points from clusters; allocates, since it is needed rarely.
    private final class Splitter {
        private final int[] nearest;
        private final double[] distances = new double[points.count()];
        private final int[] farthest = new int[clusters];

        Splitter(int[] nearest) {
            this.nearest = nearest;
            Arrays.fill(farthest, -1);
            Arrays.fill(weights, 0);
            for (int i = 0; i < distances.length; i++) {
                distances[i] = finder.squared(points.rows(), points.offsetOf(i), nearest[i]);
                weights[nearest[i]] += points.weight(i);
                consider(i);
            }
        }

        private void consider(int i) {
            int before = farthest[nearest[i]];
            if (distances[i] > (before < 0 ? 0 : distances[before])) {
                farthest[nearest[i]] = i;
            }
        }

        boolean split(int empty) {
            int heaviest = -1;
            for (int c = 0; c < clusters; c++) {
                if (sizes[c] > 1
                        && farthest[c] >= 0
                        && (heaviest < 0 || weights[c] > weights[heaviest])) {
                    heaviest = c;
                }
            }
            if (heaviest < 0) {
                return false;
            }
            int moved = farthest[heaviest];
            sizes[heaviest]--;
            weights[heaviest] -= points.weight(moved);
            sizes[empty] = 1;
            weights[empty] = points.weight(moved);
            nearest[moved] = empty;
            farthest[heaviest] = -1;
            for (int i = 0; i < nearest.length; i++) {
                if (nearest[i] == heaviest) {
                    consider(i);
                }
            }
            return true;
        }
    }

    void beginMove() {
        Arrays.fill(sums, 0);
        Arrays.fill(weights, 0);
    }

    /// Adds a run of points to their clusters.
    void gather(int[] nearest, int first, int count) {
        for (int i = first; i < first + count; i++) {
            add(i, nearest[i]);
        }
    }

    /// Adds the points from `first` on to their clusters, as far as those belong to one part of the
    /// clusters: a cluster's sum is the same whether one thread gathers or several.
    void gatherPart(int[] nearest, int first, int part, int parts) {
        int from = (int) ((long) clusters * part / parts);
        int to = (int) ((long) clusters * (part + 1) / parts);
        for (int i = first; i < nearest.length; i++) {
            if (nearest[i] >= from && nearest[i] < to) {
                add(i, nearest[i]);
            }
        }
    }

    private void add(int i, int cluster) {
        MemorySegment rows = points.rows();
        double weight = points.weight(i);
        weights[cluster] += weight;
        int sum = cluster * dimensions;
        long at = points.offsetOf(i);
        int d = 0;
        for (; d + 3 < dimensions; d += 4, at += 16) {
            sums[sum + d] += weight * rows.get(FLOAT, at);
            sums[sum + d + 1] += weight * rows.get(FLOAT, at + 4);
            sums[sum + d + 2] += weight * rows.get(FLOAT, at + 8);
            sums[sum + d + 3] += weight * rows.get(FLOAT, at + 12);
        }
        for (; d < dimensions; d++, at += 4) {
            sums[sum + d] += weight * rows.get(FLOAT, at);
        }
    }

    /// Moves centroids to the means; one of an empty cluster stays.
    void endMove() {
        for (int c = 0; c < clusters; c++) {
            if (weights[c] > 0) {
                for (int d = 0; d < dimensions; d++) {
                    float mean = (float) (sums[c * dimensions + d] / weights[c]);
                    lines.set(FLOAT, d * lineStride + 4L * c, mean);
                }
            }
        }
    }

    double meanSquaredError(int[] nearest) {
        return addSquaredErrors(nearest, 0, nearest.length, 0) / points.totalWeight();
    }

    /// Adds the weighted squared errors of a run of points to a sum, one after the other.
    double addSquaredErrors(int[] nearest, int first, int count, double sum) {
        double error = sum;
        for (int i = first; i < first + count; i++) {
            error +=
                    points.weight(i)
                            * finder.squared(points.rows(), points.offsetOf(i), nearest[i]);
        }
        return error;
    }

    /// Takes over centroids that lie one after the other.
    void read(MemorySegment from, long offset) {
        for (int c = 0; c < clusters; c++) {
            for (int d = 0; d < dimensions; d++) {
                float x = from.get(FLOAT, offset + 4L * ((long) c * dimensions + d));
                lines.set(FLOAT, d * lineStride + 4L * c, x);
            }
        }
    }

    /// Writes the centroids one after the other.
    void write(MemorySegment out, long offset) {
        for (int c = 0; c < clusters; c++) {
            for (int d = 0; d < dimensions; d++) {
                float x = lines.get(FLOAT, d * lineStride + 4L * c);
                out.set(FLOAT, offset + 4L * ((long) c * dimensions + d), x);
            }
        }
    }
}
