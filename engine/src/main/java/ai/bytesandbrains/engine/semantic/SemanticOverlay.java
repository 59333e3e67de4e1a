package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.OverlayProtocol;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerAddresses;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/// The semantic overlay for one node: the shared [SemanticLogic], applied to one slot of its
/// [SemanticState]. Peers with similar data find each other, and a vector finds the peers whose
/// data is like it.
///
/// ```
///   var overlay = new SemanticOverlay(logic, 0, self, nowNs);
///   overlay.setProfile(0, centroid, 0, rows);    // what this node has
///   overlay.poll(nowNs);                         // leaves through the outbox
///   long op = finds.begin(vector, 0, FindParameters.nearest(6), nowNs);
///   overlay.start(op, nowNs);
/// ```
///
/// Whom to meet first comes from the peer sampling service beneath. Single-threaded. Closing gives
/// back the references to peers; table, state and logic stay the caller's.
public final class SemanticOverlay implements OverlayProtocol<SemanticMessage>, AutoCloseable {

    /// The number of this protocol in frames.
    public static final int PROTOCOL_ID = 6;

    private final SemanticLogic logic;
    private final int slot;
    private final PeerTable table;
    private final NearView near;
    private final ProfileRouter router;
    private final PeerDescriptor descriptor = new PeerDescriptor();
    private long nowNs;

    /// Puts a node into a slot.
    ///
    /// @param logic the algorithm
    /// @param slot a slot that no other node uses
    /// @param self the node's identity and the address that others reach it by
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @throws IllegalArgumentException if the peer table cannot take the node itself
    /// @throws IllegalStateException if another node uses the slot
    /// @throws IndexOutOfBoundsException if there is no such slot
    public SemanticOverlay(SemanticLogic logic, int slot, Peer self, long nowNs) {
        if (logic.isRunning(slot)) {
            throw new IllegalStateException("slot=" + slot + ": another node uses it");
        }
        this.logic = logic;
        this.slot = slot;
        this.nowNs = nowNs;
        table = logic.table();
        near = new NearView(logic.config().nearSize());
        router = new ProfileRouter(logic, this, slot);
        long handle = table.acquire(descriptor.set(self));
        if (handle == PeerTable.NULL_PEER) {
            throw new IllegalArgumentException(
                    "self=%s: the peer table (%d of %d) has no room for it"
                            .formatted(self, table.size(), table.capacity()));
        }
        logic.start(slot, handle, nowNs, nowNs);
    }

    @Override
    public int protocolId() {
        return PROTOCOL_ID;
    }

    @Override
    public PeerId localPeerId() {
        return table.idOf(logic.self(slot));
    }

    /// Says what the node has to offer; peers hear of it with the next exchanges.
    ///
    /// @param profile which of its profiles, from 0
    /// @param vector holds the profile's float32 components; copied
    /// @param offset where, in bytes
    /// @param vectors how many vectors of the node it stands for
    /// @throws IllegalArgumentException if the vector is not finite, not inside the segment, or has
    ///     no direction where the metric needs one, or `vectors` is negative
    /// @throws IndexOutOfBoundsException if there is no such profile
    public void setProfile(int profile, MemorySegment vector, long offset, long vectors) {
        logic.setProfile(slot, profile, vector, offset, vectors);
    }

    /// Takes a profile away, and the view that goes with it.
    ///
    /// @param profile which of its profiles, from 0
    /// @throws IndexOutOfBoundsException if there is no such profile
    public void clearProfile(int profile) {
        logic.clearProfile(slot, profile);
    }

    /// {@return the nearest peers of a profile, valid until anything else is done with the overlay}
    ///
    /// @param profile which of the node's profiles
    public NearView near(int profile) {
        return near.of(logic.view(slot, profile));
    }

    /// {@return what chooses peers by the profiles that this node knows; lives as long as the
    /// overlay}
    public ProfileRouter router() {
        return router;
    }

    /// Starts a find that a caller has begun; one that has been abandoned since ends at once.
    ///
    /// @param op from [FindOperations#begin], not started yet
    /// @param timeNs the time, in nanoseconds of a monotonic clock
    /// @throws IllegalStateException if the handle is stale or none
    public void start(long op, long timeNs) {
        logic.startFind(slot, op, timeNs);
    }

    @Override
    public int poll(long timeNs) {
        nowNs = timeNs;
        return logic.poll(slot, timeNs);
    }

    @Override
    public int onMessage(long fromPeer, SemanticMessage message, long timeNs) {
        nowNs = timeNs;
        return logic.onMessage(slot, fromPeer, message, timeNs);
    }

    @Override
    public long nextDeadlineNs(long timeNs) {
        return logic.nextDeadlineNs(slot, timeNs);
    }

    @Override
    public void onConnectionFailed(long peer, long timeNs) {
        logic.onConnectionFailed(slot, peer);
    }

    /// {@inheritDoc}
    ///
    /// They are exchanged with first, the last of them before the others; no more than eight are
    /// remembered.
    @Override
    public void bootstrap(List<Peer> seeds, long timeNs) {
        for (int i = 0; i < seeds.size(); i++) {
            Objects.requireNonNull(seeds.get(i), "seed");
        }
        for (int i = 0; i < seeds.size(); i++) {
            addPeer(seeds.get(i));
        }
    }

    /// {@inheritDoc}
    ///
    /// The next exchange is with this peer; what it offers decides whether it stays.
    @Override
    public boolean addPeer(Peer peer) {
        long handle = table.acquire(descriptor.set(peer));
        return handle != PeerTable.NULL_PEER && logic.introduce(slot, handle);
    }

    @Override
    public boolean removePeer(PeerId peer) {
        long handle = table.find(peer);
        return handle != PeerTable.NULL_PEER && logic.remove(slot, handle);
    }

    @Override
    public boolean addAddress(PeerId peer, Address address) {
        return PeerAddresses.add(table, peer, address);
    }

    /// {@inheritDoc}
    ///
    /// The local peer keeps its last address: without it nobody could answer.
    @Override
    public boolean removeAddress(PeerId peer, Address address) {
        return PeerAddresses.remove(
                table, logic.self(slot), peer, address, gone -> logic.remove(slot, gone));
    }

    /// Forgets every peer and frees the slot; finds end with what they have. Closing twice is
    /// allowed.
    @Override
    public void close() {
        logic.stop(slot, nowNs);
    }
}
