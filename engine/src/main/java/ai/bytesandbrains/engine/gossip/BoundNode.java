package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipState.EXCHANGES;
import static ai.bytesandbrains.engine.gossip.GossipState.INT;
import static ai.bytesandbrains.engine.gossip.GossipState.JOINS_ANSWERED;
import static ai.bytesandbrains.engine.gossip.GossipState.JOINS_REFUSED;
import static ai.bytesandbrains.engine.gossip.GossipState.JOIN_ATTEMPTS;
import static ai.bytesandbrains.engine.gossip.GossipState.JOIN_STATE;
import static ai.bytesandbrains.engine.gossip.GossipState.LAST_BUSY;
import static ai.bytesandbrains.engine.gossip.GossipState.LONG;
import static ai.bytesandbrains.engine.gossip.GossipState.NEXT_EXCHANGE;
import static ai.bytesandbrains.engine.gossip.GossipState.NEXT_JOIN;
import static ai.bytesandbrains.engine.gossip.GossipState.SELF;
import static ai.bytesandbrains.engine.gossip.GossipState.SELF_ID;
import static ai.bytesandbrains.engine.gossip.GossipState.WINDOW_START;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/// The node whose slot is worked on: flyweights over all parts of the slot, and what the active and
/// the passive side both do to a view. [#bind] moves it to another slot.
///
/// Every peer in view, reserve, seeds and requests is held by one reference each.
final class BoundNode {

    final GossipView view;
    final Reserve reserve;
    final Seeds seeds;
    final Requests requests;
    final Admission admission;
    final Failed failed;
    final Arrivals arrivals;

    private static final long[] NONE = {};

    private final GossipConfig config;
    private final GossipState state;
    private final MemorySegment memory;
    private final PeerTable table;
    private final GossipListener listener;
    private final DescriptorSigning signing;
    private final RandomGenerator random;
    private final ViewExchange exchange;
    private int slot;
    private long base;

    BoundNode(
            GossipConfig config,
            GossipState state,
            PeerTable table,
            RandomGenerator random,
            GossipListener listener,
            GossipCounters counters,
            DescriptorSigning signing) {
        this.config = config;
        this.state = state;
        this.memory = state.memory;
        this.table = table;
        this.random = random;
        this.listener = listener;
        this.signing = signing;
        reserve = new Reserve(state, table, config.reserveSize());
        view = new GossipView(state, table, reserve, listener);
        seeds = new Seeds(state, table, config.maxSeeds());
        requests = new Requests(state, table, config.maxConcurrentRequests());
        admission = new Admission(state, config);
        failed = new Failed(state, config.viewSize());
        exchange = config.exchange().create(config, table, random);
        arrivals = new Arrivals(config, table, failed, counters, signing);
    }

    void bind(int slot) {
        this.slot = slot;
        base = state.baseOf(slot);
        view.bind(base);
        reserve.bind(base);
        seeds.bind(base);
        requests.bind(base);
        admission.bind(base);
        failed.bind(base);
    }

    void start(long self, long firstExchangeNs, long nowNs) {
        memory.set(LONG, base + SELF, self);
        memory.set(LONG, base + SELF_ID, table.shortIdOf(self));
        setNextExchange(firstExchangeNs);
        setNextJoin(nowNs);
        memory.set(LONG, base + WINDOW_START, nowNs);
        exchange.start(view);
    }

    /// Gives back every reference and leaves the slot as if nobody had ever used it.
    void stop() {
        for (int i = 0; i < requests.capacity(); i++) {
            if (requests.isUsed(i)) {
                requests.free(i);
            }
        }
        while (view.size() > 0) {
            table.release(view.peerAt(0));
            view.removeAt(0);
        }
        while (reserve.size() > 0) {
            table.release(reserve.take());
        }
        while (seeds.size() > 0) {
            seeds.remove(seeds.next());
        }
        table.release(self());
        state.clear(slot);
    }

    /// [PeerTable#NULL_PEER] in a slot that nobody uses.
    long self() {
        return memory.get(LONG, base + SELF);
    }

    /// The first 64 bits of the node's own identity.
    long selfId() {
        return memory.get(LONG, base + SELF_ID);
    }

    long nextExchange() {
        return memory.get(LONG, base + NEXT_EXCHANGE);
    }

    void setNextExchange(long timeNs) {
        memory.set(LONG, base + NEXT_EXCHANGE, timeNs);
    }

    long nextJoin() {
        return memory.get(LONG, base + NEXT_JOIN);
    }

    void setNextJoin(long timeNs) {
        memory.set(LONG, base + NEXT_JOIN, timeNs);
    }

    /// Who could not be asked last, alive for all that is known. Only compared with: not
    /// referenced.
    long lastBusy() {
        return memory.get(LONG, base + LAST_BUSY);
    }

    void setLastBusy(long peer) {
        memory.set(LONG, base + LAST_BUSY, peer);
    }

    JoinState joinState() {
        return JoinState.ofCode(memory.get(INT, base + JOIN_STATE));
    }

    void setJoinState(JoinState next) {
        if (joinState() != next) {
            memory.set(INT, base + JOIN_STATE, next.code());
            listener.onJoinState(next);
        }
    }

    /// How many seed peers have let this node in so far.
    int joinsAnswered() {
        return memory.get(INT, base + JOINS_ANSWERED);
    }

    /// How many have said that they have too much to do.
    int joinsRefused() {
        return memory.get(INT, base + JOINS_REFUSED);
    }

    void countJoin(boolean answered) {
        long at = base + (answered ? JOINS_ANSWERED : JOINS_REFUSED);
        memory.set(INT, at, memory.get(INT, at) + 1);
    }

    /// How often this node has asked to be let in since it last began to.
    int joinAttempts() {
        return memory.get(INT, base + JOIN_ATTEMPTS);
    }

    void setJoinAttempts(int attempts) {
        memory.set(INT, base + JOIN_ATTEMPTS, attempts);
    }

    /// Fills in, after the node itself, one peer of the view that a newcomer can ask instead; the
    /// seeds, which it is likely to know, are not meant.
    ///
    /// @return whether there is any
    boolean nameOther(ExchangeBuffer out, long newcomer, long nowNs) {
        out.clear();
        out.add(self(), 0);
        int size = view.size();
        int start = size == 0 ? 0 : random.nextInt(size);
        for (int i = 0; i < size; i++) {
            int index = (start + i) % size;
            long peer = view.peerAt(index);
            boolean presentable = signing == null || signing.isPresentable(peer, nowNs);
            if (peer != newcomer && presentable && !seeds.contains(peer)) {
                out.add(peer, view.ageAt(index));
                return true;
            }
        }
        return false;
    }

    /// Fills in the node's own descriptor and what its exchange sends of the view.
    void prepare(ExchangeBuffer out, long nowNs) {
        out.clear();
        out.add(self(), 0);
        exchange.prepare(view, out);
        // A peer that the caller named has no proof before it has been heard of.
        for (int i = out.size() - 1; i > 0 && signing != null; i--) {
            if (!signing.isPresentable(out.peerAt(i), nowNs)) {
                out.removeAt(i);
            }
        }
    }

    /// Merges the peers of a message, given what was sent in the same exchange and whether it
    /// answers a request of this node.
    void merge(GossipMessage in, long[] sent, int sentCount, boolean solicited, long nowNs) {
        ExchangeBuffer incoming = arrivals.read(in, selfId(), solicited, nowNs);
        reserve.touch(incoming.size());
        exchange.merge(view, incoming, sent, sentCount);
        joinedUnlessSeeded();
    }

    /// Merges the answer to a join. Seeds are left out as long as there is anybody else: all who
    /// join know them, and would make hubs of them.
    void mergeJoin(GossipMessage in, long nowNs) {
        ExchangeBuffer incoming = arrivals.read(in, selfId(), true, nowNs);
        boolean onlySeeds = true;
        for (int i = 0; i < incoming.size(); i++) {
            onlySeeds &= seeds.contains(incoming.peerAt(i));
        }
        for (int i = incoming.size() - 1; i >= 0 && !onlySeeds; i--) {
            if (seeds.contains(incoming.peerAt(i))) {
                table.release(incoming.peerAt(i));
                incoming.removeAt(i);
            }
        }
        exchange.merge(view, incoming, NONE, 0);
        joinedUnlessSeeded();
    }

    /// Takes one peer of a seed's answer, which is enough to find the other half of a network
    /// again. More, or the seed itself, would come into the views of all who ask, and make hubs.
    void glimpse(GossipMessage in, long nowNs) {
        ExchangeBuffer incoming = arrivals.read(in, selfId(), true, nowNs);
        int count = incoming.size();
        int chosen = count < 2 ? 0 : 1 + random.nextInt(count - 1);
        for (int i = 0; i < count; i++) {
            if (i != chosen) {
                table.release(incoming.peerAt(i));
            }
        }
        if (count > 0) {
            long peer = incoming.peerAt(chosen);
            int age = incoming.ageAt(chosen);
            incoming.clear();
            incoming.add(peer, age);
        }
        exchange.merge(view, incoming, NONE, 0);
    }

    /// Puts a fresh peer into the view, if its exchange will have it; takes over the caller's
    /// reference.
    boolean insert(long peer) {
        failed.forgive(table.shortIdOf(peer));
        boolean inserted = exchange.insert(view, peer, 0);
        joinedUnlessSeeded();
        return inserted;
    }

    /// A peer of the view was chosen to exchange with.
    void chosen(long peer) {
        exchange.onChosen(view, view.indexOf(peer));
    }

    void periodPassed() {
        exchange.onPeriod(view);
    }

    /// The end of an exchange: everybody not heard of in it is one exchange older.
    void growOlder() {
        memory.set(INT, base + EXCHANGES, memory.get(INT, base + EXCHANGES) + 1);
        view.growOlder();
    }

    /// Puts everybody of the reserve into the empty view, as old as can be: nobody knows whether
    /// they live, so they are tried first.
    void refillFromReserve() {
        int count = reserve.size();
        for (int i = 0; i < count && view.size() < config.viewSize(); i++) {
            exchange.insert(view, reserve.take(), GossipConfig.MAX_AGE);
        }
    }

    /// Removes a peer from everything but the seeds.
    boolean drop(long peer, RemovalReason reason) {
        // Whoever calls with a handle may not hold a reference of his own.
        table.retain(peer);
        for (int i = 0; i < requests.capacity(); i++) {
            if (requests.isUsed(i) && requests.partnerOf(i) == peer) {
                requests.free(i);
            }
        }
        boolean removed = removeFromView(peer, reason);
        table.release(peer);
        return removed;
    }

    /// Removes a peer, which the caller holds a reference to, from view and reserve, and remembers
    /// it if it has failed.
    boolean removeFromView(long peer, RemovalReason reason) {
        if (reason == RemovalReason.TIMEOUT || reason == RemovalReason.CONNECTION_FAILED) {
            failed.record(table.shortIdOf(peer));
        }
        reserve.remove(peer);
        int index = view.indexOf(peer);
        if (index < 0) {
            return false;
        }
        listener.onPeerRemoved(peer, reason);
        view.removeAt(index);
        exchange.onRemoved(view, peer);
        table.release(peer);
        return true;
    }

    /// A node that has no seeds to hear from is in the network as soon as it knows somebody.
    private void joinedUnlessSeeded() {
        if (view.size() > 0 && seeds.size() == 0) {
            setJoinState(JoinState.JOINED);
        }
    }
}
