package ai.bytesandbrains.engine.semantic;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// The semantic overlay for all slots of one [SemanticState]: what [SemanticOverlay] is for one
/// node, for whoever runs thousands of them on one thread and does not want an object for each.
///
/// Peers are handles of the logic's table. Single-threaded; steady state allocates nothing.
public final class SemanticSlots {

    private final SemanticLogic logic;
    private final NearView near;

    /// Makes the facade.
    ///
    /// @param logic the algorithm
    public SemanticSlots(SemanticLogic logic) {
        this.logic = Objects.requireNonNull(logic, "logic");
        near = new NearView(logic.config().nearSize());
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
    /// @param nowNs the time
    public void stop(int slot, long nowNs) {
        logic.stop(slot, nowNs);
    }

    /// Says what a node has to offer.
    ///
    /// @param slot the node
    /// @param profile which of its profiles
    /// @param vector holds the profile's float32 components; copied
    /// @param offset where, in bytes
    /// @param vectors how many vectors of the node it stands for
    public void setProfile(int slot, int profile, MemorySegment vector, long offset, long vectors) {
        logic.setProfile(slot, profile, vector, offset, vectors);
    }

    /// Starts a find that a caller has begun.
    ///
    /// @param slot the node
    /// @param op from [FindOperations#begin], not started yet
    /// @param nowNs the time
    public void startFind(int slot, long op, long nowNs) {
        logic.startFind(slot, op, nowNs);
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
    public int onMessage(int slot, long fromPeer, SemanticMessage message, long nowNs) {
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

    /// {@return the nearest peers of a profile, valid until anything else is done with the logic}
    ///
    /// @param slot the node
    /// @param profile which of its profiles
    public NearView near(int slot, int profile) {
        return near.of(logic.view(slot, profile));
    }

    /// {@return how many peers are in the view of a profile, near and pruned ones together}
    ///
    /// @param slot the node
    /// @param profile which of its profiles
    public int viewLength(int slot, int profile) {
        return logic.view(slot, profile).size();
    }
}
