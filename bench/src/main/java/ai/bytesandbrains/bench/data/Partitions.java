package ai.bytesandbrains.bench.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Computes partitions of labelled rows over nodes. Same arguments, same result. Every node gets at
/// least one row.
///
/// Stateless. Allocates what it returns and scratch of the same size.
public final class Partitions {
    /// Concentration of the Dirichlet distribution over nodes, for each topic.
    static final double DIRICHLET_ALPHA = 0.1;

    private Partitions() {}

    /// Assigns each row to a node.
    ///
    /// @param partition any but [Partition#NICHE], which needs clusters of the vectors
    /// @param nodes number of nodes, 1 to the number of rows
    /// @param topicOf topic of each row, 0 or more; read only
    /// @param seed seed of the random choices
    /// @return the node of each row, 0 to `nodes - 1`
    /// @throws IllegalArgumentException if nodes is out of range or the partition is niche
    public static int[] compute(
            final Partition partition, final int nodes, final int[] topicOf, final long seed) {
        if (nodes < 1 || nodes > topicOf.length) {
            throw new IllegalArgumentException(
                    "nodes=%d, %d rows can be spread over 1 to %d nodes"
                            .formatted(nodes, topicOf.length, topicOf.length));
        }
        final SplittableRandom random = new SplittableRandom(seed);
        return switch (partition) {
            case IID -> roundRobin(nodes, Shuffled.numbers(topicOf.length, random));
            case BYTOPIC -> byTopic(nodes, topicOf, random);
            case DIRICHLET -> dirichlet(nodes, topicOf, random);
            case POWERLAW -> powerLaw(nodes, Shuffled.numbers(topicOf.length, random));
            case NICHE ->
                    throw new IllegalArgumentException(
                            "partition=niche cannot be computed for nodes=" + nodes);
        };
    }

    /// Counts the rows of each node.
    ///
    /// @param nodeOf node of each row
    /// @param nodes number of nodes
    /// @return rows of each node
    public static int[] sizes(final int[] nodeOf, final int nodes) {
        final int[] sizes = new int[nodes];
        for (final int node : nodeOf) {
            sizes[node]++;
        }
        return sizes;
    }

    private static int[] roundRobin(final int nodes, final int[] order) {
        final int[] nodeOf = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            nodeOf[order[i]] = i % nodes;
        }
        return nodeOf;
    }

    private static int[] byTopic(
            final int nodes, final int[] topicOf, final SplittableRandom random) {
        final int rows = topicOf.length;
        final long[] keys = new long[rows];
        for (int row = 0; row < rows; row++) {
            keys[row] = (long) topicOf[row] << Integer.SIZE | row;
        }
        Arrays.sort(keys);
        final int[] shards = Shuffled.numbers(2 * nodes, random);
        final int[] nodeOf = new int[rows];
        for (int i = 0; i < rows; i++) {
            final int shard = (int) ((long) i * 2 * nodes / rows);
            nodeOf[(int) keys[i]] = shards[shard] / 2;
        }
        return withoutEmptyNodes(nodeOf, nodes);
    }

    private static int[] dirichlet(
            final int nodes, final int[] topicOf, final SplittableRandom random) {
        int topics = 0;
        for (final int topic : topicOf) {
            topics = Math.max(topics, topic + 1);
        }
        final double[][] cumulative = new double[topics][nodes];
        for (final double[] shares : cumulative) {
            drawCumulativeShares(shares, random);
        }
        final int[] nodeOf = new int[topicOf.length];
        for (int row = 0; row < nodeOf.length; row++) {
            final int found = Arrays.binarySearch(cumulative[topicOf[row]], random.nextDouble());
            nodeOf[row] = Math.min(nodes - 1, found < 0 ? -found - 1 : found + 1);
        }
        return withoutEmptyNodes(nodeOf, nodes);
    }

    /// Normalised gamma variates are a Dirichlet draw. They are drawn as logarithms because
    /// gamma(0.1) underflows often enough to leave a sum of zero.
    private static void drawCumulativeShares(final double[] shares, final SplittableRandom random) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < shares.length; i++) {
            shares[i] = logGamma(DIRICHLET_ALPHA, random);
            largest = Math.max(largest, shares[i]);
        }
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            sum += Math.exp(shares[i] - largest);
            shares[i] = sum;
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= sum;
        }
    }

    /// Logarithm of a gamma(alpha, 1) variate for alpha < 1: Marsaglia and Tsang, "A simple method
    /// for generating gamma variables" (2000), with their boost `gamma(alpha + 1) * u^(1/alpha)`.
    private static double logGamma(final double alpha, final SplittableRandom random) {
        final double d = alpha + 1 - 1.0 / 3;
        final double c = 1 / Math.sqrt(9 * d);
        while (true) {
            final double x = random.nextGaussian();
            final double v = Math.pow(1 + c * x, 3);
            if (v > 0
                    && Math.log(1 - random.nextDouble())
                            < x * x / 2 + d - d * v + d * Math.log(v)) {
                return Math.log(d * v) + Math.log(1 - random.nextDouble()) / alpha;
            }
        }
    }

    private static int[] powerLaw(final int nodes, final int[] order) {
        double harmonic = 0;
        for (int rank = 1; rank <= nodes; rank++) {
            harmonic += 1.0 / rank;
        }
        final int[] nodeOf = new int[order.length];
        double share = 0;
        int from = 0;
        for (int node = 0; node < nodes; node++) {
            share += 1 / (harmonic * (node + 1));
            final int to =
                    node == nodes - 1 ? order.length : (int) Math.round(share * order.length);
            for (int i = from; i < to; i++) {
                nodeOf[order[i]] = node;
            }
            from = to;
        }
        return withoutEmptyNodes(nodeOf, nodes);
    }

    /// Gives each empty node one row of the then largest node. There are at least as many rows as
    /// nodes, so the largest node has two rows or more while another has none.
    private static int[] withoutEmptyNodes(final int[] nodeOf, final int nodes) {
        final int[] sizes = sizes(nodeOf, nodes);
        for (int node = 0; node < nodes; node++) {
            if (sizes[node] > 0) {
                continue;
            }
            int largest = 0;
            for (int other = 1; other < nodes; other++) {
                if (sizes[other] > sizes[largest]) {
                    largest = other;
                }
            }
            int row = 0;
            while (nodeOf[row] != largest) {
                row++;
            }
            nodeOf[row] = node;
            sizes[largest]--;
            sizes[node]++;
        }
        return nodeOf;
    }
}
