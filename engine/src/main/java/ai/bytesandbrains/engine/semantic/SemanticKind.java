package ai.bytesandbrains.engine.semantic;

/// The kinds of messages of the protocol.
public enum SemanticKind {
    /// Profiles near the receiver's, and a wish for some near the sender's.
    EXCHANGE(1),
    /// The answer to an exchange.
    EXCHANGE_REPLY(2),
    /// A wish for the peers whose profiles are nearest to a vector, or farthest from it.
    FIND(3),
    /// The answer to a find.
    FOUND(4);

    private static final SemanticKind[] BY_CODE = {null, EXCHANGE, EXCHANGE_REPLY, FIND, FOUND};

    private final int code;

    SemanticKind(int code) {
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
    public static SemanticKind ofCode(int code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
