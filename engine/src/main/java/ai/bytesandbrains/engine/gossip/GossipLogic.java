package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerSelections;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.PeerView;

import java.util.Objects;
import java.util.random.RandomGenerator;

/// The algorithm of gossip peer sampling. It keeps no node's state in its fields: every call names
/// the slot of a [GossipState] it works on, so one logic serves one real node or a million
/// simulated ones. Users meet it through [GossipPeerSampling].
///
/// An exchange, from both sides:
///
/// ```
///   active (once in T)                           passive
///   partner = select(view)
///   buffer  = self + random half of the view
///   send PUSH_PULL --------------------------->  within budget? no: BUSY
///                                                buffer = prepared before merging
///                  <---------------------------  send REPLY
///   merge(received, what I sent)                 merge(received, what I sent)
///   grow older                                   grow older
/// ```
///
/// A partner that does not answer is removed. A refused send changes nothing: it is tried again at
/// the next poll (requests) or left to the asker's retry (answers).
///
/// Single-threaded. Steady state allocates nothing.
///
/// Source: Jelasity, Voulgaris, Guerraoui, Kermarrec, van Steen, "Gossip-based Peer Sampling", ACM
/// TOCS 25(3), 2007, figure 1.
public final class GossipLogic {

    /// Nobody reads it; a compiler cannot know.
    long touched;

    private final GossipConfig config;
    private final GossipState state;
    private final PeerTable table;
    private final RandomGenerator random;
    private final GossipCounters counters = new GossipCounters();
    private final DescriptorSigning signing;
    private final PeerSelections selections;
    private final BoundNode node;
    private final ActiveSide active;
    private final PassiveSide passive;

    /// Makes the logic for all slots of a state.
    ///
    /// @param config the parameters
    /// @param state the memory, made with the same parameters; stays the caller's
    /// @param table the peers; stays the caller's
    /// @param random the source of chance, request ids included: a cryptographic generator in real
    ///     nodes, a seeded one in simulations
    /// @param outbox the way out
    /// @param listener who hears of changes
    /// @throws IllegalArgumentException if the state was made for other sizes
    public GossipLogic(
            GossipConfig config,
            GossipState state,
            PeerTable table,
            RandomGenerator random,
            Outbox<GossipMessage> outbox,
            GossipListener listener) {
        this(config, state, table, random, outbox, listener, null);
    }

    /// Makes the logic of a node in a network of signed descriptors: it drops those of others that
    /// are not signed.
    ///
    /// @param config the parameters
    /// @param state the memory of one node, made with the same parameters; stays the caller's
    /// @param table the peers; stays the caller's
    /// @param random the source of chance
    /// @param outbox the way out
    /// @param listener who hears of changes
    /// @param signing the node's; stays the caller's; null if nothing is signed
    /// @throws IllegalArgumentException if the state was made for other sizes, or for more than one
    ///     node that signs
    public GossipLogic(
            GossipConfig config,
            GossipState state,
            PeerTable table,
            RandomGenerator random,
            Outbox<GossipMessage> outbox,
            GossipListener listener,
            DescriptorSigning signing) {
        this.config = Objects.requireNonNull(config, "config");
        this.state = Objects.requireNonNull(state, "state");
        this.table = Objects.requireNonNull(table, "table");
        this.random = Objects.requireNonNull(random, "random");
        Objects.requireNonNull(outbox, "outbox");
        Objects.requireNonNull(listener, "listener");
        state.checkMadeFor(config);
        if (signing != null && state.slots() > 1) {
            throw new IllegalArgumentException(
                    "slots=" + state.slots() + ": expected 1 where descriptors are signed");
        }
        this.signing = signing;
        selections = new PeerSelections(GossipConfig.SELECTIONS, table);
        node = new BoundNode(config, state, table, random, listener, counters, signing);
        OutgoingMessage message = new OutgoingMessage(config, table, outbox, counters, signing);
        active = new ActiveSide(config, node, random, listener, counters, message);
        passive = new PassiveSide(config, node, table, counters, message);
    }

    /// {@return the counts of all nodes of this logic}
    public GossipCounters counters() {
        return counters;
    }

    /// Gives a slot its node; takes over the caller's reference to it. The first exchange comes at
    /// a random time within one period, so that nodes that start together do not stay in step.
    void start(int slot, long self, long nowNs) {
        start(slot, self, nowNs + random.nextLong(config.periodNs()), nowNs);
    }

    /// Gives a slot its node, whose first exchange comes at the given time.
    void start(int slot, long self, long firstExchangeNs, long nowNs) {
        node.bind(slot);
        node.start(self, firstExchangeNs, nowNs);
    }

    /// Whether the slot exists and is in use.
    boolean isRunning(int slot) {
        Objects.checkIndex(slot, state.slots());
        node.bind(slot);
        return node.self() != PeerTable.NULL_PEER;
    }

    /// Reads what the next call for a slot will want, with the waits for it overlapping.
    void touch(int slot) {
        touched += state.touch(slot);
    }

    PeerTable table() {
        return table;
    }

    long self(int slot) {
        node.bind(slot);
        return node.self();
    }

    JoinState joinState(int slot) {
        node.bind(slot);
        return node.joinState();
    }

    /// Takes a join that a caller has begun.
    void startJoin(int slot, JoinOperations joins, long op, long nowNs) {
        node.bind(slot);
        joins.start(op, node.joinsAnswered(), node.joinsRefused());
        if (node.joinState() == JoinState.JOINING) {
            // Somebody waits for it now, so what came before does not make it wait.
            node.setNextJoin(nowNs);
            node.setJoinAttempts(0);
        }
        updateJoins(slot, joins, nowNs);
    }

    int updateJoins(int slot, JoinOperations joins, long nowNs) {
        node.bind(slot);
        return joins.update(node.joinState(), node.joinsAnswered(), node.joinsRefused(), nowNs);
    }

    PeerSelections selections() {
        return selections;
    }

    PeerView view(int slot) {
        node.bind(slot);
        return node.view;
    }

    long selectPeer(int slot, PeerSelector selector) {
        node.bind(slot);
        return node.view.size() == 0
                ? PeerTable.NULL_PEER
                : node.view.peerAt(selector.select(node.view, random));
    }

    /// Remembers a seed peer; takes over the caller's reference to it.
    boolean addSeed(int slot, long peer, long nowNs) {
        node.bind(slot);
        if (peer == node.self() || !node.seeds.add(peer)) {
            table.release(peer);
            return false;
        }
        node.seeds.startAt(random.nextInt(node.seeds.size()));
        node.setNextJoin(nowNs);
        node.setJoinAttempts(0);
        node.setJoinState(JoinState.JOINING);
        return true;
    }

    /// Counts a seed peer that the table cannot take.
    void skipSeed() {
        counters.seedsSkipped++;
    }

    /// Puts a peer into the view, fresh; takes over the caller's reference to it.
    boolean addPeer(int slot, long peer) {
        node.bind(slot);
        if (peer == node.self() || node.view.indexOf(peer) >= 0) {
            table.release(peer);
            return false;
        }
        return node.insert(peer);
    }

    boolean removePeer(int slot, long peer) {
        node.bind(slot);
        return node.drop(peer, RemovalReason.REMOVED);
    }

    /// Forgets a peer that nothing can reach any more, seed or not.
    void removeUnreachable(int slot, long peer) {
        node.bind(slot);
        node.drop(peer, RemovalReason.REMOVED);
        node.seeds.remove(peer);
        if (node.seeds.size() == 0 && node.joinState() == JoinState.JOINING) {
            node.setJoinState(node.view.size() > 0 ? JoinState.JOINED : JoinState.ALONE);
        }
    }

    int poll(int slot, long nowNs) {
        node.bind(slot);
        if (signing != null) {
            signing.refresh(nowNs);
        }
        return active.poll(nowNs);
    }

    long nextDeadlineNs(int slot, long nowNs) {
        node.bind(slot);
        return active.nextDeadlineNs(nowNs);
    }

    int onMessage(int slot, long from, GossipMessage in, long nowNs) {
        node.bind(slot);
        if (signing != null) {
            signing.refresh(nowNs);
        }
        GossipKind kind = in.kind();
        return kind.isRequest()
                ? passive.onRequest(from, in, nowNs)
                : active.onAnswer(kind, from, in, nowNs);
    }

    void onConnectionFailed(int slot, long peer) {
        node.bind(slot);
        node.drop(peer, RemovalReason.CONNECTION_FAILED);
    }

    /// Gives back every reference the slot holds and frees it; does nothing in a free one.
    void stop(int slot) {
        if (isRunning(slot)) {
            node.stop();
        }
    }
}
