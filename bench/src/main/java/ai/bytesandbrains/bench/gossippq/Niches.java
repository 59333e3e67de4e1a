package ai.bytesandbrains.bench.gossippq;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.Shuffled;
import ai.bytesandbrains.engine.train.KMeans;
import ai.bytesandbrains.engine.train.KMeansRun;
import ai.bytesandbrains.engine.train.Points;

import java.util.SplittableRandom;

/// Spreads vectors over nodes that have little in common: k-means makes three small clusters for
/// each node, and every node holds three of them, drawn at random.
public final class Niches {
    private static final int CLUSTERS_OF_A_NODE = 3;
    private static final int ITERATIONS = 10;

    private Niches() {}

    /// Assigns each row to a node.
    ///
    /// @param vectors the rows
    /// @param nodes number of nodes
    /// @param seed seed of the random choices
    /// @return the node of each row, 0 to `nodes - 1`; every node has at least one
    /// @throws IllegalArgumentException if there are fewer than three rows for each node
    public static int[] compute(final NativeVectors vectors, final int nodes, final long seed) {
        final long clusters = (long) CLUSTERS_OF_A_NODE * nodes;
        if (nodes < 1 || clusters > vectors.rows()) {
            throw new IllegalArgumentException(
                    "partition=niche nodes=%d, %d rows make niches for 1 to %d nodes"
                            .formatted(nodes, vectors.rows(), vectors.rows() / CLUSTERS_OF_A_NODE));
        }
        final int[] nodeOfCluster = Shuffled.numbers((int) clusters, new SplittableRandom(seed));
        for (int cluster = 0; cluster < clusters; cluster++) {
            nodeOfCluster[cluster] /= CLUSTERS_OF_A_NODE;
        }
        final int[] nodeOf = new int[vectors.rows()];
        final Points points =
                Points.of(
                        vectors.segment(),
                        vectors.offset(0),
                        vectors.strideBytes(),
                        vectors.rows(),
                        vectors.dimensions());
        try (KMeansRun run =
                new KMeansRun(points, new KMeans.Config((int) clusters, ITERATIONS, seed))) {
            while (!run.isDone()) {
                run.step(Long.MAX_VALUE);
            }
            for (int row = 0; row < nodeOf.length; row++) {
                nodeOf[row] = nodeOfCluster[run.cluster(row)];
            }
        }
        return nodeOf;
    }
}
