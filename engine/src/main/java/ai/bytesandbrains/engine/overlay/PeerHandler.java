package ai.bytesandbrains.engine.overlay;

/// Takes peers one by one.
@FunctionalInterface
public interface PeerHandler {

    /// Takes a peer.
    ///
    /// @param peer its handle, valid during the call unless the callee retains it
    void onPeer(long peer);
}
