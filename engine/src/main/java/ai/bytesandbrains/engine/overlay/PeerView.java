package ai.bytesandbrains.engine.overlay;

/// A bounded list of peers, read only. A view over its owner's memory: valid until the owner next
/// does something, never to be kept. Reading allocates nothing.
public interface PeerView {

    /// {@return how many peers are in it}
    int size();

    /// {@return the handle of a peer in the node's [PeerTable]}
    ///
    /// @param index from 0 to `size() - 1`
    long peerAt(int index);

    /// {@return the peer's age in exchanges, from 0}
    ///
    /// @param index from 0 to `size() - 1`
    int ageAt(int index);

    /// {@return how often the peer was met since it came in, from 0; what counts as met is for the
    /// owner to say, and one that does not count says 0}
    ///
    /// @param index from 0 to `size() - 1`
    default int hitsAt(int index) {
        return 0;
    }
}
