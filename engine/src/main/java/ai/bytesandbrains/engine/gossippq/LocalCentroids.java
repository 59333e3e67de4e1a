package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.train.KMeans;
import ai.bytesandbrains.engine.train.KMeansRun;
import ai.bytesandbrains.engine.train.Points;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What a node contributes to one subspace in place of its vectors: means of at least
/// [#LEAST_VECTORS] of them each, and how many each stands for. The vectors of smaller clusters go
/// to the nearest others; who has fewer vectors contributes nothing.
final class LocalCentroids implements AutoCloseable {
    /// Vectors that a centroid is the mean of at the least.
    static final int LEAST_VECTORS = 5;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int ITERATIONS = 10;

    private final int dimensions;
    private final GossipPqConfig config;
    private final long seed;
    private final int subspace;
    private final RowReader source;
    private final int most;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment parts;
    private final MemorySegment means;
    private int next;
    private int rows;
    private KMeansRun run;
    private double[] sums;
    private int[] counts;
    private int[] clusterOf;
    private int clusters;

    LocalCentroids(GossipPqConfig config, long seed, int subspace, RowReader source) {
        this.config = config;
        this.seed = seed;
        this.subspace = subspace;
        this.source = source;
        dimensions = config.subspaceDimensions();
        most = source.rows();
        parts = arena.allocate(4L * Math.max(1, most) * dimensions, 64);
        means = arena.allocate(4L * Math.max(1, config.localCentroids()) * dimensions, 64);
    }

    /// Does some of it; returns whether all is done.
    boolean step() {
        if (next < most) {
            read();
            return false;
        }
        if (run == null) {
            clusters = Math.min(config.localCentroids(), rows / LEAST_VECTORS);
            if (clusters == 0) {
                return true;
            }
            Points points = Points.of(parts, 0, 4L * dimensions, rows, dimensions);
            run = new KMeansRun(points, new KMeans.Config(clusters, ITERATIONS, seed));
        }
        if (!run.step(config.trainingBudget())) {
            return false;
        }
        gather();
        for (int small = small(); small >= 0; small = small()) {
            dissolve(small);
        }
        store();
        return true;
    }

    private void read() {
        int end = (int) Math.min(most, (long) next + config.partsPerPoll());
        long from = 4L * subspace * dimensions;
        for (; next < end; next++) {
            if (source.read(next)) {
                MemorySegment.copy(source.vector(), from, parts, at(rows, 0), 4L * dimensions);
                rows++;
            }
        }
    }

    int count() {
        return clusters;
    }

    int weight(int centroid) {
        return counts[centroid];
    }

    MemorySegment means() {
        return means;
    }

    @Override
    public void close() {
        if (run != null) {
            run.close();
        }
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private void gather() {
        sums = new double[clusters * dimensions];
        counts = new int[clusters];
        clusterOf = new int[rows];
        for (int row = 0; row < rows; row++) {
            clusterOf[row] = run.cluster(row);
            move(row, clusterOf[row], 1);
        }
    }

    private void move(int row, int cluster, int count) {
        counts[cluster] += count;
        for (int d = 0; d < dimensions; d++) {
            sums[cluster * dimensions + d] += count * (double) parts.get(FLOAT, at(row, d));
        }
    }

    /// The smallest cluster, if it is of too few and there are others; otherwise -1.
    private int small() {
        int found = -1;
        int others = 0;
        for (int c = 0; c < clusters; c++) {
            others += counts[c] > 0 ? 1 : 0;
            if (counts[c] > 0 && (found < 0 || counts[c] < counts[found])) {
                found = c;
            }
        }
        return others > 1 && counts[found] < LEAST_VECTORS ? found : -1;
    }

    /// Gives each vector of a cluster to the nearest of the others.
    private void dissolve(int small) {
        for (int row = 0; row < rows; row++) {
            if (clusterOf[row] == small) {
                move(row, small, -1);
                int nearest = nearestOther(row, small);
                clusterOf[row] = nearest;
                move(row, nearest, 1);
            }
        }
    }

    private int nearestOther(int row, int small) {
        int nearest = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int c = 0; c < clusters; c++) {
            if (c != small && counts[c] > 0) {
                double distance = distance(row, c);
                if (nearest < 0 || distance < least) {
                    nearest = c;
                    least = distance;
                }
            }
        }
        return nearest;
    }

    private double distance(int row, int c) {
        double sum = 0;
        for (int d = 0; d < dimensions; d++) {
            double difference = parts.get(FLOAT, at(row, d)) - sums[c * dimensions + d] / counts[c];
            sum += difference * difference;
        }
        return sum;
    }

    private void store() {
        int stored = 0;
        for (int c = 0; c < clusters; c++) {
            if (counts[c] > 0) {
                counts[stored] = counts[c];
                for (int d = 0; d < dimensions; d++) {
                    float mean = (float) (sums[c * dimensions + d] / counts[c]);
                    means.set(FLOAT, at(stored, d), mean);
                }
                stored++;
            }
        }
        clusters = stored;
    }

    private long at(int row, int d) {
        return 4L * ((long) row * dimensions + d);
    }
}
