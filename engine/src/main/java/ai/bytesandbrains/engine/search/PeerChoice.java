package ai.bytesandbrains.engine.search;

/// Whom a search asks.
public enum PeerChoice {
    /// Those that have most of what is near to the query, as far as is known of their data; random
    /// ones where nothing is known.
    NEAREST,
    /// Any of those in the view of the peer sampling service.
    RANDOM,
    /// Those that the caller names.
    GIVEN;

    private static final PeerChoice[] VALUES = values();

    static PeerChoice of(int ordinal) {
        return VALUES[ordinal];
    }
}
