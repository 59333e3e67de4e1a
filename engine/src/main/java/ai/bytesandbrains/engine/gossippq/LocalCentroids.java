package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.train.KMeans;
import ai.bytesandbrains.engine.train.KMeansRun;
import ai.bytesandbrains.engine.train.Points;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What a node contributes to one subspace in place of its vectors: means of at least
/// [#LEAST_VECTORS] of them each, how many each stands for, moved a little apart ([Sharpening]).
/// Clusters of fewer take vectors of larger ones ([ClusterFilling]); who has too few vectors for
/// one contributes nothing.
///
/// Prepared in steps, which go over the budget of a training by one look at all rows at the most.
final class LocalCentroids implements AutoCloseable {
    /// Vectors that a centroid is the mean of at the least.
    static final int LEAST_VECTORS = 5;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int ITERATIONS = 10;

    private enum Phase {
        READ,
        CLUSTER,
        FILL,
        MOVE,
        DONE
    }

    private final int dimensions;
    private final GossipPqConfig config;
    private final long seed;
    private final int subspace;
    private final RowReader source;
    private final int most;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment parts;
    private final MemorySegment means;
    private final MemorySegment moved;
    private Phase phase = Phase.READ;
    private int next;
    private int rows;
    private int clusters;
    private KMeansRun run;
    private int[] counts;
    private int[] clusterOf;
    private ClusterFilling filling;
    private Sharpening sharpening;

    LocalCentroids(GossipPqConfig config, long seed, int subspace, RowReader source) {
        this.config = config;
        this.seed = seed;
        this.subspace = subspace;
        this.source = source;
        dimensions = config.subspaceDimensions();
        most = source.rows();
        parts = arena.allocate(4L * Math.max(1, most) * dimensions, 64);
        long bytes = 4L * Math.max(1, config.localCentroids()) * dimensions;
        means = arena.allocate(bytes, 64);
        moved = arena.allocate(bytes, 64);
    }

    /// Does some of it; returns whether all is done.
    boolean step() {
        long left = config.trainingBudget();
        while (left > 0 && phase != Phase.DONE) {
            left -= piece(left);
        }
        return phase == Phase.DONE;
    }

    /// Does a piece; returns how many points were looked at, about.
    private long piece(long budget) {
        switch (phase) {
            case READ -> read();
            case CLUSTER -> {
                if (!run.step(budget)) {
                    return budget;
                }
                endClustering();
            }
            case FILL -> {
                if (filling.step()) {
                    average();
                }
            }
            case MOVE -> {
                sharpening.move(next, moved, at(next, 0));
                phase = ++next == clusters ? Phase.DONE : Phase.MOVE;
                return clusters;
            }
            case DONE -> {}
        }
        return Math.max(1, rows);
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
        if (next == most) {
            clusters = Math.min(config.localCentroids(), rows / LEAST_VECTORS);
            phase = clusters == 0 ? Phase.DONE : Phase.CLUSTER;
            if (clusters > 0) {
                Points points = Points.of(parts, 0, 4L * dimensions, rows, dimensions);
                run = new KMeansRun(points, new KMeans.Config(clusters, ITERATIONS, seed));
            }
        }
    }

    private void endClustering() {
        run.centroids(means, 0);
        counts = new int[clusters];
        clusterOf = new int[rows];
        for (int row = 0; row < rows; row++) {
            clusterOf[row] = run.cluster(row);
            counts[clusterOf[row]]++;
        }
        filling = new ClusterFilling(parts, means, dimensions, LEAST_VECTORS, clusterOf, counts);
        phase = Phase.FILL;
    }

    private void average() {
        double[] sums = new double[clusters * dimensions];
        for (int row = 0; row < rows; row++) {
            for (int d = 0; d < dimensions; d++) {
                sums[clusterOf[row] * dimensions + d] += parts.get(FLOAT, at(row, d));
            }
        }
        for (int i = 0; i < sums.length; i++) {
            means.set(FLOAT, 4L * i, (float) (sums[i] / counts[i / dimensions]));
        }
        sharpening = new Sharpening(means, dimensions, counts);
        next = 0;
        phase = Phase.MOVE;
    }

    int count() {
        return clusters;
    }

    int weight(int centroid) {
        return counts[centroid];
    }

    MemorySegment means() {
        return moved;
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

    private long at(int row, int d) {
        return 4L * ((long) row * dimensions + d);
    }
}
