package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Puts a node's own vectors, or centroids of them, into its samples, some at a time.
final class Contribution implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final GossipPqConfig config;
    private final NodeSecrets secrets;
    private final VectorSource source;
    private final SubspaceSample[] samples;
    private final MemorySegment vector;
    private final MemorySegment item;
    private LocalCentroids centroids;
    private int next;
    private boolean done = true;

    Contribution(
            GossipPqConfig config,
            NodeSecrets secrets,
            VectorSource source,
            SubspaceSample[] samples,
            Arena arena) {
        this.config = config;
        this.secrets = secrets;
        this.source = source;
        this.samples = samples;
        vector = arena.allocate(4L * config.dimensions(), 64);
        item = arena.allocate(ItemLayout.stride(config.subspaceDimensions()), Long.BYTES);
    }

    /// Begins anew.
    void start() {
        stop();
        done = false;
    }

    /// Ends without having contributed all.
    void stop() {
        next = 0;
        done = true;
        if (centroids != null) {
            centroids.close();
            centroids = null;
        }
    }

    boolean isDone() {
        return done;
    }

    /// Does some of it; returns how much.
    int step() {
        if (done) {
            return 0;
        }
        if (config.localCentroids() > 0) {
            stepCentroids();
            return 1;
        }
        int end = Math.min(source.rows(), next + config.rowsPerPoll());
        int rows = end - next;
        for (; next < end; next++) {
            if (load(next)) {
                offerParts(next);
            }
        }
        commit();
        done = next >= source.rows();
        return Math.max(1, rows);
    }

    private void commit() {
        for (SubspaceSample sample : samples) {
            sample.commit();
        }
    }

    private void offerParts(int row) {
        int dimensions = config.subspaceDimensions();
        for (int m = 0; m < samples.length; m++) {
            long part = 4L * dimensions * m;
            if (write(m, row, 1, vector, part) && samples[m].mayTake(item, 0)) {
                samples[m].stage(item, 0);
            }
        }
        if ((row + 1) % SubspaceSample.BATCH == 0) {
            commit();
        }
    }

    private boolean write(int m, int index, int weight, MemorySegment part, long offset) {
        int hidden = Hash.shuffle(Hash.add(secrets.shuffle(), m), index);
        int dimensions = config.subspaceDimensions();
        return ItemLayout.write(
                secrets.origin(), hidden, weight, part, offset, dimensions, item, 0);
    }

    private void stepCentroids() {
        int m = next;
        if (centroids == null) {
            centroids = new LocalCentroids(config, secrets.shuffle(), m, this, source.rows());
        }
        if (!centroids.step(config.trainingBudget())) {
            return;
        }
        for (int c = 0; c < centroids.count(); c++) {
            int weight = Math.min(centroids.weight(c), ItemLayout.MAX_WEIGHT);
            long offset = 4L * config.subspaceDimensions() * c;
            if (write(m, c, weight, centroids.means(), offset)) {
                samples[m].stage(item, 0);
            }
            if ((c + 1) % SubspaceSample.BATCH == 0) {
                samples[m].commit();
            }
        }
        samples[m].commit();
        centroids.close();
        centroids = null;
        done = ++next == samples.length;
    }

    /// The vector that was loaded last.
    MemorySegment vector() {
        return vector;
    }

    /// Reads a row, of unit length for cosine; returns false if there is none, or none to learn
    /// from.
    boolean load(int row) {
        if (!source.copy(row, vector)) {
            return false;
        }
        double sum = 0;
        for (int d = 0; d < config.dimensions(); d++) {
            double x = vector.get(FLOAT, 4L * d);
            sum += x * x;
        }
        if (!Double.isFinite(sum) || (sum == 0 && config.metric() == Metric.COSINE)) {
            return false;
        }
        if (config.metric() == Metric.COSINE) {
            double factor = 1 / Math.sqrt(sum);
            for (int d = 0; d < config.dimensions(); d++) {
                vector.set(FLOAT, 4L * d, (float) (vector.get(FLOAT, 4L * d) * factor));
            }
        }
        return true;
    }

    @Override
    public void close() {
        stop();
    }
}
