package ai.bytesandbrains.engine.search;

import static ai.bytesandbrains.engine.search.SearchOperations.ANSWERED;
import static ai.bytesandbrains.engine.search.SearchOperations.ASKED;
import static ai.bytesandbrains.engine.search.SearchOperations.CHOSEN;
import static ai.bytesandbrains.engine.search.SearchOperations.DEADLINE;
import static ai.bytesandbrains.engine.search.SearchOperations.ENCODING;
import static ai.bytesandbrains.engine.search.SearchOperations.END;
import static ai.bytesandbrains.engine.search.SearchOperations.HITS;
import static ai.bytesandbrains.engine.search.SearchOperations.INT;
import static ai.bytesandbrains.engine.search.SearchOperations.K;
import static ai.bytesandbrains.engine.search.SearchOperations.LOCAL;
import static ai.bytesandbrains.engine.search.SearchOperations.LONG;
import static ai.bytesandbrains.engine.search.SearchOperations.PEER_HANDLE;
import static ai.bytesandbrains.engine.search.SearchOperations.PEER_STATE;
import static ai.bytesandbrains.engine.search.SearchOperations.QUERY;
import static ai.bytesandbrains.engine.search.SearchOperations.REACH;
import static ai.bytesandbrains.engine.search.SearchOperations.REFUSED;
import static ai.bytesandbrains.engine.search.SearchOperations.REQUEST_ID;
import static ai.bytesandbrains.engine.search.SearchOperations.SCALE;
import static ai.bytesandbrains.engine.search.SearchOperations.SENT;
import static ai.bytesandbrains.engine.search.SearchOperations.SETTLED;
import static ai.bytesandbrains.engine.search.SearchOperations.UNSENT;

import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/// The side of a node that asks: its searches on their way, whom they wait for, and how answers are
/// merged.
final class Asker {

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long FAR_NS = 1L << 60;

    private final SearchOperations operations;
    private final MemorySegment memory;
    private final LocalSearch local;
    private final PeerChooser chooser;
    private final RandomGenerator random;
    private final Outbox<SearchMessage> outbox;
    private final SearchCounters counters;
    private final PeerDescriptor self;
    private final Outgoing request = new Outgoing();
    private final long[] running;
    private int runningCount;

    Asker(
            PeerDescriptor self,
            SearchOperations operations,
            LocalSearch local,
            PeerChooser chooser,
            RandomGenerator random,
            Outbox<SearchMessage> outbox,
            SearchCounters counters) {
        this.self = self;
        this.operations = operations;
        this.memory = operations.memory;
        this.local = local;
        this.chooser = chooser;
        this.random = random;
        this.outbox = outbox;
        this.counters = counters;
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
        memory.set(LONG, base + REQUEST_ID, random.nextLong());
        decode(base);
        SearchReach reach = SearchReach.ofCode(memory.get(INT, base + REACH));
        if (reach == SearchReach.NETWORK) {
            choosePeers(base, nowNs);
            searchHere(base);
        } else {
            searchHere(base);
            int k = memory.get(INT, base + K);
            if (reach == SearchReach.LOCAL_FIRST && memory.get(INT, base + HITS) < k) {
                choosePeers(base, nowNs);
            } else {
                memory.set(INT, base + CHOSEN, 0);
            }
        }
        if (isSettled(base)) {
            conclude(runningCount - 1, nowNs);
        }
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
            if (nowNs - memory.get(LONG, base + DEADLINE) >= 0
                    || operations.table().isAbandoned(running[i])) {
                conclude(i, nowNs);
                work++;
            } else if (!chooser.isChoosing(base)) {
                work += sendUnsent(base, nowNs);
            } else if (chooser.isReady(base)) {
                decode(base);
                chooser.choose(base, local.query());
                work += 1 + sendUnsent(base, nowNs);
                if (isSettled(base)) {
                    conclude(i, nowNs);
                }
            }
        }
        return work;
    }

    /// How long until there is something to do; zero or less for now.
    long waitNs(long nowNs) {
        long wait = FAR_NS;
        for (int i = 0; i < runningCount; i++) {
            long base = operations.baseOf(running[i]);
            boolean now = chooser.isChoosing(base) ? chooser.isReady(base) : hasUnsent(base);
            now |= operations.table().isAbandoned(running[i]);
            wait = Math.min(wait, now ? 0 : memory.get(LONG, base + DEADLINE) - nowNs);
        }
        return wait;
    }

    void onConnectionFailed(long peer, long nowNs) {
        for (int i = runningCount - 1; i >= 0; i--) {
            long base = operations.baseOf(running[i]);
            int at = findPeer(base, peer);
            if (at >= 0 && peerState(base, at) != SETTLED) {
                setPeerState(base, at, SETTLED);
                if (isSettled(base)) {
                    conclude(i, nowNs);
                }
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
            if (memory.get(LONG, base + REQUEST_ID) == response.requestId()) {
                int at = findPeer(base, fromPeer);
                if (at >= 0 && peerState(base, at) == SENT) {
                    merge(base, at, response);
                    if (isSettled(base)) {
                        conclude(i, nowNs);
                    }
                    return 1;
                }
            }
        }
        counters.unsolicited++;
        return 0;
    }

    /// The node's own index gets the very query that its peers get.
    private void decode(long base) {
        QueryEncoding encoding = QueryEncoding.ofCode(memory.get(INT, base + ENCODING));
        float scale = memory.get(SearchOperations.FLOAT, base + SCALE);
        local.decode(encoding, memory, base + QUERY, scale);
    }

    private void searchHere(long base) {
        if (local.search(memory.get(INT, base + K)) == SearchStatus.OK) {
            for (int i = 0; i < local.found().size(); i++) {
                operations.insertHit(
                        base, local.found().distanceAt(i), local.found().idAt(i), LOCAL);
            }
        }
    }

    private int sendUnsent(long base, long nowNs) {
        int work = 0;
        int chosen = memory.get(INT, base + CHOSEN);
        for (int i = 0; i < chosen; i++) {
            if (peerState(base, i) == UNSENT) {
                long peer = memory.get(LONG, operations.peerOf(base, i) + PEER_HANDLE);
                if (outbox.send(peer, request.of(base, nowNs))) {
                    setPeerState(base, i, SENT);
                    increment(base + ASKED);
                    work++;
                } else {
                    counters.sendsRefused++;
                }
            }
        }
        return work;
    }

    private void merge(long base, int peer, SearchResponse response) {
        setPeerState(base, peer, SETTLED);
        if (response.status() != SearchStatus.OK) {
            increment(base + REFUSED);
        } else if (!isSound(response, memory.get(INT, base + K), local.metric())) {
            counters.rejected++;
            increment(base + REFUSED);
        } else {
            increment(base + ANSWERED);
            for (int i = 0; i < response.size(); i++) {
                operations.insertHit(base, response.distanceAt(i), response.idAt(i), peer);
            }
        }
    }

    /// No more hits than asked for, and every distance one that can be. A lie that is well-formed
    /// is found out only by asking for the vectors.
    private static boolean isSound(SearchResponse response, int k, Metric metric) {
        if (response.size() > k) {
            return false;
        }
        for (int i = 0; i < response.size(); i++) {
            if (!metric.admits(response.distanceAt(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean hasUnsent(long base) {
        int chosen = memory.get(INT, base + CHOSEN);
        for (int i = 0; i < chosen; i++) {
            if (peerState(base, i) == UNSENT) {
                return true;
            }
        }
        return false;
    }

    private boolean isSettled(long base) {
        if (chooser.isChoosing(base)) {
            return false;
        }
        int chosen = memory.get(INT, base + CHOSEN);
        for (int i = 0; i < chosen; i++) {
            if (peerState(base, i) != SETTLED) {
                return false;
            }
        }
        return true;
    }

    private void conclude(int runningIndex, long nowNs) {
        long op = running[runningIndex];
        running[runningIndex] = running[--runningCount];
        long base = operations.baseOf(op);
        int chosen = memory.get(INT, base + CHOSEN);
        chooser.abandon(base);
        chooser.release(base);
        if (memory.get(INT, base + ANSWERED) < chosen) {
            counters.partial++;
        }
        memory.set(LONG, base + END, nowNs);
        operations.table().complete(op);
    }

    private int findPeer(long base, long peer) {
        int chosen = memory.get(INT, base + CHOSEN);
        for (int i = 0; i < chosen; i++) {
            if (memory.get(LONG, operations.peerOf(base, i) + PEER_HANDLE) == peer) {
                return i;
            }
        }
        return -1;
    }

    private int peerState(long base, int peer) {
        return memory.get(INT, operations.peerOf(base, peer) + PEER_STATE);
    }

    private void setPeerState(long base, int peer, int state) {
        memory.set(INT, operations.peerOf(base, peer) + PEER_STATE, state);
    }

    private void increment(long at) {
        memory.set(INT, at, memory.get(INT, at) + 1);
    }

    /// The outbound query: a view over the slot of a search.
    private final class Outgoing implements SearchRequest {

        private long base;
        private long nowNs;

        Outgoing of(long base, long nowNs) {
            this.base = base;
            this.nowNs = nowNs;
            return this;
        }

        @Override
        public long requestId() {
            return memory.get(LONG, base + REQUEST_ID);
        }

        @Override
        public void asker(PeerDescriptor into) {
            into.id(self.shortId(), self.id1(), self.id2(), self.id3())
                    .address(
                            self.addressKind(),
                            self.ipHigh(),
                            self.ipLow(),
                            self.port(),
                            self.stream())
                    .age(0);
        }

        @Override
        public int k() {
            return memory.get(INT, base + K);
        }

        @Override
        public long budgetNs() {
            return Math.max(0, memory.get(LONG, base + DEADLINE) - nowNs);
        }

        @Override
        public Metric metric() {
            return local.metric();
        }

        @Override
        public int dimensions() {
            return operations.dimensions;
        }

        @Override
        public QueryEncoding encoding() {
            return QueryEncoding.ofCode(memory.get(INT, base + ENCODING));
        }

        @Override
        public float scale() {
            return memory.get(SearchOperations.FLOAT, base + SCALE);
        }

        @Override
        public long queryWordAt(int word) {
            return memory.get(WORD, base + QUERY + (long) word * Long.BYTES);
        }
    }
}
