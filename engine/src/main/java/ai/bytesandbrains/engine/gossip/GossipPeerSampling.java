package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.OverlayProtocol;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerAddresses;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerSampling;
import ai.bytesandbrains.engine.overlay.PeerSelections;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.PeerView;

import java.util.List;
import java.util.Objects;

/// Gossip peer sampling for one node: the shared [GossipLogic], applied to one slot of its
/// [GossipState].
///
/// ```
///   try (PeerTable table = new PeerTable(128);
///           GossipState state = new GossipState(config, 1)) {
///       var logic = new GossipLogic(config, state, table, random, outbox, GossipListener.NONE);
///       var gossip = new GossipPeerSampling(logic, 0, self, nowNs);
///       gossip.bootstrap(seeds, nowNs);
///       gossip.poll(nowNs);                     // leaves through the outbox
///   }
/// ```
///
/// Single-threaded. Closing gives back the references to peers; table and state stay the caller's.
public final class GossipPeerSampling
        implements OverlayProtocol<GossipMessage>, PeerSampling, AutoCloseable {

    /// The number of this protocol in frames.
    public static final int PROTOCOL_ID = 1;

    private final GossipLogic logic;
    private final int slot;
    private final PeerTable table;
    private final PeerDescriptor descriptor = new PeerDescriptor();
    private final JoinOperations joins;

    /// Puts a node into a slot; nobody waits for it to join.
    ///
    /// @param logic the algorithm
    /// @param slot a slot that no other node uses
    /// @param self the node's identity and the address that others reach it by
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @throws IllegalArgumentException if the peer table cannot take the node itself
    /// @throws IllegalStateException if another node uses the slot
    /// @throws IndexOutOfBoundsException if there is no such slot
    public GossipPeerSampling(GossipLogic logic, int slot, Peer self, long nowNs) {
        this(logic, slot, self, null, nowNs);
    }

    /// Puts a node into a slot.
    ///
    /// @param logic the algorithm
    /// @param slot a slot that no other node uses
    /// @param self the node's identity and the address that others reach it by
    /// @param joins the joins that callers wait for; null if nobody will
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @throws IllegalArgumentException if the peer table cannot take the node itself
    /// @throws IllegalStateException if another node uses the slot
    /// @throws IndexOutOfBoundsException if there is no such slot
    public GossipPeerSampling(
            GossipLogic logic, int slot, Peer self, JoinOperations joins, long nowNs) {
        if (logic.isRunning(slot)) {
            throw new IllegalStateException("slot=" + slot + ": another node uses it");
        }
        this.logic = logic;
        this.slot = slot;
        this.joins = joins;
        this.table = logic.table();
        long handle = table.acquire(descriptor.set(self));
        if (handle == PeerTable.NULL_PEER) {
            throw new IllegalArgumentException(
                    "self=%s: the peer table (%d of %d) has no room for it"
                            .formatted(self, table.size(), table.capacity()));
        }
        logic.start(slot, handle, nowNs);
    }

    @Override
    public int protocolId() {
        return PROTOCOL_ID;
    }

    @Override
    public PeerId localPeerId() {
        return table.idOf(logic.self(slot));
    }

    /// {@return how far the node is in finding others}
    public JoinState joinState() {
        return logic.joinState(slot);
    }

    /// {@inheritDoc}
    ///
    /// Seeds are never forgotten, so no more than `maxSeeds` of them are remembered; the rest is
    /// ignored. A seed that the peer table cannot take, being full or holding another identity with
    /// the same short id, is skipped and counted ([GossipCounters#seedsSkipped]): others can bring
    /// that about, so it must not stop the node. If none is left, joins end with
    /// [JoinOutcome#NO_SEEDS]. Allocates nothing.
    ///
    /// @throws NullPointerException if the list or a seed is null; nothing has been remembered then
    @Override
    public void bootstrap(List<Peer> seeds, long nowNs) {
        for (int i = 0; i < seeds.size(); i++) {
            Objects.requireNonNull(seeds.get(i), "seed");
        }
        for (int i = 0; i < seeds.size(); i++) {
            long peer = table.acquire(descriptor.set(seeds.get(i)));
            if (peer == PeerTable.NULL_PEER) {
                logic.skipSeed();
            } else {
                logic.addSeed(slot, peer, nowNs);
            }
        }
    }

    /// Takes a join that a caller has begun: it ends when the node has a view, has nobody to ask,
    /// or its time is over. The seed peers are those of [#bootstrap].
    ///
    /// @param op from [JoinOperations#begin], not started yet
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @throws IllegalStateException if the node was made without joins, or the handle is stale
    public void startJoin(long op, long nowNs) {
        if (joins == null) {
            throw new IllegalStateException("joins=null: the node was made without them");
        }
        logic.startJoin(slot, joins, op, nowNs);
    }

    @Override
    public int poll(long nowNs) {
        return logic.poll(slot, nowNs) + updateJoins(nowNs);
    }

    @Override
    public int onMessage(long fromPeer, GossipMessage message, long nowNs) {
        return logic.onMessage(slot, fromPeer, message, nowNs) + updateJoins(nowNs);
    }

    @Override
    public long nextDeadlineNs(long nowNs) {
        long deadlineNs = logic.nextDeadlineNs(slot, nowNs);
        return hasJoins() ? nowNs + Math.min(deadlineNs - nowNs, joins.waitNs(nowNs)) : deadlineNs;
    }

    @Override
    public void onConnectionFailed(long peer, long nowNs) {
        logic.onConnectionFailed(slot, peer);
    }

    /// {@inheritDoc}
    ///
    /// The oldest peer leaves a full view for it.
    @Override
    public boolean addPeer(Peer peer) {
        long handle = table.acquire(descriptor.set(peer));
        return handle != PeerTable.NULL_PEER && logic.addPeer(slot, handle);
    }

    @Override
    public boolean removePeer(PeerId peer) {
        long handle = table.find(peer);
        return handle != PeerTable.NULL_PEER && logic.removePeer(slot, handle);
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
                table,
                logic.self(slot),
                peer,
                address,
                gone -> logic.removeUnreachable(slot, gone));
    }

    @Override
    public PeerView view() {
        return logic.view(slot);
    }

    @Override
    public long selectPeerNow(PeerSelector selector) {
        return logic.selectPeer(slot, selector);
    }

    @Override
    public PeerSelections selections() {
        return logic.selections();
    }

    /// Forgets every peer and frees the slot; joins end as closed. Closing twice is allowed.
    @Override
    public void close() {
        if (hasJoins()) {
            joins.close();
        }
        logic.stop(slot);
    }

    private boolean hasJoins() {
        return joins != null && !joins.isEmpty();
    }

    private int updateJoins(long nowNs) {
        return hasJoins() ? logic.updateJoins(slot, joins, nowNs) : 0;
    }
}
