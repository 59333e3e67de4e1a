package ai.bytesandbrains.engine.search;

import static ai.bytesandbrains.engine.search.SearchOperations.ANSWERED;
import static ai.bytesandbrains.engine.search.SearchOperations.ASKED;
import static ai.bytesandbrains.engine.search.SearchOperations.ASK_PEERS;
import static ai.bytesandbrains.engine.search.SearchOperations.CHOSEN;
import static ai.bytesandbrains.engine.search.SearchOperations.DEADLINE;
import static ai.bytesandbrains.engine.search.SearchOperations.ENCODING;
import static ai.bytesandbrains.engine.search.SearchOperations.END;
import static ai.bytesandbrains.engine.search.SearchOperations.INT;
import static ai.bytesandbrains.engine.search.SearchOperations.K;
import static ai.bytesandbrains.engine.search.SearchOperations.LOCAL;
import static ai.bytesandbrains.engine.search.SearchOperations.LONG;
import static ai.bytesandbrains.engine.search.SearchOperations.QUERY;
import static ai.bytesandbrains.engine.search.SearchOperations.REFUSED;
import static ai.bytesandbrains.engine.search.SearchOperations.REQUEST_ID;
import static ai.bytesandbrains.engine.search.SearchOperations.SCALE;

import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerSampling;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.PeerView;
import ai.bytesandbrains.engine.overlay.Protocol;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/// Federated search in its simplest form, both sides of it.
///
/// As asker: chooses peers from the peer sampling service, sends each the query, searches its own
/// index with the very same encoded query, merges what comes, and ends when everybody has answered
/// or the deadline is over. A query that the transport does not take yet is tried again at each
/// poll.
///
/// As answerer: searches its index within the call that brings the query. That is right for stores
/// which are searched in well under a millisecond.
///
/// Hits of different peers are different things even under the same id. Single-threaded; steady
/// state allocates nothing.
public final class FederatedSearch implements Protocol<SearchMessage>, AutoCloseable {

    /// The number of this protocol in frames.
    public static final int PROTOCOL_ID = 2;

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long FAR_NS = 1L << 60;

    private static final int PEER_HANDLE = 32;
    private static final int PEER_STATE = 40;
    private static final int UNSENT = 0;
    private static final int SENT = 1;
    private static final int SETTLED = 2;

    private final SearchOperations operations;
    private final MemorySegment memory;
    private final Index index;
    private final PeerTable table;
    private final PeerSampling sampling;
    private final RandomGenerator random;
    private final Outbox<SearchMessage> outbox;
    private final SearchCounters counters = new SearchCounters();
    private final Answers answers;
    private final PeerDescriptor self;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment encoded;
    private final MemorySegment floats;
    private final Neighbours found;
    private final PeerDescriptor descriptor = new PeerDescriptor();
    private final Outgoing request = new Outgoing();
    private final long[] running;
    private int runningCount;

    /// Makes the protocol of one node.
    ///
    /// @param self who asks, so that peers can answer
    /// @param operations the searches of the node; stays the caller's
    /// @param index what the node itself has; stays the caller's, searched on the agent's thread
    /// @param table the peers; stays the caller's
    /// @param sampling where peers to ask come from
    /// @param random the source of chance, request ids included
    /// @param outbox the way out
    /// @throws IllegalArgumentException if index and operations have different dimensions
    public FederatedSearch(
            Peer self,
            SearchOperations operations,
            Index index,
            PeerTable table,
            PeerSampling sampling,
            RandomGenerator random,
            Outbox<SearchMessage> outbox) {
        int dimensions = index.space().dimensions();
        if (operations.dimensions != dimensions) {
            throw new IllegalArgumentException(
                    "operations.dimensions=%d index.dimensions=%d: expected the same"
                            .formatted(operations.dimensions, dimensions));
        }
        this.self = new PeerDescriptor().set(self);
        this.operations = operations;
        this.memory = operations.memory;
        this.index = index;
        this.table = table;
        this.sampling = sampling;
        this.random = random;
        this.outbox = outbox;
        answers = new Answers(operations.limits, table, outbox, counters);
        encoded = arena.allocate((QueryEncoding.FLOAT32.encodedBytes(dimensions) + 7) & -8, 64);
        floats = arena.allocate(Float.BYTES * (long) dimensions, 64);
        found = new Neighbours(operations.limits.maxK());
        running = new long[operations.limits.concurrentSearches()];
    }

    /// {@return what was done so far}
    public SearchCounters counters() {
        return counters;
    }

    @Override
    public int protocolId() {
        return PROTOCOL_ID;
    }

    /// Starts a search that a caller has begun.
    ///
    /// @param op from [SearchOperations#begin]
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    public void start(long op, long nowNs) {
        long base = operations.baseOf(op);
        running[runningCount++] = op;
        counters.started++;
        memory.set(LONG, base + REQUEST_ID, random.nextLong());
        choosePeers(base);
        sendUnsent(base, nowNs);
        QueryEncoding.ofCode(memory.get(INT, base + ENCODING))
                .decode(
                        memory,
                        base + QUERY,
                        memory.get(SearchOperations.FLOAT, base + SCALE),
                        operations.dimensions,
                        floats,
                        0);
        if (searchHere(memory.get(INT, base + K)) == SearchStatus.OK) {
            for (int i = 0; i < found.size(); i++) {
                operations.insertHit(base, found.distanceAt(i), found.idAt(i), LOCAL);
            }
        }
        if (isSettled(base)) {
            conclude(runningCount - 1, nowNs);
        }
    }

    @Override
    public int poll(long nowNs) {
        int work = answers.poll(nowNs);
        for (int i = runningCount - 1; i >= 0; i--) {
            long base = operations.baseOf(running[i]);
            if (nowNs - memory.get(LONG, base + DEADLINE) >= 0
                    || operations.table().isAbandoned(running[i])) {
                conclude(i, nowNs);
                work++;
            } else {
                work += sendUnsent(base, nowNs);
            }
        }
        return work;
    }

    @Override
    public long nextDeadlineNs(long nowNs) {
        long wait = answers.isEmpty() ? FAR_NS : 0;
        for (int i = 0; i < runningCount; i++) {
            long base = operations.baseOf(running[i]);
            boolean unsent = memory.get(INT, base + ASKED) < memory.get(INT, base + CHOSEN);
            wait = Math.min(wait, unsent ? 0 : memory.get(LONG, base + DEADLINE) - nowNs);
        }
        return nowNs + Math.max(wait, 0);
    }

    @Override
    public int onMessage(long fromPeer, SearchMessage message, long nowNs) {
        return switch (message.kind()) {
            case REQUEST -> onRequest(fromPeer, (SearchRequest) message, nowNs);
            case RESPONSE -> onResponse(fromPeer, (SearchResponse) message, nowNs);
        };
    }

    @Override
    public void onConnectionFailed(long peer, long nowNs) {
        answers.dropFor(peer);
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

    /// Ends every search with what it has and gives back every reference.
    ///
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    public void stop(long nowNs) {
        while (runningCount > 0) {
            conclude(runningCount - 1, nowNs);
        }
    }

    /// Frees the memory. Searches must have been stopped.
    @Override
    public void close() {
        answers.close();
        found.close();
        arena.close();
    }

    // ---- asker

    /// A random choice without repetition from the view (reservoir sampling), all if all are
    /// wanted.
    private void choosePeers(long base) {
        PeerView view = sampling.view();
        int wanted = memory.get(INT, base + ASK_PEERS);
        int chosen = Math.min(wanted, view.size());
        for (int i = 0; i < view.size() && wanted > 0; i++) {
            int place = i < chosen ? i : random.nextInt(i + 1);
            if (place < chosen) {
                memory.set(LONG, operations.peerOf(base, place) + PEER_HANDLE, view.peerAt(i));
            }
        }
        for (int i = 0; i < chosen; i++) {
            long at = operations.peerOf(base, i);
            long peer = memory.get(LONG, at + PEER_HANDLE);
            table.retain(peer);
            table.describe(peer, descriptor);
            memory.set(LONG, at, descriptor.shortId());
            memory.set(LONG, at + 8, descriptor.id1());
            memory.set(LONG, at + 16, descriptor.id2());
            memory.set(LONG, at + 24, descriptor.id3());
            memory.set(INT, at + PEER_STATE, UNSENT);
        }
        memory.set(INT, base + CHOSEN, chosen);
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

    private int onResponse(long fromPeer, SearchResponse response, long nowNs) {
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

    private void merge(long base, int peer, SearchResponse response) {
        setPeerState(base, peer, SETTLED);
        if (response.status() != SearchStatus.OK) {
            increment(base + REFUSED);
        } else if (!isSound(response, memory.get(INT, base + K))) {
            counters.rejected++;
            increment(base + REFUSED);
        } else {
            increment(base + ANSWERED);
            for (int i = 0; i < response.size(); i++) {
                operations.insertHit(base, response.distanceAt(i), response.idAt(i), peer);
            }
        }
    }

    /// No more hits than asked for, and every distance a number; a lie that is well-formed is found
    /// out only by asking for the vectors.
    private static boolean isSound(SearchResponse response, int k) {
        if (response.size() > k) {
            return false;
        }
        for (int i = 0; i < response.size(); i++) {
            if (Float.isNaN(response.distanceAt(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean isSettled(long base) {
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
        for (int i = 0; i < chosen; i++) {
            table.release(memory.get(LONG, operations.peerOf(base, i) + PEER_HANDLE));
        }
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

    // ---- answerer

    private int onRequest(long fromPeer, SearchRequest in, long nowNs) {
        in.asker(descriptor);
        long asker =
                descriptor.shortId() == self.shortId()
                        ? PeerTable.NULL_PEER
                        : table.acquire(descriptor);
        boolean known = fromPeer == PeerTable.NULL_PEER || fromPeer == asker;
        if (asker != PeerTable.NULL_PEER && known) {
            answer(asker, in, nowNs);
        } else {
            counters.rejected++;
        }
        if (asker != PeerTable.NULL_PEER) {
            table.release(asker);
        }
        return 1;
    }

    private void answer(long asker, SearchRequest in, long nowNs) {
        long budget = Math.clamp(in.budgetNs(), 0, 1L << 50);
        SearchStatus status = check(in);
        if (status == SearchStatus.OK) {
            decode(in);
            status = searchHere(in.k());
        }
        boolean searched = status == SearchStatus.OK;
        if (searched) {
            counters.answered++;
        } else {
            counters.refused++;
        }
        answers.give(asker, in.requestId(), status, searched ? found : null, nowNs + budget);
    }

    private SearchStatus check(SearchRequest in) {
        if (in.dimensions() != operations.dimensions) {
            return SearchStatus.WRONG_DIMENSIONS;
        }
        if (in.metric() != index.space().metric()) {
            return SearchStatus.WRONG_METRIC;
        }
        if (in.k() < 1 || in.k() > operations.limits.maxK()) {
            return SearchStatus.TOO_MANY_WANTED;
        }
        return answers.hasRoom() ? SearchStatus.OK : SearchStatus.OVERLOADED;
    }

    private void decode(SearchRequest in) {
        int words = (in.encoding().encodedBytes(operations.dimensions) + 7) / Long.BYTES;
        for (int word = 0; word < words; word++) {
            encoded.set(WORD, (long) word * Long.BYTES, in.queryWordAt(word));
        }
        in.encoding().decode(encoded, 0, in.scale(), operations.dimensions, floats, 0);
    }

    /// Searches the node's own index for the query in `floats`. Only the index knows which queries
    /// have a place in its space, and it says so by an exception; here, where queries come from
    /// strangers, that becomes a status.
    private SearchStatus searchHere(int k) {
        try {
            index.search(floats, 0, k, found);
            return SearchStatus.OK;
        } catch (IllegalArgumentException refused) {
            return SearchStatus.BAD_QUERY;
        }
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
            return index.space().metric();
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
