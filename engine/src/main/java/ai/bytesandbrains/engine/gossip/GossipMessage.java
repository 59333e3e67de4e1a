package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;

/// A message of the protocol, as a view: inbound over a received frame, outbound over the sender's
/// state. Valid only during the call that hands it over.
public interface GossipMessage {

    /// {@return what it is}
    GossipKind kind();

    /// {@return the number that ties an answer to its request}
    long requestId();

    /// {@return how many peers it carries; the sender is the first of them unless there are none}
    int size();

    /// Reads a peer.
    ///
    /// @param index from 0 to `size() - 1`
    /// @param into what to fill; in an inbound message its age may be any int
    void peerAt(int index, PeerDescriptor into);

    /// {@return whether the sender, and so whoever else is in it, comes with a proof}
    ///
    /// @param scratch may be filled on the way
    default boolean isSigned(PeerDescriptor scratch) {
        if (size() == 0) {
            return false;
        }
        peerAt(0, scratch);
        return scratch.isSigned();
    }
}
