package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerView;

import java.util.Objects;

/// Gossip peer sampling for all slots of one [GossipState]: what [GossipPeerSampling] is for one
/// node, for whoever runs a million of them on one thread and does not want an object for each.
///
/// Peers are handles of the logic's table. Single-threaded; steady state allocates nothing.
public final class GossipSlots {

    private final GossipLogic logic;

    /// Makes the facade.
    ///
    /// @param logic the algorithm
    public GossipSlots(GossipLogic logic) {
        this.logic = Objects.requireNonNull(logic, "logic");
    }

    /// Puts a node into a slot.
    ///
    /// @param slot a slot that no node uses
    /// @param self the node's handle; one reference to it passes to the protocol
    /// @param firstExchangeNs when the node starts its first exchange
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @throws IllegalStateException if the slot is in use; the reference stays the caller's
    public void start(int slot, long self, long firstExchangeNs, long nowNs) {
        if (logic.isRunning(slot)) {
            throw new IllegalStateException("slot=" + slot + ": another node uses it");
        }
        logic.start(slot, self, firstExchangeNs, nowNs);
    }

    /// Takes a node out of its slot and gives back every reference it holds; does nothing in a free
    /// one.
    ///
    /// @param slot the slot
    public void stop(int slot) {
        logic.stop(slot);
    }

    /// {@return whether a node is in the slot}
    ///
    /// @param slot the slot
    public boolean isRunning(int slot) {
        return logic.isRunning(slot);
    }

    /// Remembers a seed peer; the node joins through it.
    ///
    /// @param slot the node
    /// @param peer the seed; one reference to it passes to the protocol
    /// @param nowNs the time
    /// @return false if it is the node itself, is remembered already, or there is no room
    public boolean addSeed(int slot, long peer, long nowNs) {
        return logic.addSeed(slot, peer, nowNs);
    }

    /// Puts a peer into the view, as fresh as can be.
    ///
    /// @param slot the node
    /// @param peer the peer; one reference to it passes to the protocol
    /// @return false if it is the node itself or was there already
    public boolean addPeer(int slot, long peer) {
        return logic.addPeer(slot, peer);
    }

    /// Reads the memory that the next call for a slot will want. Where the slots are far more than
    /// the caches hold, the call is the quicker by more than this takes: the waits overlap.
    ///
    /// @param slot the slot
    public void touch(int slot) {
        logic.touch(slot);
    }

    /// Does what is due in a slot.
    ///
    /// @param slot the node
    /// @param nowNs the time
    /// @return how much was done
    public int poll(int slot, long nowNs) {
        return logic.poll(slot, nowNs);
    }

    /// Takes a message to a node.
    ///
    /// @param slot the node
    /// @param fromPeer the sender's handle
    /// @param message a view, valid during this call only
    /// @param nowNs the time
    /// @return how much was done
    public int onMessage(int slot, long fromPeer, GossipMessage message, long nowNs) {
        return logic.onMessage(slot, fromPeer, message, nowNs);
    }

    /// {@return when [#poll] next has something to do, not before `nowNs`}
    ///
    /// @param slot the node
    /// @param nowNs the time
    public long nextDeadlineNs(int slot, long nowNs) {
        return logic.nextDeadlineNs(slot, nowNs);
    }

    /// Tells a node that a peer could not be reached.
    ///
    /// @param slot the node
    /// @param peer the peer
    public void onConnectionFailed(int slot, long peer) {
        logic.onConnectionFailed(slot, peer);
    }

    /// {@return a node's view, valid until anything else is done with the logic}
    ///
    /// @param slot the node
    public PeerView view(int slot) {
        return logic.view(slot);
    }

    /// {@return how far a node is in finding others}
    ///
    /// @param slot the node
    public JoinState joinState(int slot) {
        return logic.joinState(slot);
    }

    /// Chooses a peer from a node's view.
    ///
    /// @param slot the node
    /// @param selector how
    /// @return its handle, or `PeerTable.NULL_PEER` if the view is empty
    public long selectPeerNow(int slot, PeerSelector selector) {
        return logic.selectPeer(slot, selector);
    }
}
