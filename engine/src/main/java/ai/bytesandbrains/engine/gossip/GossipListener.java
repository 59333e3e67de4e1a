package ai.bytesandbrains.engine.gossip;

/// Hears what happens to a view. Called on the agent's thread in the middle of the protocol's work:
/// the callee must not call back into it.
public interface GossipListener {

    /// Ignores everything.
    GossipListener NONE = new GossipListener() {};

    /// A peer came into the view.
    ///
    /// @param peer its handle
    default void onPeerAdded(long peer) {}

    /// A peer left the view.
    ///
    /// @param peer its handle, valid during this call
    /// @param reason why
    default void onPeerRemoved(long peer, RemovalReason reason) {}

    /// A request was not answered in time.
    ///
    /// @param peer who should have answered
    /// @param requestId the request
    default void onRequestTimeout(long peer, long requestId) {}

    /// The node came nearer to, or fell back from, having a view.
    ///
    /// @param state the new state
    default void onJoinState(JoinState state) {}
}
