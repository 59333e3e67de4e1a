package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// The searches of a node: a fixed number of off-heap slots in which a caller of any thread puts a
/// query and finds the result. Between [#begin] and [#isFinished] the slot is the agent's, and the
/// [OpTable] holds both sides to that.
///
/// ```
///   long op = operations.begin(query, 0, parameters, nowNs);   // NULL_OP: too many at once
///   ... hand op to the agent ...
///   if (operations.isFinished(op)) {
///       for (int i = 0; i < operations.hits(op); i++) { operations.idAt(op, i) ... }
///       operations.finish(op);
///   }
/// ```
///
/// A slot, with D = the query's encoded bytes rounded up to eight, P = peers, K = neighbours:
///
/// ```
///   0  k 4, peers wanted 4
///   8  encoding 4, scale f4
///  16  start time 8
///  24  deadline 8
///  32  end time 8
///  40  request id 8
///  48  chosen 4, asked 4
///  56  answered 4, refused 4
///  64  hits 4, choice 4
///  72  exploration 8
///  80  probed 4, reach 4
///  88  separation f4, unused 4
///  96  query  D
///      peers  P x { identity 32, handle 8, state 4, unused 4 }
///      hits   K x { id 8, distance f4, peer index 4 (-1 = the node itself) }
/// ```
///
/// Begin, the reading methods and finish allocate nothing; [#result] does.
public final class SearchOperations implements AutoCloseable {

    /// The most dimensions a query can have.
    public static final int MAX_DIMENSIONS = EmbeddingSpace.MAX_DIMENSIONS;

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    static final int K = 0;
    static final int ASK_PEERS = 4;
    static final int ENCODING = 8;
    static final int SCALE = 12;
    static final int START = 16;
    static final int DEADLINE = 24;
    static final int END = 32;
    static final int REQUEST_ID = 40;
    static final int CHOSEN = 48;
    static final int ASKED = 52;
    static final int ANSWERED = 56;
    static final int REFUSED = 60;
    static final int HITS = 64;
    static final int CHOICE = 68;
    static final int EXPLORATION = 72;
    static final int PROBED = 80;
    static final int REACH = 84;
    static final int SEPARATION = 88;
    static final int QUERY = 96;
    static final int PEER_BYTES = 48;
    static final int HIT_BYTES = 16;
    static final int LOCAL = -1;

    static final int PEER_HANDLE = 32;
    static final int PEER_STATE = 40;

    /// The states of a peer.
    static final int UNSENT = 0;

    static final int SENT = 1;
    static final int SETTLED = 2;

    final MemorySegment memory;
    final SearchLimits limits;
    final int dimensions;

    private final Arena arena = Arena.ofShared();
    private final OpTable table;
    private final PeerId self;
    private final EmbeddingSpace space;
    private final int peersOffset;
    private final int hitsOffset;
    private final long slotBytes;

    /// Allocates the slots.
    ///
    /// @param self the node's identity, which its own hits carry
    /// @param space what queries are measured in
    /// @param limits how many searches, neighbours and peers
    /// @throws IllegalArgumentException if the space has more than [#MAX_DIMENSIONS], its vectors
    ///     are not floats, which are what messages carry, or its metric is [Metric#OTHER]
    public SearchOperations(PeerId self, EmbeddingSpace space, SearchLimits limits) {
        this.self = self;
        this.space = space;
        this.dimensions = space.dimensions();
        if (dimensions > MAX_DIMENSIONS) {
            throw new IllegalArgumentException(
                    "dimensions=%d: expected at most %d".formatted(dimensions, MAX_DIMENSIONS));
        }
        Vectors.checkFloats(space);
        if (space.metric() == Metric.OTHER) {
            throw new IllegalArgumentException(
                    "metric=OTHER: messages have no name for what this space measures");
        }
        this.limits = limits;
        int queryBytes = (QueryEncoding.FLOAT32.encodedBytes(dimensions) + 7) & -8;
        peersOffset = QUERY + queryBytes;
        hitsOffset = peersOffset + limits.maxPeers() * PEER_BYTES;
        slotBytes = hitsOffset + (long) limits.maxK() * HIT_BYTES;
        table = new OpTable(limits.concurrentSearches());
        memory = arena.allocate(slotBytes * limits.concurrentSearches(), 64);
    }

    /// Puts a query into a free slot and submits it. It then has to be handed to the agent, as an
    /// argument of [FederatedSearch#start].
    ///
    /// @param query holds the query's float32 components; copied
    /// @param offset where, in bytes
    /// @param parameters what is wanted
    /// @param nowNs the time, from which the deadline counts
    /// @return a handle, or [OpTable#NULL_OP] if as many searches as allowed are on their way
    /// @throws IllegalArgumentException if the query is not finite or not inside the segment, or
    ///     more is wanted than the limits allow
    public long begin(MemorySegment query, long offset, SearchParameters parameters, long nowNs) {
        if (parameters.k() > limits.maxK()) {
            throw new IllegalArgumentException(
                    "k=" + parameters.k() + ": expected 1 to maxK=" + limits.maxK());
        }
        if (parameters.given().size() > limits.maxPeers()) {
            throw new IllegalArgumentException(
                    "given=%d peers: expected at most maxPeers=%d"
                            .formatted(parameters.given().size(), limits.maxPeers()));
        }
        Vectors.checkRange("query", query, offset, 0, 1, dimensions);
        Vectors.checkFinite("query", query, offset, dimensions);
        // A query that has no distance to itself has none to anything: the space says why.
        space.distance(query, offset, query, offset);
        long op = table.claim();
        if (op == OpTable.NULL_OP) {
            return op;
        }
        long base = baseOf(op);
        memory.set(INT, base + K, parameters.k());
        memory.set(INT, base + ASK_PEERS, askPeers(parameters));
        memory.set(INT, base + ENCODING, parameters.encoding().code());
        float scale = parameters.encoding().encode(query, offset, dimensions, memory, base + QUERY);
        memory.set(FLOAT, base + SCALE, scale);
        memory.set(LONG, base + START, nowNs);
        memory.set(LONG, base + DEADLINE, nowNs + parameters.deadlineNs());
        for (int counter = CHOSEN; counter <= HITS; counter += Integer.BYTES) {
            memory.set(INT, base + counter, 0);
        }
        memory.set(INT, base + CHOICE, parameters.choice().code());
        memory.set(INT, base + REACH, parameters.reach().code());
        memory.set(LONG, base + EXPLORATION, 0);
        memory.set(INT, base + PROBED, 0);
        memory.set(FLOAT, base + SEPARATION, Float.NaN);
        writeGiven(base, parameters.given());
        table.submit(op);
        return op;
    }

    /// As many as there is room for; what has a meaning of its own stays.
    private int askPeers(SearchParameters parameters) {
        int wanted = parameters.askPeers();
        boolean named = wanted == SearchParameters.ALL || wanted == SearchParameters.FEW;
        return named ? wanted : Math.min(wanted, limits.maxPeers());
    }

    private void writeGiven(long base, List<PeerId> given) {
        for (int i = 0; i < given.size(); i++) {
            PeerId id = given.get(i);
            long at = peerOf(base, i);
            memory.set(LONG, at, id.word0());
            memory.set(LONG, at + 8, id.word1());
            memory.set(LONG, at + 16, id.word2());
            memory.set(LONG, at + 24, id.word3());
            memory.set(LONG, at + PEER_HANDLE, PeerTable.NULL_PEER);
        }
        memory.set(INT, base + CHOSEN, given.size());
    }

    /// {@return whether the result is there}
    ///
    /// @param op a handle that is not finished
    /// @throws IllegalStateException if the handle is stale, or the result will never be there
    ///     since the operations are closed: whoever waits in a loop is released
    public boolean isFinished(long op) {
        boolean finished = table.isFinished(op);
        if (!finished && !arena.scope().isAlive()) {
            throw new IllegalStateException("operation=0x%016x: its node is closed".formatted(op));
        }
        return finished;
    }

    /// {@return the components of every query}
    public int dimensions() {
        return dimensions;
    }

    /// Takes back a search that was begun but never handed to the agent.
    ///
    /// @param op its handle, stale from now on
    public void withdraw(long op) {
        table.withdraw(op);
    }

    /// Gives up a search that is on its way: nobody will read its result.
    ///
    /// @param op its handle, stale from now on
    public void abandon(long op) {
        table.abandon(op);
    }

    /// Frees the slot of a result that has been read.
    ///
    /// @param op its handle, stale from now on
    public void finish(long op) {
        table.finish(op);
    }

    /// {@return how many neighbours were found}
    ///
    /// @param op a finished search
    public int hits(long op) {
        return read(op, HITS);
    }

    /// {@return the external id of a neighbour}
    ///
    /// @param op a finished search
    /// @param index from 0, nearest first
    public long idAt(long op, int index) {
        return memory.get(LONG, hitOf(op, index));
    }

    /// {@return the distance of a neighbour}
    ///
    /// @param op a finished search
    /// @param index from 0, nearest first
    public float distanceAt(long op, int index) {
        return memory.get(FLOAT, hitOf(op, index) + 8);
    }

    /// {@return the identity of the peer that has a neighbour; allocates}
    ///
    /// @param op a finished search
    /// @param index from 0, nearest first
    public PeerId peerAt(long op, int index) {
        int peer = memory.get(INT, hitOf(op, index) + 12);
        if (peer == LOCAL) {
            return self;
        }
        long at = peerOf(baseOf(op), peer);
        return new PeerId(
                memory.get(LONG, at),
                memory.get(LONG, at + 8),
                memory.get(LONG, at + 16),
                memory.get(LONG, at + 24));
    }

    /// {@return how many peers the search wanted to ask}
    ///
    /// @param op a finished search
    public int peersChosen(long op) {
        return read(op, CHOSEN);
    }

    /// {@return how many peers it sent the query to}
    ///
    /// @param op a finished search
    public int peersAsked(long op) {
        return read(op, ASKED);
    }

    /// {@return how many peers answered in time}
    ///
    /// @param op a finished search
    public int peersAnswered(long op) {
        return read(op, ANSWERED);
    }

    /// {@return how many peers refused the query}
    ///
    /// @param op a finished search
    public int peersRefused(long op) {
        return read(op, REFUSED);
    }

    /// {@return how many peers were asked who has what is near, and did not answer that; those that
    /// did are among [#peersAsked]}
    ///
    /// @param op a finished search
    public int peersProbed(long op) {
        return read(op, PROBED);
    }

    /// {@return how well the profiles of peers told them apart: about 0.5 where data is spread at
    /// random, so that nobody is a better one to ask than anybody, up to 1; NaN where that is not
    /// known}
    ///
    /// @param op a finished search
    public float separation(long op) {
        requireFinished(op);
        return memory.get(FLOAT, baseOf(op) + SEPARATION);
    }

    /// {@return nanoseconds from begin to the result}
    ///
    /// @param op a finished search
    public long elapsedNs(long op) {
        requireFinished(op);
        // The agent's clock reading may be some microseconds older than the caller's.
        long elapsed = memory.get(LONG, baseOf(op) + END) - memory.get(LONG, baseOf(op) + START);
        return Math.max(0, elapsed);
    }

    /// {@return everything as a value; allocates}
    ///
    /// @param op a finished search
    public SearchResult result(long op) {
        List<SearchResult.Hit> found = new ArrayList<>();
        for (int i = 0; i < hits(op); i++) {
            found.add(new SearchResult.Hit(peerAt(op, i), idAt(op, i), distanceAt(op, i)));
        }
        return new SearchResult(
                found,
                peersChosen(op),
                peersAsked(op),
                peersAnswered(op),
                peersRefused(op),
                peersProbed(op),
                separation(op),
                elapsedNs(op));
    }

    /// Frees the memory. Searches that are on their way must be over. Closing twice is allowed.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    // ---- the agent's side

    OpTable table() {
        return table;
    }

    long baseOf(long op) {
        return OpTable.slotOf(op) * slotBytes;
    }

    long peerOf(long base, int index) {
        return base + peersOffset + (long) index * PEER_BYTES;
    }

    long hitAt(long base, int index) {
        return base + hitsOffset + (long) index * HIT_BYTES;
    }

    /// Puts a hit in its place among the k best: by distance, then id, then peer.
    void insertHit(long base, float distance, long id, int peer) {
        int k = memory.get(INT, base + K);
        int size = memory.get(INT, base + HITS);
        if (size == k && !precedes(distance, id, peer, hitAt(base, k - 1))) {
            return;
        }
        int at = size < k ? size : k - 1;
        while (at > 0 && precedes(distance, id, peer, hitAt(base, at - 1))) {
            MemorySegment.copy(memory, hitAt(base, at - 1), memory, hitAt(base, at), HIT_BYTES);
            at--;
        }
        memory.set(LONG, hitAt(base, at), id);
        memory.set(FLOAT, hitAt(base, at) + 8, distance);
        memory.set(INT, hitAt(base, at) + 12, peer);
        memory.set(INT, base + HITS, Math.min(size + 1, k));
    }

    private boolean precedes(float distance, long id, int peer, long hit) {
        int order = Float.compare(distance, memory.get(FLOAT, hit + 8));
        if (order == 0) {
            order = Long.compare(id, memory.get(LONG, hit));
        }
        if (order == 0) {
            order = Integer.compare(peer, memory.get(INT, hit + 12));
        }
        return order < 0;
    }

    private int read(long op, int counter) {
        requireFinished(op);
        return memory.get(INT, baseOf(op) + counter);
    }

    private long hitOf(long op, int index) {
        int size = read(op, HITS);
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index=" + index + ": expected 0 to " + (size - 1));
        }
        return hitAt(baseOf(op), index);
    }

    private void requireFinished(long op) {
        if (!table.isFinished(op)) {
            throw new IllegalStateException("operation=0x%016x is not finished".formatted(op));
        }
    }
}
