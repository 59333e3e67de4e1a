package ai.bytesandbrains.engine.gossip;

/// What views are made of: which part of a view is sent, and what becomes of what is received. One
/// half of a gossip protocol as T-Man splits it; the other half, whom to exchange with, is a
/// [PeerSelector][ai.bytesandbrains.engine.overlay.PeerSelector].
///
/// An exchange belongs to one [GossipLogic] and serves all of its nodes: it may keep scratch in its
/// fields, but what it knows of a node lies in the node's slot, behind the [GossipView] of each
/// call. Called on the logic's thread; must not call back into the protocol, and must not allocate
/// in steady state.
///
/// References: every peer in a view is held by one counted reference. A peer that is received, or
/// inserted, comes with one that the exchange takes over: it has to end in the view
/// ([GossipView#add]), in the reserve ([GossipView#reserve]) or be given back
/// ([GossipView#release]). An exchange that loses a reference leaks a place of the peer table.
///
/// Source: Jelasity, Babaoglu, "T-Man: Gossip-based Overlay Topology Management", ESOA 2005.
public interface ViewExchange {

    /// Prepares a new node; its view is empty and its state zero.
    ///
    /// @param view the node's
    default void start(GossipView view) {}

    /// Lists what to send. The sender itself is in the list already, at age zero.
    ///
    /// @param view the node's
    /// @param out takes peers of the view, up to its capacity
    void prepare(GossipView view, ExchangeBuffer out);

    /// Merges what was received. No peer in it is the node itself, but one may be there twice, or
    /// be in the view; ages are from 0 to [GossipConfig#MAX_AGE].
    ///
    /// @param view the node's
    /// @param received each with a reference that the exchange takes over
    /// @param sent the peers that the node gave away in this very exchange; only to be compared
    ///     with, their handles may be stale
    /// @param sentCount how many
    void merge(GossipView view, ExchangeBuffer received, long[] sent, int sentCount);

    /// Puts a peer that is not in the view into it.
    ///
    /// @param view the node's
    /// @param peer with a reference that the exchange takes over
    /// @param age from 0 to [GossipConfig#MAX_AGE]
    /// @return whether it is in the view now
    boolean insert(GossipView view, long peer, int age);

    /// A peer was chosen to exchange with.
    ///
    /// @param view the node's
    /// @param index of the peer in the view
    default void onChosen(GossipView view, int index) {}

    /// A peer has left the view because it failed, or because the caller removed it.
    ///
    /// @param view the node's, without the peer
    /// @param peer its handle, still live, no longer referenced by the view
    default void onRemoved(GossipView view, long peer) {}

    /// A period of the node's own has passed.
    ///
    /// @param view the node's
    default void onPeriod(GossipView view) {}
}
