package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.random.RandomGenerator;

/// What a node does of its own accord: starts exchanges, asks seed peers, gives up on those who do
/// not answer, and takes the answers.
///
/// A refused send changes nothing: the request stays unsent and is tried again at the next poll.
final class ActiveSide {

    private static final long FAR_NS = 1L << 60;

    /// Periods between two visits to a seed that is not in the view.
    private static final int REVISIT_PERIODS = 10;

    /// With a full view only one of so many visits is made. All views of a large network are full,
    /// and after a partition too: without these visits its halves would never find together.
    private static final int FULL_VIEW_VISITS = 20;

    /// How often a node asks to join before it makes do with the few peers it knows.
    private static final int MAX_ATTEMPTS = 8;

    /// A newcomer that is not answered waits twice as long each time, sixteen times at most.
    private static final int MAX_BACK_OFF_SHIFT = 4;

    private final GossipConfig config;
    private final BoundNode node;
    private final GossipView view;
    private final Seeds seeds;
    private final Requests requests;
    private final RandomGenerator random;
    private final GossipListener listener;
    private final GossipCounters counters;
    private final OutgoingMessage message;
    private final ExchangeBuffer candidates;
    private final long[] sent;
    private final long[] partners;

    ActiveSide(
            GossipConfig config,
            BoundNode node,
            RandomGenerator random,
            GossipListener listener,
            GossipCounters counters,
            OutgoingMessage message) {
        this.config = config;
        this.node = node;
        this.view = node.view;
        this.seeds = node.seeds;
        this.requests = node.requests;
        this.random = random;
        this.listener = listener;
        this.counters = counters;
        this.message = message;
        candidates = new ExchangeBuffer(config.viewSize());
        sent = new long[config.exchangeSize()];
        partners = new long[config.maxConcurrentRequests()];
    }

    int poll(long nowNs) {
        int work = pollRequests(nowNs);
        if (needsRefill()) {
            work += refill(nowNs);
        }
        // Exchanges come before seeds: these may all be dead and must not take every request.
        if (view.size() > 0 && nowNs - node.nextExchange() >= 0) {
            long next = node.nextExchange() + config.periodNs();
            // A node that was paused does not make up for what it missed.
            node.setNextExchange(next - nowNs > 0 ? next : nowNs + config.periodNs());
            node.periodPassed();
            work += startExchange(nowNs);
        }
        if (nowNs - node.nextJoin() >= 0 && wantsSeeds()) {
            work += askSeeds(nowNs);
        }
        return work;
    }

    long nextDeadlineNs(long nowNs) {
        if (needsRefill()) {
            return nowNs;
        }
        long wait = FAR_NS;
        if (view.size() > 0) {
            wait = Math.min(wait, node.nextExchange() - nowNs);
        }
        for (int i = 0; i < requests.capacity(); i++) {
            if (requests.isUsed(i)) {
                long patience =
                        isRetryDue(i, Long.MAX_VALUE)
                                ? Math.min(config.retryTimeNs(), config.requestTimeoutNs())
                                : config.requestTimeoutNs();
                wait = Math.min(wait, requests.startOf(i) + patience - nowNs);
                wait = requests.isUnsent(i) ? Math.min(wait, 0) : wait;
            }
        }
        // Last, since whether seeds are wanted takes long to tell and seldom matters.
        if (node.nextJoin() - nowNs < wait && wantsSeeds()) {
            wait = node.nextJoin() - nowNs;
        }
        return nowNs + Math.max(wait, 0);
    }

    /// Takes an answer. It must come from who was asked, name the request, and be of its kind:
    /// anything else changes nothing.
    int onAnswer(GossipKind kind, long from, GossipMessage in, long nowNs) {
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
        if (join && node.joinState() == JoinState.JOINED && view.size() == config.viewSize()) {
            node.glimpse(in, nowNs);
        } else if (join) {
            node.mergeJoin(in, nowNs);
        } else {
            node.merge(in, sent, requests.sentPeers(request, sent), true, nowNs);
        }
        requests.free(request);
        if (!join) {
            counters.completed++;
            node.growOlder();
        } else {
            node.countJoin(true);
            if (view.size() > 0) {
                node.setJoinState(JoinState.JOINED);
            }
            if (isThin()) {
                node.setNextJoin(nowNs);
            }
        }
        return 1;
    }

    private int pollRequests(long nowNs) {
        int work = 0;
        for (int i = 0; i < requests.capacity(); i++) {
            if (!requests.isUsed(i)) {
                continue;
            }
            long waited = nowNs - requests.startOf(i);
            if (waited >= config.requestTimeoutNs()) {
                giveUp(i);
                work++;
                continue;
            }
            if (isRetryDue(i, waited)) {
                requests.setRetried(i);
                work += startExchange(nowNs);
            }
            if (requests.isUnsent(i)) {
                work += trySend(i, nowNs) ? 1 : 0;
            }
        }
        return work;
    }

    private boolean isRetryDue(int request, long waited) {
        return waited >= config.retryTimeNs()
                && !requests.isRetried(request)
                && requests.kindOf(request) != GossipKind.JOIN;
    }

    /// A partner that did not answer is removed. One that was never reached, because the outbox
    /// took nothing all this time, is not to blame: others are tried before him.
    private void giveUp(int request) {
        long partner = requests.partnerOf(request);
        if (requests.isUnsent(request)) {
            node.setLastBusy(partner);
        } else {
            counters.timeouts++;
            listener.onRequestTimeout(partner, requests.idOf(request));
            if (requests.kindOf(request) != GossipKind.JOIN) {
                // The request still holds the partner, so his handle is live for the listener.
                node.removeFromView(partner, RemovalReason.TIMEOUT);
                node.growOlder();
            }
        }
        requests.free(request);
    }

    private int startExchange(long nowNs) {
        int request = requests.findFree();
        // While seeds are being looked for, one request is theirs.
        boolean lastOne = requests.freeCount() == 1 && config.maxConcurrentRequests() > 1;
        if (request < 0 || (lastOne && awaitsSeeds() && requests.joins() == 0)) {
            return 0;
        }
        long partner = choosePartner();
        if (partner == PeerTable.NULL_PEER) {
            return 0;
        }
        node.setLastBusy(PeerTable.NULL_PEER);
        node.chosen(partner);
        requests.start(request, config.mode().request(), partner, random.nextLong(), nowNs);
        counters.started++;
        trySend(request, nowNs);
        return 1;
    }

    /// A peer that is not being asked already; one that was just busy only if there is no other.
    private long choosePartner() {
        long busy = node.lastBusy();
        int asked = requests.partners(partners);
        if (asked == 0 && busy == PeerTable.NULL_PEER) {
            return view.size() == 0
                    ? PeerTable.NULL_PEER
                    : view.peerAt(config.selector().select(view, random));
        }
        candidates.clear();
        for (int i = 0; i < view.size(); i++) {
            long peer = view.peerAt(i);
            if (peer != busy && !isAmong(partners, asked, peer)) {
                candidates.add(peer, view.ageAt(i), view.hitsAt(i));
            }
        }
        if (candidates.size() == 0) {
            return view.indexOf(busy) >= 0 && !isAmong(partners, asked, busy)
                    ? busy
                    : PeerTable.NULL_PEER;
        }
        return candidates.peerAt(config.selector().select(candidates, random));
    }

    private static boolean isAmong(long[] peers, int count, long peer) {
        for (int i = 0; i < count; i++) {
            if (peers[i] == peer) {
                return true;
            }
        }
        return false;
    }

    private boolean trySend(int request, long nowNs) {
        GossipKind kind = requests.kindOf(request);
        if (kind == GossipKind.PUSH || kind == GossipKind.PUSH_PULL) {
            node.prepare(message.peers, nowNs);
        } else {
            message.peers.clear();
            message.peers.add(node.self(), 0);
        }
        if (!message.send(requests.partnerOf(request), kind, requests.idOf(request))) {
            return false;
        }
        requests.sent(request, message.peers, nowNs);
        if (kind == GossipKind.PUSH) {
            requests.free(request);
            node.growOlder();
        }
        return true;
    }

    private boolean awaitsSeeds() {
        return node.joinState() == JoinState.JOINING && seeds.size() > 0;
    }

    /// Seeds are asked to join, and after that now and then as long as one of them is not in the
    /// view: where two parts of a network have lost each other, the seeds are who both know.
    private boolean wantsSeeds() {
        return node.joinState() == JoinState.JOINING
                || (node.joinState() == JoinState.JOINED && (isThin() || seeds.missingFrom(view)));
    }

    /// Whether the node was let in, but so far knows hardly anybody, as one whom a seed that had
    /// too much to do has named somebody else to ask. In a small network there is hardly anybody,
    /// so it does not ask for ever.
    private boolean isThin() {
        return node.joinState() == JoinState.JOINED
                && seeds.size() > 0
                && view.size() < config.exchangeSize() / 2
                && node.joinAttempts() < MAX_ATTEMPTS;
    }

    /// Without a view all seeds are asked, as many at once as can be; with one, one after the other
    /// and no oftener than exchanges are made; with a thin one those few whom it names.
    private int askSeeds(long nowNs) {
        boolean alone = view.size() == 0;
        boolean thin = isThin();
        boolean revisit = !thin && node.joinState() == JoinState.JOINED;
        if (revisit) {
            node.setNextJoin(nowNs + REVISIT_PERIODS * config.periodNs());
            if (view.size() == config.viewSize() && random.nextInt(FULL_VIEW_VISITS) > 0) {
                return 0;
            }
        } else {
            node.setNextJoin(nowNs + (alone || thin ? backOffNs() : patienceNs()));
        }
        if (thin && askLearned(nowNs)) {
            return 1;
        }
        int most = alone ? seeds.size() : 1 - requests.joins();
        int asked = 0;
        for (int i = 0; i < seeds.size() && asked < most; i++) {
            int request = requests.findFree();
            if (request < 0) {
                break;
            }
            long seed = seeds.next();
            // Who is in the view can be exchanged with, and would not answer twice so soon.
            boolean known = (revisit || thin) && view.indexOf(seed) >= 0;
            if (!known && !requests.isPartner(seed)) {
                ask(request, seed, nowNs);
                asked++;
            }
        }
        return asked;
    }

    /// Asks a peer of the view that is not a seed; false if there is none.
    private boolean askLearned(long nowNs) {
        int request = requests.findFree();
        int size = view.size();
        int start = random.nextInt(size);
        for (int i = 0; i < size && request >= 0; i++) {
            long peer = view.peerAt((start + i) % size);
            if (!seeds.contains(peer) && !requests.isPartner(peer)) {
                ask(request, peer, nowNs);
                return true;
            }
        }
        return false;
    }

    private void ask(int request, long peer, long nowNs) {
        requests.start(request, GossipKind.JOIN, peer, random.nextLong(), nowNs);
        trySend(request, nowNs);
        node.setJoinAttempts(node.joinAttempts() + 1);
    }

    /// Twice as long each time, and no two newcomers alike: they may all have come at once.
    private long backOffNs() {
        int shift = Math.min(node.joinAttempts(), MAX_BACK_OFF_SHIFT);
        long most = Math.min(config.retryTimeNs() << shift, patienceNs());
        return most - random.nextLong(most / 2 + 1);
    }

    private long patienceNs() {
        return Math.max(config.retryTimeNs(), config.periodNs());
    }

    private boolean needsRefill() {
        return view.size() == 0
                && (node.reserve.size() > 0 || node.joinState() == JoinState.JOINED);
    }

    /// A node that has lost everybody takes the reserve, and asks its seeds as well: the reserve
    /// may be as dead as the view was.
    private int refill(long nowNs) {
        node.refillFromReserve();
        if (seeds.size() > 0) {
            node.setNextJoin(nowNs);
            node.setJoinAttempts(0);
            node.setJoinState(JoinState.JOINING);
        } else if (view.size() == 0) {
            node.setJoinState(JoinState.ALONE);
        }
        return 1;
    }

    /// The partner lives but has too much to do: somebody else is asked soon.
    private void onBusy(boolean join, long from, long nowNs) {
        long retry = nowNs + config.retryTimeNs();
        if (join) {
            node.countJoin(false);
            node.setNextJoin(retry + random.nextLong(config.retryTimeNs()));
        } else {
            node.setLastBusy(from);
            if (node.nextExchange() - retry > 0) {
                node.setNextExchange(retry);
            }
            node.growOlder();
        }
    }
}
