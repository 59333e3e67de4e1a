package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipState.INT;
import static ai.bytesandbrains.engine.gossip.GossipState.JOIN_STATE;
import static ai.bytesandbrains.engine.gossip.GossipState.LAST_BUSY;
import static ai.bytesandbrains.engine.gossip.GossipState.LONG;
import static ai.bytesandbrains.engine.gossip.GossipState.NEXT_EXCHANGE;
import static ai.bytesandbrains.engine.gossip.GossipState.NEXT_JOIN;
import static ai.bytesandbrains.engine.gossip.GossipState.SELF;

import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.PeerView;

import java.lang.foreign.MemorySegment;
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

    private static final long FAR_NS = 1L << 60;

    private final GossipConfig config;
    private final GossipState state;
    private final MemorySegment memory;
    private final PeerTable table;
    private final RandomGenerator random;
    private final Outbox<GossipMessage> outbox;
    private final GossipListener listener;
    private final GossipCounters counters = new GossipCounters();

    private final View view;
    private final Reserve reserve;
    private final Seeds seeds;
    private final Requests requests;
    private final Admission admission;
    private final ViewExchange exchange;

    private final PeerDescriptor descriptor = new PeerDescriptor();
    private final ExchangeBuffer outgoing;
    private final ExchangeBuffer incoming;
    private final ExchangeBuffer candidates;
    private final long[] sent;
    private final Outgoing message;
    private long base;

    /// Makes the logic for all slots of a state.
    ///
    /// @param config the parameters
    /// @param state the memory, made with the same parameters; stays the caller's
    /// @param table the peers; stays the caller's
    /// @param random the source of chance, request ids included: a cryptographic generator in real
    ///     nodes, a seeded one in simulations
    /// @param outbox the way out
    /// @param listener who hears of changes
    public GossipLogic(
            GossipConfig config,
            GossipState state,
            PeerTable table,
            RandomGenerator random,
            Outbox<GossipMessage> outbox,
            GossipListener listener) {
        this.config = Objects.requireNonNull(config, "config");
        this.state = Objects.requireNonNull(state, "state");
        this.memory = state.memory;
        this.table = Objects.requireNonNull(table, "table");
        this.random = Objects.requireNonNull(random, "random");
        this.outbox = Objects.requireNonNull(outbox, "outbox");
        this.listener = Objects.requireNonNull(listener, "listener");
        view = new View(state);
        reserve = new Reserve(state, table, config.reserveSize());
        seeds = new Seeds(state, table, config.maxSeeds());
        requests = new Requests(state, table, config.maxConcurrentRequests());
        admission = new Admission(state, config);
        exchange = new ViewExchange(config, table, random);
        outgoing = new ExchangeBuffer(config.exchangeSize());
        incoming = new ExchangeBuffer(config.exchangeSize());
        candidates = new ExchangeBuffer(config.viewSize());
        sent = new long[config.exchangeSize()];
        message = new Outgoing(table, outgoing);
    }

    /// {@return the counts of all nodes of this logic}
    public GossipCounters counters() {
        return counters;
    }

    /// Gives a slot its node. The first exchange comes at a random time within one period, so that
    /// nodes that start together do not stay in step.
    void start(int slot, long self, long nowNs) {
        bind(slot);
        memory.set(LONG, base + SELF, self);
        memory.set(LONG, base + NEXT_EXCHANGE, nowNs + random.nextLong(config.periodNs()));
        memory.set(LONG, base + NEXT_JOIN, nowNs);
    }

    PeerTable table() {
        return table;
    }

    long self(int slot) {
        bind(slot);
        return memory.get(LONG, base + SELF);
    }

    JoinState joinState(int slot) {
        bind(slot);
        return joinState();
    }

    PeerView view(int slot) {
        bind(slot);
        return view;
    }

    long selectPeer(int slot, PeerSelector selector) {
        bind(slot);
        return view.size() == 0 ? PeerTable.NULL_PEER : view.peerAt(selector.select(view, random));
    }

    /// Remembers a seed peer; takes over the caller's reference to it.
    boolean addSeed(int slot, long peer, long nowNs) {
        bind(slot);
        if (peer == memory.get(LONG, base + SELF) || !seeds.add(peer)) {
            table.release(peer);
            return false;
        }
        seeds.startAt(random.nextInt(seeds.size()));
        memory.set(LONG, base + NEXT_JOIN, nowNs);
        setJoinState(JoinState.JOINING);
        return true;
    }

    /// Puts a peer into the view as if it had been received alone and fresh; takes over the
    /// caller's reference to it.
    boolean addPeer(int slot, long peer) {
        bind(slot);
        if (peer == memory.get(LONG, base + SELF) || view.indexOf(peer) >= 0) {
            table.release(peer);
            return false;
        }
        incoming.clear();
        incoming.add(peer, 0);
        merge(0);
        return true;
    }

    boolean removePeer(int slot, long peer) {
        bind(slot);
        return drop(peer, RemovalReason.REMOVED);
    }

    /// Forgets a peer that nothing can reach any more, seed or not.
    void removeUnreachable(int slot, long peer) {
        bind(slot);
        drop(peer, RemovalReason.REMOVED);
        seeds.remove(peer);
    }

    int poll(int slot, long nowNs) {
        bind(slot);
        int work = pollRequests(nowNs);
        if (view.size() == 0 && (reserve.size() > 0 || joinState() == JoinState.JOINED)) {
            work += refill(nowNs);
        }
        if (joinState() == JoinState.JOINING && nowNs - memory.get(LONG, base + NEXT_JOIN) >= 0) {
            work += askSeeds(nowNs);
        }
        if (view.size() > 0 && nowNs - memory.get(LONG, base + NEXT_EXCHANGE) >= 0) {
            long next = memory.get(LONG, base + NEXT_EXCHANGE) + config.periodNs();
            // A node that was paused does not make up for what it missed.
            memory.set(
                    LONG,
                    base + NEXT_EXCHANGE,
                    next - nowNs > 0 ? next : nowNs + config.periodNs());
            work += startExchange(nowNs);
        }
        return work;
    }

    long nextDeadlineNs(int slot, long nowNs) {
        bind(slot);
        long wait = FAR_NS;
        if (view.size() > 0) {
            wait = Math.min(wait, memory.get(LONG, base + NEXT_EXCHANGE) - nowNs);
        }
        if (joinState() == JoinState.JOINING) {
            wait = Math.min(wait, memory.get(LONG, base + NEXT_JOIN) - nowNs);
        }
        for (int i = 0; i < requests.capacity(); i++) {
            if (requests.isUsed(i)) {
                long patience =
                        requests.isRetried(i) || requests.kindOf(i) == GossipKind.JOIN
                                ? config.requestTimeoutNs()
                                : Math.min(config.retryTimeNs(), config.requestTimeoutNs());
                wait = Math.min(wait, requests.startOf(i) + patience - nowNs);
                wait = requests.isUnsent(i) ? Math.min(wait, 0) : wait;
            }
        }
        return nowNs + Math.max(wait, 0);
    }

    int onMessage(int slot, long from, GossipMessage in, long nowNs) {
        bind(slot);
        GossipKind kind = in.kind();
        return switch (kind) {
            case PUSH, PULL, PUSH_PULL -> onExchange(kind, from, in, nowNs);
            case JOIN -> onJoin(from, in, nowNs);
            case REPLY, JOIN_REPLY, BUSY -> onAnswer(kind, from, in, nowNs);
        };
    }

    void onConnectionFailed(int slot, long peer) {
        bind(slot);
        drop(peer, RemovalReason.CONNECTION_FAILED);
    }

    /// Gives back every reference the slot holds.
    void stop(int slot) {
        bind(slot);
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
        table.release(memory.get(LONG, base + SELF));
    }

    // ---- active side

    private int pollRequests(long nowNs) {
        int work = 0;
        for (int i = 0; i < requests.capacity(); i++) {
            if (!requests.isUsed(i)) {
                continue;
            }
            long waited = nowNs - requests.startOf(i);
            if (waited >= config.requestTimeoutNs()) {
                onTimeout(i);
                work++;
            } else {
                if (requests.isUnsent(i)) {
                    work += trySend(i) ? 1 : 0;
                }
                if (requests.isUsed(i)
                        && waited >= config.retryTimeNs()
                        && !requests.isRetried(i)
                        && requests.kindOf(i) != GossipKind.JOIN) {
                    requests.setRetried(i);
                    work += startExchange(nowNs);
                }
            }
        }
        return work;
    }

    private void onTimeout(int request) {
        long partner = requests.partnerOf(request);
        long id = requests.idOf(request);
        boolean join = requests.kindOf(request) == GossipKind.JOIN;
        counters.timeouts++;
        listener.onRequestTimeout(partner, id);
        // The request keeps its reference until the partner is out of the view, so that the handle
        // is live for the listener.
        if (!join) {
            removeFromView(partner, RemovalReason.TIMEOUT);
            view.growOlder();
        }
        requests.free(request);
    }

    private int startExchange(long nowNs) {
        int request = requests.findFree();
        long partner = request < 0 ? PeerTable.NULL_PEER : choosePartner();
        if (partner == PeerTable.NULL_PEER) {
            return 0;
        }
        memory.set(LONG, base + LAST_BUSY, PeerTable.NULL_PEER);
        requests.start(request, config.mode().request(), partner, random.nextLong(), nowNs);
        counters.started++;
        trySend(request);
        return 1;
    }

    /// A peer that is not being asked already; one that was just busy only if there is no other.
    private long choosePartner() {
        long busy = memory.get(LONG, base + LAST_BUSY);
        candidates.clear();
        for (int i = 0; i < view.size(); i++) {
            long peer = view.peerAt(i);
            if (peer != busy && !requests.isPartner(peer)) {
                candidates.add(peer, view.ageAt(i));
            }
        }
        if (candidates.size() == 0) {
            return view.indexOf(busy) >= 0 && !requests.isPartner(busy)
                    ? busy
                    : PeerTable.NULL_PEER;
        }
        return candidates.peerAt(config.selector().select(candidates, random));
    }

    private boolean trySend(int request) {
        GossipKind kind = requests.kindOf(request);
        if (kind == GossipKind.PUSH || kind == GossipKind.PUSH_PULL) {
            exchange.prepare(view, memory.get(LONG, base + SELF), outgoing);
        } else {
            outgoing.clear();
            outgoing.add(memory.get(LONG, base + SELF), 0);
        }
        if (!send(requests.partnerOf(request), kind, requests.idOf(request))) {
            return false;
        }
        requests.sent(request, outgoing);
        if (kind == GossipKind.PUSH) {
            requests.free(request);
            view.growOlder();
        }
        return true;
    }

    private int askSeeds(long nowNs) {
        // While there is no view every retry time; with one, no oftener than exchanges are made.
        long pause =
                view.size() == 0
                        ? config.retryTimeNs()
                        : Math.max(config.retryTimeNs(), config.periodNs());
        memory.set(LONG, base + NEXT_JOIN, nowNs + pause);
        int asked = 0;
        for (int i = 0; i < seeds.size(); i++) {
            int request = requests.findFree();
            long seed = seeds.next();
            if (request >= 0 && !requests.isPartner(seed)) {
                requests.start(request, GossipKind.JOIN, seed, random.nextLong(), nowNs);
                trySend(request);
                asked++;
            }
        }
        return asked;
    }

    /// A node that has lost everybody takes the reserve, and asks its seeds as well: the reserve
    /// may be as dead as the view was.
    private int refill(long nowNs) {
        while (reserve.size() > 0 && view.size() < config.viewSize()) {
            // As old as can be: nobody knows whether they live, so they are tried first.
            long peer = reserve.take();
            view.add(peer, GossipConfig.MAX_AGE);
            listener.onPeerAdded(peer);
        }
        if (seeds.size() > 0) {
            memory.set(LONG, base + NEXT_JOIN, nowNs);
            setJoinState(JoinState.JOINING);
        } else if (view.size() == 0) {
            setJoinState(JoinState.ALONE);
        }
        return 1;
    }

    private int onAnswer(GossipKind kind, long from, GossipMessage in, long nowNs) {
        int request = requests.findAwaiting(in.requestId(), from);
        boolean join = request >= 0 && requests.kindOf(request) == GossipKind.JOIN;
        boolean fits = kind == GossipKind.BUSY || join == (kind == GossipKind.JOIN_REPLY);
        if (request < 0 || !fits) {
            counters.unsolicited++;
            return 0;
        }
        if (kind == GossipKind.BUSY) {
            requests.free(request);
            onBusy(join, from, nowNs);
            return 1;
        }
        int sentCount = requests.sentPeers(request, sent);
        receive(in);
        merge(sentCount);
        requests.free(request);
        if (join) {
            setJoinState(JoinState.JOINED);
        } else {
            counters.completed++;
            view.growOlder();
        }
        return 1;
    }

    /// The partner lives but has too much to do: somebody else is asked soon.
    private void onBusy(boolean join, long from, long nowNs) {
        long retry = nowNs + config.retryTimeNs();
        if (join) {
            memory.set(LONG, base + NEXT_JOIN, retry + random.nextLong(config.retryTimeNs()));
        } else {
            memory.set(LONG, base + LAST_BUSY, from);
            long next = memory.get(LONG, base + NEXT_EXCHANGE);
            memory.set(LONG, base + NEXT_EXCHANGE, next - retry > 0 ? retry : next);
            view.growOlder();
        }
    }

    // ---- passive side

    private int onExchange(GossipKind kind, long from, GossipMessage in, long nowNs) {
        if (!readSender(in)) {
            return 0;
        }
        long sender = descriptor.shortId();
        long asker = table.acquire(descriptor);
        if (asker == PeerTable.NULL_PEER || (from != PeerTable.NULL_PEER && from != asker)) {
            reject(asker);
            return 0;
        }
        int work = 1;
        if (!admission.allowsExchange(sender, nowNs)) {
            refuse(asker, in.requestId(), kind != GossipKind.PUSH, nowNs);
        } else {
            exchange.prepare(view, memory.get(LONG, base + SELF), outgoing);
            if (kind == GossipKind.PUSH || send(asker, GossipKind.REPLY, in.requestId())) {
                admission.recordExchange(sender, nowNs);
                counters.accepted++;
                int sentCount = kind == GossipKind.PUSH ? 0 : outgoing.sentPeers(sent);
                if (kind != GossipKind.PULL) {
                    receive(in);
                    merge(sentCount);
                }
                view.growOlder();
            } else {
                work = 0;
            }
        }
        table.release(asker);
        return work;
    }

    private int onJoin(long from, GossipMessage in, long nowNs) {
        if (!readSender(in)) {
            return 0;
        }
        long newcomer = table.acquire(descriptor);
        if (newcomer == PeerTable.NULL_PEER || (from != PeerTable.NULL_PEER && from != newcomer)) {
            reject(newcomer);
            return 0;
        }
        if (!admission.allowsJoin(nowNs)) {
            refuse(newcomer, in.requestId(), true, nowNs);
        } else {
            exchange.prepare(view, memory.get(LONG, base + SELF), outgoing);
            if (send(newcomer, GossipKind.JOIN_REPLY, in.requestId())) {
                admission.recordJoin();
                counters.joinsAnswered++;
            }
        }
        table.release(newcomer);
        return 1;
    }

    /// Reads who sent a request: its first peer, who must not be this node itself.
    private boolean readSender(GossipMessage in) {
        if (in.size() < 1) {
            counters.rejected++;
            return false;
        }
        in.peerAt(0, descriptor);
        if (descriptor.shortId() == table.shortIdOf(memory.get(LONG, base + SELF))) {
            counters.rejected++;
            return false;
        }
        return true;
    }

    private void reject(long peer) {
        counters.rejected++;
        if (peer != PeerTable.NULL_PEER) {
            table.release(peer);
        }
    }

    private void refuse(long asker, long requestId, boolean answer, long nowNs) {
        counters.refused++;
        if (answer && admission.allowsBusy(nowNs)) {
            outgoing.clear();
            if (send(asker, GossipKind.BUSY, requestId)) {
                admission.recordBusy();
            }
        }
    }

    // ---- both

    private boolean send(long peer, GossipKind kind, long requestId) {
        boolean taken = outbox.send(peer, message.of(kind, requestId));
        if (!taken) {
            counters.sendsRefused++;
        }
        return taken;
    }

    /// Enters the peers of a message into the table, one reference each, and lists them.
    private void receive(GossipMessage in) {
        long selfId = table.shortIdOf(memory.get(LONG, base + SELF));
        incoming.clear();
        int count = Math.min(in.size(), config.exchangeSize());
        for (int i = 0; i < count; i++) {
            in.peerAt(i, descriptor);
            if (descriptor.shortId() != selfId) {
                long peer = table.acquire(descriptor);
                if (peer == PeerTable.NULL_PEER) {
                    counters.rejected++;
                } else {
                    incoming.add(peer, clampAge(descriptor.age()));
                }
            }
        }
    }

    private void merge(int sentCount) {
        exchange.merge(view, incoming, sent, sentCount, reserve, listener);
        if (view.size() > 0 && seeds.size() == 0) {
            setJoinState(JoinState.JOINED);
        }
    }

    /// A negative age is an overflow, so it counts as the oldest and never as the freshest.
    private static int clampAge(int age) {
        return age < 0 ? GossipConfig.MAX_AGE : Math.min(age, GossipConfig.MAX_AGE);
    }

    /// Removes a peer from everything but the seeds.
    private boolean drop(long peer, RemovalReason reason) {
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

    private boolean removeFromView(long peer, RemovalReason reason) {
        reserve.remove(peer);
        int index = view.indexOf(peer);
        if (index < 0) {
            return false;
        }
        listener.onPeerRemoved(peer, reason);
        view.removeAt(index);
        table.release(peer);
        return true;
    }

    private JoinState joinState() {
        return JoinState.ofCode(memory.get(INT, base + JOIN_STATE));
    }

    private void setJoinState(JoinState next) {
        if (joinState() != next) {
            memory.set(INT, base + JOIN_STATE, next.code());
            listener.onJoinState(next);
        }
    }

    private void bind(int slot) {
        base = state.baseOf(slot);
        view.bind(base);
        reserve.bind(base);
        seeds.bind(base);
        requests.bind(base);
        admission.bind(base);
    }

    /// The outbound message: a view over the buffer that was prepared last.
    private static final class Outgoing implements GossipMessage {

        private final PeerTable table;
        private final ExchangeBuffer peers;
        private GossipKind kind;
        private long requestId;

        Outgoing(PeerTable table, ExchangeBuffer peers) {
            this.table = table;
            this.peers = peers;
        }

        Outgoing of(GossipKind kind, long requestId) {
            this.kind = kind;
            this.requestId = requestId;
            return this;
        }

        @Override
        public GossipKind kind() {
            return kind;
        }

        @Override
        public long requestId() {
            return requestId;
        }

        @Override
        public int size() {
            return peers.size();
        }

        @Override
        public void peerAt(int index, PeerDescriptor into) {
            table.describe(peers.peerAt(index), into);
            into.age(peers.ageAt(index));
        }
    }
}
