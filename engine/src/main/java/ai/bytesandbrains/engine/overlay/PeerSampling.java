package ai.bytesandbrains.engine.overlay;

/// A peer sampling service: a small random part of the network that changes all the time. Every
/// other protocol finds its partners through this interface. Owned by the node's agent thread.
///
/// Source: Jelasity, Voulgaris, Guerraoui, Kermarrec, van Steen, "Gossip-based Peer Sampling", ACM
/// TOCS 25(3), 2007.
public interface PeerSampling {

    /// {@return the present view}
    PeerView view();

    /// {@return how many peers are in the view}
    default int viewLength() {
        return view().size();
    }

    /// Chooses a peer from the view.
    ///
    /// @param selector how
    /// @return its handle, or [PeerTable#NULL_PEER] if the view is empty
    long selectPeerNow(PeerSelector selector);

    /// Chooses a peer, at once or later: a sampler that keeps its view at hand gives a finished
    /// selection, one that has to ask the network completes it.
    ///
    /// @param selector how
    /// @return a handle for [#selections], or
    ///     [NULL_OP][ai.bytesandbrains.engine.op.OpTable#NULL_OP] if as many as possible are on
    ///     their way
    default long selectPeer(PeerSelector selector) {
        return selections().completed(selectPeerNow(selector));
    }

    /// {@return where the handles of [#selectPeer] are read and finished}
    PeerSelections selections();

    /// Hands every peer of the view to a handler, which must not change the view.
    ///
    /// @param handler what to do with each
    /// @return how many there were
    default int broadcast(PeerHandler handler) {
        PeerView view = view();
        int size = view.size();
        for (int i = 0; i < size; i++) {
            handler.onPeer(view.peerAt(i));
        }
        return size;
    }
}
