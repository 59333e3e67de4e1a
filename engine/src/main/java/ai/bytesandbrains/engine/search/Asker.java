package ai.bytesandbrains.engine.search;

import static ai.bytesandbrains.engine.search.SearchSlots.ANSWERED;
import static ai.bytesandbrains.engine.search.SearchSlots.ASKED;
import static ai.bytesandbrains.engine.search.SearchSlots.CHOSEN;
import static ai.bytesandbrains.engine.search.SearchSlots.DEADLINE;
import static ai.bytesandbrains.engine.search.SearchSlots.END;
import static ai.bytesandbrains.engine.search.SearchSlots.FETCH_FROM;
import static ai.bytesandbrains.engine.search.SearchSlots.FILTER_FLAGS;
import static ai.bytesandbrains.engine.search.SearchSlots.HITS;
import static ai.bytesandbrains.engine.search.SearchSlots.K;
import static ai.bytesandbrains.engine.search.SearchSlots.LOCAL;
import static ai.bytesandbrains.engine.search.SearchSlots.LONG;
import static ai.bytesandbrains.engine.search.SearchSlots.PEER_HANDLE;
import static ai.bytesandbrains.engine.search.SearchSlots.REACH;
import static ai.bytesandbrains.engine.search.SearchSlots.REFUSED;
import static ai.bytesandbrains.engine.search.SearchSlots.REQUEST_ID;
import static ai.bytesandbrains.engine.search.SearchSlots.SENT;
import static ai.bytesandbrains.engine.search.SearchSlots.SETTLED;
import static ai.bytesandbrains.engine.search.SearchSlots.TOLD;
import static ai.bytesandbrains.engine.search.SearchSlots.UNSENT;

import ai.bytesandbrains.engine.index.SearchStats;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.space.Metric;

import java.util.random.RandomGenerator;

/// The side of a node that asks: its searches on their way, whom they wait for, and how answers are
/// merged.
final class Asker {

    private static final long FAR_NS = 1L << 60;

    private final SearchOperations operations;
    private final SearchSlots slots;
    private final LocalSearch local;
    private final PeerChooser chooser;
    private final SecondLook secondLook;
    private final RandomGenerator random;
    private final Outbox<SearchMessage> outbox;
    private final SearchCounters counters;
    private final OutgoingQuery request;
    private final long[] running;
    private int runningCount;

    Asker(
            PeerDescriptor self,
            SearchOperations operations,
            LocalSearch local,
            PeerChooser chooser,
            SecondLook secondLook,
            RandomGenerator random,
            Outbox<SearchMessage> outbox,
            SearchCounters counters) {
        this.operations = operations;
        this.slots = operations.slots;
        this.local = local;
        this.chooser = chooser;
        this.secondLook = secondLook;
        this.random = random;
        this.outbox = outbox;
        this.counters = counters;
        request = new OutgoingQuery(self, slots, local.dimensions(), local.metric());
        running = new long[operations.limits.concurrentSearches()];
    }

    void start(long op, long nowNs) {
        if (operations.table().isAbandoned(op)) {
            operations.table().complete(op);
            return;
        }
        long base = operations.baseOf(op);
        running[runningCount++] = op;
        counters.started++;
        slots.set(base, REQUEST_ID, random.nextLong());
        local.decode(slots, base);
        SearchReach reach = SearchReach.ofCode(slots.getInt(base, REACH));
        if (reach == SearchReach.NETWORK) {
            choosePeers(base, nowNs);
            searchHere(base, nowNs);
        } else {
            searchHere(base, nowNs);
            int k = slots.getInt(base, K);
            if (reach == SearchReach.LOCAL_FIRST && slots.getInt(base, HITS) < k) {
                choosePeers(base, nowNs);
            } else {
                slots.set(base, CHOSEN, 0);
            }
        }
        advance(runningCount - 1, nowNs);
    }

    private void choosePeers(long base, long nowNs) {
        if (chooser.begin(base, local.query(), nowNs)) {
            sendUnsent(base, nowNs);
        }
    }

    int poll(long nowNs) {
        int work = 0;
        for (int i = runningCount - 1; i >= 0; i--) {
            long base = operations.baseOf(running[i]);
            boolean over = nowNs - slots.getLong(base, DEADLINE) >= 0;
            if (over || operations.table().isAbandoned(running[i])) {
                if (over) {
                    chooser.reportSilent(base);
                }
                conclude(i, nowNs);
                work++;
            } else if (!chooser.isChoosing(base)) {
                work += sendUnsent(base, nowNs) + secondLook.send(base, nowNs);
                work += isLate(base, nowNs) ? advance(i, nowNs) : 0;
            } else if (chooser.isReady(base)) {
                local.decode(slots, base);
                chooser.choose(base, local.query());
                work += 1 + sendUnsent(base, nowNs);
                advance(i, nowNs);
            }
        }
        return work;
    }

    /// How long until there is something to do; zero or less for now.
    long waitNs(long nowNs) {
        long wait = FAR_NS;
        for (int i = 0; i < runningCount; i++) {
            long base = operations.baseOf(running[i]);
            boolean unsent = slots.hasPeer(base, UNSENT) || secondLook.hasUnsent(base);
            boolean now = chooser.isChoosing(base) ? chooser.isReady(base) : unsent;
            now |= operations.table().isAbandoned(running[i]);
            wait = Math.min(wait, now ? 0 : nextTime(base, nowNs) - nowNs);
        }
        return wait;
    }

    private long nextTime(long base, long nowNs) {
        boolean early = !isLate(base, nowNs) && secondLook.isNeeded(base);
        return slots.getLong(base, early ? FETCH_FROM : DEADLINE);
    }

    void onConnectionFailed(long peer, long nowNs) {
        for (int i = runningCount - 1; i >= 0; i--) {
            long base = operations.baseOf(running[i]);
            int at = slots.findPeer(base, peer);
            if (at >= 0) {
                slots.setPeerState(base, at, SETTLED);
                secondLook.lose(base, at);
                advance(i, nowNs);
            }
        }
    }

    void stop(long nowNs) {
        while (runningCount > 0) {
            conclude(runningCount - 1, nowNs);
        }
    }

    int onResponse(long fromPeer, SearchResponse response, long nowNs) {
        for (int i = 0; i < runningCount; i++) {
            long base = operations.baseOf(running[i]);
            if (slots.getLong(base, REQUEST_ID) == response.requestId()) {
                int at = slots.findPeer(base, fromPeer);
                if (at >= 0 && slots.peerState(base, at) == SENT) {
                    merge(base, at, response, nowNs);
                    advance(i, nowNs);
                    return 1;
                }
            }
        }
        counters.unsolicited++;
        return 0;
    }

    int onVectors(long fromPeer, VectorResponse response, long nowNs) {
        for (int i = 0; i < runningCount; i++) {
            long base = operations.baseOf(running[i]);
            if (slots.getLong(base, REQUEST_ID) == response.requestId()) {
                int at = slots.findPeer(base, fromPeer);
                if (at >= 0 && slots.peerState(base, at) == SETTLED) {
                    secondLook.onVectors(base, at, response);
                    advance(i, nowNs);
                    return 1;
                }
            }
        }
        counters.unsolicited++;
        return 0;
    }

    private void searchHere(long base, long nowNs) {
        // A tag that the node itself does not know lets nothing of its own pass.
        if (local.filter().set(request.of(base, nowNs)) != SearchStatus.OK
                || local.search(slots.getInt(base, K)) != SearchStatus.OK) {
            return;
        }
        SearchStats stats = local.found().stats();
        if (stats.isByCodes()) {
            slots.setMeasure(
                    base,
                    LOCAL,
                    DistanceForm.ADC,
                    stats.codebookHigh(),
                    stats.codebookLow(),
                    stats.meanError());
        }
        float more = underestimate(stats.meanError());
        for (int i = 0; i < local.found().size(); i++) {
            float told = local.found().distanceAt(i);
            slots.insertHit(base, told + more, local.found().idAt(i), LOCAL, told, TOLD);
        }
    }

    private int sendUnsent(long base, long nowNs) {
        int work = 0;
        int chosen = slots.getInt(base, CHOSEN);
        for (int i = 0; i < chosen; i++) {
            if (slots.peerState(base, i) == UNSENT) {
                long peer = slots.memory.get(LONG, slots.peerAt(base, i) + PEER_HANDLE);
                if (outbox.send(peer, request.of(base, nowNs))) {
                    slots.setPeerState(base, i, SENT);
                    slots.add(base, ASKED, 1);
                    work++;
                } else {
                    counters.sendsRefused++;
                }
            }
        }
        return work;
    }

    private void merge(long base, int peer, SearchResponse response, long nowNs) {
        slots.setPeerState(base, peer, SETTLED);
        if (response.status() != SearchStatus.OK) {
            slots.add(base, REFUSED, 1);
        } else if (!isSound(base, response, nowNs)) {
            counters.rejected++;
            slots.add(base, REFUSED, 1);
        } else {
            slots.add(base, ANSWERED, 1);
            boolean adc = response.form() == DistanceForm.ADC;
            float error = adc ? response.meanError() : 0;
            slots.setMeasure(
                    base,
                    peer,
                    response.form(),
                    adc ? response.codebookHigh() : 0,
                    adc ? response.codebookLow() : 0,
                    error);
            float more = underestimate(error);
            for (int i = 0; i < response.size(); i++) {
                float told = response.distanceAt(i);
                slots.insertHit(base, told + more, response.idAt(i), peer, told, TOLD);
            }
        }
    }

    /// By how much codes underestimate a distance on average. Inner products they do not.
    private float underestimate(float error) {
        Metric metric = local.metric();
        if (metric == Metric.L2) {
            return error;
        }
        return metric == Metric.COSINE ? error / 2 : 0;
    }

    /// No more hits than asked for, every one with an id that passes and a distance that can be. A
    /// lie that is well-formed is found out only by a second look.
    private boolean isSound(long base, SearchResponse response, long nowNs) {
        boolean filtered = slots.getInt(base, FILTER_FLAGS) != 0;
        boolean byId = (slots.getInt(base, FILTER_FLAGS) & SearchFilter.BY_ID) != 0;
        boolean known = response.meanError() >= 0 && response.meanError() <= Float.MAX_VALUE;
        if (response.size() > slots.getInt(base, K)
                || (filtered && !response.isFiltered())
                || (response.form() == DistanceForm.ADC && !known)) {
            return false;
        }
        QueryFilter filter = local.filter();
        if (byId) {
            filter.set(request.of(base, nowNs));
        }
        for (int i = 0; i < response.size(); i++) {
            if (!local.metric().admits(response.distanceAt(i))
                    || (byId && !filter.acceptsId(response.idAt(i)))) {
                return false;
            }
        }
        return true;
    }

    private boolean isLate(long base, long nowNs) {
        return nowNs - slots.getLong(base, FETCH_FROM) >= 0;
    }

    /// Goes on with a search as far as it can: once everybody has answered, or the time for that is
    /// over, to vectors, and to its end when nothing more is awaited.
    private int advance(int runningIndex, long nowNs) {
        long base = operations.baseOf(running[runningIndex]);
        if (chooser.isChoosing(base)) {
            return 0;
        }
        boolean settled = !slots.hasPeer(base, SENT) && !slots.hasPeer(base, UNSENT);
        if ((!settled && !isLate(base, nowNs)) || secondLook.goOn(base, nowNs) || !settled) {
            return 0;
        }
        conclude(runningIndex, nowNs);
        return 1;
    }

    private void conclude(int runningIndex, long nowNs) {
        long op = running[runningIndex];
        running[runningIndex] = running[--runningCount];
        long base = operations.baseOf(op);
        int chosen = slots.getInt(base, CHOSEN);
        chooser.abandon(base);
        chooser.release(base);
        secondLook.conclude(base);
        if (slots.getInt(base, ANSWERED) < chosen) {
            counters.partial++;
        }
        slots.set(base, END, nowNs);
        operations.table().complete(op);
    }
}
