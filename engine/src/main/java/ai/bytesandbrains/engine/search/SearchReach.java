package ai.bytesandbrains.engine.search;

/// How far a search goes.
public enum SearchReach {
    /// Own index and peers.
    NETWORK,
    /// Peers are asked only if the own index has fewer neighbours than wanted.
    LOCAL_FIRST,
    /// The own index alone; nothing leaves the node.
    LOCAL_ONLY;

    private static final SearchReach[] VALUES = values();

    static SearchReach of(int ordinal) {
        return VALUES[ordinal];
    }
}
