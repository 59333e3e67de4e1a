package ai.bytesandbrains.engine.gossippq;

/// The kinds of messages of the protocol.
public enum GossipPqKind {
    /// What the sample of a subspace is like: its size, its threshold, and digests of its ranges.
    SUMMARY(1),
    /// "Mine is the same": the answer to a summary.
    SAME(2),
    /// "These ranges differ": the answer to a summary, with short hashes of what is in them.
    RANGE(3),
    /// Items that the receiver lacks, and which of its own are wanted.
    ITEMS(4),
    /// Which epoch and codebook the sender has, and whether it is final.
    ANNOUNCE(5),
    /// A wish for parts of a final codebook.
    FETCH(6),
    /// A part of a codebook.
    CHUNK(7);

    private static final GossipPqKind[] BY_CODE = {
        null, SUMMARY, SAME, RANGE, ITEMS, ANNOUNCE, FETCH, CHUNK
    };

    private final int code;

    GossipPqKind(int code) {
        this.code = code;
    }

    /// {@return the number on the wire, which never changes}
    public int code() {
        return code;
    }

    /// Finds a kind by its number.
    ///
    /// @param code the number on the wire
    /// @return the kind, or null if there is none with this number
    public static GossipPqKind ofCode(int code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
