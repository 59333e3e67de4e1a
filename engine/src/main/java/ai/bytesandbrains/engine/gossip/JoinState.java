package ai.bytesandbrains.engine.gossip;

/// How far a node is in finding others.
public enum JoinState {
    /// It knows nobody and asks nobody.
    ALONE,
    /// It asks its seed peers.
    JOINING,
    /// It has a view.
    JOINED
}
