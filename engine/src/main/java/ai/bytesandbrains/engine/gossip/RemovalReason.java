package ai.bytesandbrains.engine.gossip;

/// Why a peer left the view.
public enum RemovalReason {
    /// It did not answer in time.
    TIMEOUT,
    /// The transport could not reach it.
    CONNECTION_FAILED,
    /// A merge made room for others.
    EVICTED,
    /// The caller removed it, or its last address.
    REMOVED
}
