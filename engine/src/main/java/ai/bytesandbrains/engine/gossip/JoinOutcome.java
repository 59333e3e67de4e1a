package ai.bytesandbrains.engine.gossip;

/// How a join ended.
public enum JoinOutcome {
    /// The node has a view.
    JOINED,
    /// There is nobody to ask: no seed peer was named but the node itself, or the peer table could
    /// take none of them.
    NO_SEEDS,
    /// No seed peer has answered in time.
    NO_ANSWER,
    /// Seed peers have answered in time, but all of them that they have too much to do.
    REFUSED,
    /// The node was closed meanwhile.
    CLOSED
}
