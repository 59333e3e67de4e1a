package ai.bytesandbrains.engine.overlay;

import java.util.List;

/// A protocol that keeps a node connected to others: it has neighbours, finds them from seed peers,
/// and can be told of peers and addresses by hand.
///
/// @param <M> the interface of its messages
public interface OverlayProtocol<M> extends Protocol<M> {

    /// {@return the identity of the node this protocol runs on; allocates}
    PeerId localPeerId();

    /// Starts from seed peers. Only remembers them: messages leave with the next [#poll].
    ///
    /// @param seeds peers that are probably alive; the local peer among them is skipped, and so are
    ///     those that the peer table cannot take
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @throws NullPointerException if the list or a seed is null
    void bootstrap(List<Peer> seeds, long nowNs);

    /// Adds a peer to the neighbours, as fresh as if it had just been heard from.
    ///
    /// @param peer the peer
    /// @return false if it is the local peer, was there already, or the peer table cannot take it
    boolean addPeer(Peer peer);

    /// Removes a peer from the neighbours.
    ///
    /// @param peer its identity
    /// @return false if it was not there
    boolean removePeer(PeerId peer);

    /// Adds an address to a peer that is known.
    ///
    /// @param peer its identity
    /// @param address where it can be reached too
    /// @return false if the peer is not known, has the address, or has no room for one more
    boolean addAddress(PeerId peer, Address address);

    /// Removes an address of a peer; a peer that loses its last address is removed.
    ///
    /// @param peer its identity
    /// @param address where it can no longer be reached
    /// @return false if the peer is not known or did not have the address
    boolean removeAddress(PeerId peer, Address address);
}
