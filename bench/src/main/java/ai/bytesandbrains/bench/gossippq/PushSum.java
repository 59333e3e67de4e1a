package ai.bytesandbrains.bench.gossippq;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.VectorSource;
import ai.bytesandbrains.engine.train.KMeans;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// The other way to a common codebook, to compare with: k-means whose means are averaged by
/// push-sum. In each iteration every node sums its own vectors by their nearest centroid; then, for
/// some rounds, it keeps half of its sums and counts and sends the other half to a peer, one for
/// each subspace; what the sums come to by the counts are its next centroids.
///
/// It is treated kindly: rounds are in step, peers are drawn among all nodes, numbers are kept in
/// double precision and sent as floats at no loss, and all nodes start with the same centroids,
/// those of one node's vectors, which cost nothing to spread.
///
/// Source: Kempe, Dobra, Gehrke, "Gossip-based computation of aggregate information", FOCS 2003.
public final class PushSum {
    /// What a frame takes beside its body.
    private static final int FRAME_BYTES = 120;

    private static final int START_ITERATIONS = 5;

    private final GossipPqConfig config;
    private final VectorSource[] rows;
    private final double loss;
    private final double silent;
    private final SplittableRandom random;
    private final int part;
    private final int clusters;

    /// For each node all subspaces' centroids, one after the other.
    private final float[][] centroids;

    /// For each node and centroid the sums, then the count.
    private double[][] sums;

    private double[][] next;
    private long messages;

    /// Gives all nodes the same start.
    ///
    /// @param config shapes the codebook
    /// @param rows the vectors of each node; the first one has as many as clusters at least
    /// @param loss share of messages that get lost
    /// @param silent share of the nodes that neither hears nor says anything in a round
    /// @param seed decides everything left to chance
    public PushSum(
            final GossipPqConfig config,
            final VectorSource[] rows,
            final double loss,
            final double silent,
            final long seed) {
        this.config = config;
        this.rows = rows.clone();
        this.loss = loss;
        this.silent = silent;
        random = new SplittableRandom(seed);
        part = config.subspaceDimensions();
        clusters = config.centroids();
        centroids = new float[rows.length][];
        final float[] start = start(seed);
        for (int node = 0; node < rows.length; node++) {
            centroids[node] = start.clone();
        }
    }

    private float[] start(final long seed) {
        final float[] start = new float[config.dimensions() * clusters];
        try (Arena arena = Arena.ofConfined()) {
            final long stride = 4L * config.dimensions();
            final MemorySegment own = arena.allocate(stride * rows[0].rows(), 64);
            for (int row = 0; row < rows[0].rows(); row++) {
                rows[0].copy(row, own.asSlice(row * stride, stride));
            }
            final MemorySegment found = arena.allocate(4L * part * clusters, 64);
            for (int m = 0; m < config.subspaces(); m++) {
                KMeans.train(
                        own,
                        4L * part * m,
                        stride,
                        rows[0].rows(),
                        part,
                        new KMeans.Config(clusters, START_ITERATIONS, seed + m),
                        found,
                        0);
                MemorySegment.copy(
                        found,
                        ValueLayout.JAVA_FLOAT,
                        0,
                        start,
                        m * part * clusters,
                        part * clusters);
            }
        }
        return start;
    }

    /// Runs one iteration.
    ///
    /// @param rounds of averaging
    public void iterate(final int rounds) {
        sums = new double[rows.length][config.subspaces() * clusters * (part + 1)];
        next = new double[rows.length][config.subspaces() * clusters * (part + 1)];
        for (int node = 0; node < rows.length; node++) {
            gather(node);
        }
        for (int round = 0; round < rounds; round++) {
            average();
        }
        for (int node = 0; node < rows.length; node++) {
            move(node);
        }
    }

    private void gather(final int node) {
        final float[] vector = new float[config.dimensions()];
        final MemorySegment segment = MemorySegment.ofArray(vector);
        for (int row = 0; row < rows[node].rows(); row++) {
            rows[node].copy(row, segment);
            for (int m = 0; m < config.subspaces(); m++) {
                final int nearest = nearest(centroids[node], m, vector);
                final int at = (m * clusters + nearest) * (part + 1);
                for (int d = 0; d < part; d++) {
                    sums[node][at + d] += vector[m * part + d];
                }
                sums[node][at + part]++;
            }
        }
    }

    private int nearest(final float[] codebook, final int m, final float[] vector) {
        int nearest = 0;
        float least = Float.POSITIVE_INFINITY;
        for (int k = 0; k < clusters; k++) {
            float distance = 0;
            for (int d = 0; d < part; d++) {
                final float x = vector[m * part + d] - codebook[(m * clusters + k) * part + d];
                distance += x * x;
            }
            if (distance < least) {
                least = distance;
                nearest = k;
            }
        }
        return nearest;
    }

    private void average() {
        final boolean[] quiet = new boolean[rows.length];
        for (int node = 0; node < rows.length; node++) {
            quiet[node] = random.nextDouble() < silent;
            System.arraycopy(sums[node], 0, next[node], 0, sums[node].length);
        }
        final int each = clusters * (part + 1);
        for (int node = 0; node < rows.length; node++) {
            for (int m = 0; !quiet[node] && m < config.subspaces(); m++) {
                final int peer = (node + 1 + random.nextInt(rows.length - 1)) % rows.length;
                final boolean lost = random.nextDouble() < loss || quiet[peer];
                messages++;
                for (int i = m * each; i < (m + 1) * each; i++) {
                    final double half = sums[node][i] / 2;
                    next[node][i] -= half;
                    next[peer][i] += lost ? 0 : half;
                }
            }
        }
        final double[][] before = sums;
        sums = next;
        next = before;
    }

    private void move(final int node) {
        for (int c = 0; c < config.subspaces() * clusters; c++) {
            final double count = sums[node][c * (part + 1) + part];
            for (int d = 0; count > 0 && d < part; d++) {
                centroids[node][c * part + d] = (float) (sums[node][c * (part + 1) + d] / count);
            }
        }
    }

    /// {@return the codebook of a node}
    ///
    /// @param node its number
    public Codebook codebook(final int node) {
        try (Arena arena = Arena.ofConfined()) {
            return Codebook.of(
                    config.metric(),
                    config.dimensions(),
                    config.subspaces(),
                    config.bits(),
                    arena.allocateFrom(ValueLayout.JAVA_FLOAT, centroids[node]),
                    0);
        }
    }

    /// {@return messages sent by all nodes together}
    public long messages() {
        return messages;
    }

    /// {@return bytes of these, frames included}
    public long bytes() {
        return messages * (FRAME_BYTES + 4L * clusters * (part + 1));
    }
}
