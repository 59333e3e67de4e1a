package ai.bytesandbrains.engine.search;

/// What became of the wish for a vector.
public enum VectorState {
    /// It is in the message.
    THERE(0),
    /// There is no entry of this id, or not any more.
    GONE(1),
    /// There is one, of which the peer keeps only the code.
    CODE_ONLY(2);

    private static final VectorState[] BY_CODE = {THERE, GONE, CODE_ONLY};

    private final int code;

    VectorState(int code) {
        this.code = code;
    }

    /// {@return the number on the wire, which never changes}
    public int code() {
        return code;
    }

    /// Finds a state by its number.
    ///
    /// @param code the number on the wire
    /// @return the state, or null if there is none with this number
    public static VectorState ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
