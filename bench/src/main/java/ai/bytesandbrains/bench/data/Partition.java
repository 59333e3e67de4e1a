package ai.bytesandbrains.bench.data;

/// How the rows of a data set are spread over the nodes, from no skew to strong skew.
public enum Partition {
    /// Equal sizes, content at random: every node is a small copy of the whole.
    IID,
    /// Rows sorted by topic, two equal shards a node: few topics a node.
    BYTOPIC,
    /// Each topic is spread by a Dirichlet(0.1) draw over the nodes: skewed topics and sizes.
    DIRICHLET,
    /// Sizes proportional to 1/rank, content at random.
    POWERLAW,
    /// Micro-clusters found by k-means, three a node: every node has its own narrow interests.
    NICHE
}
