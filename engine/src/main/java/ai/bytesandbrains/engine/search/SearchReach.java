package ai.bytesandbrains.engine.search;

/// How far a search goes.
public enum SearchReach {
    /// Own index and peers.
    NETWORK(0),
    /// Peers are asked only if the own index has fewer neighbours than wanted.
    LOCAL_FIRST(1),
    /// The own index alone; nothing leaves the node.
    LOCAL_ONLY(2);

    private static final SearchReach[] BY_CODE = {NETWORK, LOCAL_FIRST, LOCAL_ONLY};

    private final int code;

    SearchReach(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static SearchReach ofCode(int code) {
        return BY_CODE[code];
    }
}
