package ai.bytesandbrains.engine.gossip;

/// How far a node is in finding others.
public enum JoinState {
    /// It knows nobody and asks nobody.
    ALONE(0),
    /// It asks its seed peers.
    JOINING(1),
    /// It has a view.
    JOINED(2);

    private static final JoinState[] BY_CODE = values();

    private final int code;

    JoinState(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static JoinState ofCode(int code) {
        return BY_CODE[code];
    }
}
