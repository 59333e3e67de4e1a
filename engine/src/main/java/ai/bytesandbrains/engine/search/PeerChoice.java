package ai.bytesandbrains.engine.search;

/// Whom a search asks.
public enum PeerChoice {
    /// Those that have most of what is near to the query, as far as is known of their data; random
    /// ones where nothing is known.
    NEAREST(0),
    /// Any of those in the view of the peer sampling service.
    RANDOM(1),
    /// Those that the caller names.
    GIVEN(2);

    private static final PeerChoice[] BY_CODE = {NEAREST, RANDOM, GIVEN};

    private final int code;

    PeerChoice(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static PeerChoice ofCode(int code) {
        return BY_CODE[code];
    }
}
