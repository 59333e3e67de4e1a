package ai.bytesandbrains.engine.gossip;

/// The kinds of messages of the protocol.
public enum GossipKind {
    /// A view to be merged; no answer is wanted.
    PUSH(1, true),
    /// A wish for a view; carries the asker alone.
    PULL(2, true),
    /// A view to be merged, and a wish for one.
    PUSH_PULL(3, true),
    /// The answer to a pull: a view.
    REPLY(4, false),
    /// A newcomer asks a seed peer; carries the newcomer alone.
    JOIN(5, true),
    /// The answer to a join: a sample of the view; of a node that has too much to do, one peer.
    JOIN_REPLY(6, false),
    /// "Alive, but not now": the answer to what the budgets do not allow. Carries no peer.
    BUSY(7, false);

    private static final GossipKind[] BY_CODE = {
        null, PUSH, PULL, PUSH_PULL, REPLY, JOIN, JOIN_REPLY, BUSY
    };

    private final int code;
    private final boolean request;

    GossipKind(int code, boolean request) {
        this.code = code;
        this.request = request;
    }

    /// {@return the number on the wire, which never changes}
    public int code() {
        return code;
    }

    /// {@return whether it comes unasked}
    public boolean isRequest() {
        return request;
    }

    /// {@return whether messages of this kind carry peers, the sender first}
    public boolean hasPeers() {
        return this != BUSY;
    }

    /// Finds a kind by its number.
    ///
    /// @param code the number on the wire
    /// @return the kind, or null if there is none with this number
    public static GossipKind ofCode(int code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
