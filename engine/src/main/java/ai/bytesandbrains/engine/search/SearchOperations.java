package ai.bytesandbrains.engine.search;

import static ai.bytesandbrains.engine.search.SearchSlots.ANSWERED;
import static ai.bytesandbrains.engine.search.SearchSlots.ASKED;
import static ai.bytesandbrains.engine.search.SearchSlots.ASK_PEERS;
import static ai.bytesandbrains.engine.search.SearchSlots.CANDIDATES;
import static ai.bytesandbrains.engine.search.SearchSlots.CHOICE;
import static ai.bytesandbrains.engine.search.SearchSlots.CHOSEN;
import static ai.bytesandbrains.engine.search.SearchSlots.DEADLINE;
import static ai.bytesandbrains.engine.search.SearchSlots.ENCODING;
import static ai.bytesandbrains.engine.search.SearchSlots.END;
import static ai.bytesandbrains.engine.search.SearchSlots.FETCH_FROM;
import static ai.bytesandbrains.engine.search.SearchSlots.FILTER_FLAGS;
import static ai.bytesandbrains.engine.search.SearchSlots.FILTER_RANGES;
import static ai.bytesandbrains.engine.search.SearchSlots.FILTER_TAG;
import static ai.bytesandbrains.engine.search.SearchSlots.FLOAT;
import static ai.bytesandbrains.engine.search.SearchSlots.HITS;
import static ai.bytesandbrains.engine.search.SearchSlots.K;
import static ai.bytesandbrains.engine.search.SearchSlots.LONG;
import static ai.bytesandbrains.engine.search.SearchSlots.MISSTATED;
import static ai.bytesandbrains.engine.search.SearchSlots.PEER_HANDLE;
import static ai.bytesandbrains.engine.search.SearchSlots.PROBED;
import static ai.bytesandbrains.engine.search.SearchSlots.QUERY;
import static ai.bytesandbrains.engine.search.SearchSlots.REACH;
import static ai.bytesandbrains.engine.search.SearchSlots.REFUSED;
import static ai.bytesandbrains.engine.search.SearchSlots.RERANK;
import static ai.bytesandbrains.engine.search.SearchSlots.SCALE;
import static ai.bytesandbrains.engine.search.SearchSlots.SEPARATION;
import static ai.bytesandbrains.engine.search.SearchSlots.START;
import static ai.bytesandbrains.engine.search.SearchSlots.VECTORS_MISSING;
import static ai.bytesandbrains.engine.search.SearchSlots.VECTORS_WANTED;

import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.op.OperationSlots;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.MemorySegment;
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
/// Begin, the reading methods and finish allocate nothing; [#result] does.
public final class SearchOperations extends OperationSlots {

    /// The most dimensions a query can have.
    public static final int MAX_DIMENSIONS = EmbeddingSpace.MAX_DIMENSIONS;

    final SearchSlots slots;
    final SearchLimits limits;
    final int dimensions;

    private final MemorySegment memory;
    private final PeerId self;
    private final EmbeddingSpace space;

    /// Allocates the slots.
    ///
    /// @param self the node's identity, which its own hits carry
    /// @param space what queries are measured in
    /// @param limits how many searches, neighbours and peers
    /// @throws IllegalArgumentException if the space has more than [#MAX_DIMENSIONS], its vectors
    ///     are not floats, which are what messages carry, or its metric is [Metric#OTHER]
    public SearchOperations(PeerId self, EmbeddingSpace space, SearchLimits limits) {
        super(limits.concurrentSearches(), SearchSlots.bytes(checkedDimensions(space), limits));
        this.self = self;
        this.space = space;
        this.limits = limits;
        dimensions = space.dimensions();
        memory = memory();
        slots = new SearchSlots(memory, dimensions, limits);
    }

    private static int checkedDimensions(EmbeddingSpace space) {
        int dimensions = space.dimensions();
        if (dimensions > MAX_DIMENSIONS) {
            throw new IllegalArgumentException(
                    "dimensions=%d: expected at most %d".formatted(dimensions, MAX_DIMENSIONS));
        }
        Vectors.checkFloats(space);
        if (space.metric() == Metric.OTHER) {
            throw new IllegalArgumentException(
                    "metric=OTHER: messages have no name for what this space measures");
        }
        return dimensions;
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
        long op = states().claim();
        if (op == OpTable.NULL_OP) {
            return op;
        }
        long base = baseOf(op);
        // All counters are zero, and own hits exact, as long as nothing else is said.
        for (int at = 0; at < QUERY; at += Long.BYTES) {
            slots.set(base, at, 0L);
        }
        slots.set(base, K, parameters.k());
        slots.set(base, ASK_PEERS, askPeers(parameters));
        slots.set(base, ENCODING, parameters.encoding().code());
        slots.set(
                base,
                SCALE,
                parameters.encoding().encode(query, offset, dimensions, memory, base + QUERY));
        slots.set(base, START, nowNs);
        slots.set(base, DEADLINE, nowNs + parameters.deadlineNs());
        slots.set(base, FETCH_FROM, nowNs + parameters.deadlineNs() / 4 * 3);
        slots.set(base, CHOICE, parameters.choice().code());
        slots.set(base, REACH, parameters.reach().code());
        slots.set(base, SEPARATION, Float.NaN);
        slots.set(base, RERANK, parameters.rerank());
        slots.set(base, CANDIDATES, SearchSlots.kept(parameters.k(), parameters.rerank(), limits));
        writeFilter(base, parameters.filter());
        writeGiven(base, parameters.given());
        states().submit(op);
        return op;
    }

    /// As many as there is room for; what has a meaning of its own stays.
    private int askPeers(SearchParameters parameters) {
        int wanted = parameters.askPeers();
        boolean named = wanted == SearchParameters.ALL || wanted == SearchParameters.FEW;
        return named ? wanted : Math.min(wanted, limits.maxPeers());
    }

    private void writeFilter(long base, SearchFilter filter) {
        slots.set(base, FILTER_FLAGS, filter.flags());
        slots.set(base, FILTER_TAG, filter.tag());
        slots.set(base, FILTER_RANGES, filter.ranges());
        for (int i = 0; i < 2 * filter.ranges(); i++) {
            memory.set(LONG, slots.boundAt(base, i), filter.boundAt(i));
        }
    }

    private void writeGiven(long base, List<PeerId> given) {
        for (int i = 0; i < given.size(); i++) {
            PeerId id = given.get(i);
            long at = slots.peerAt(base, i);
            memory.set(LONG, at, id.word0());
            memory.set(LONG, at + 8, id.word1());
            memory.set(LONG, at + 16, id.word2());
            memory.set(LONG, at + 24, id.word3());
            memory.set(LONG, at + PEER_HANDLE, PeerTable.NULL_PEER);
        }
        slots.set(base, CHOSEN, given.size());
    }

    /// {@return the components of every query}
    public int dimensions() {
        return dimensions;
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
        return slots.idOf(hitOf(op, index));
    }

    /// {@return the distance of a neighbour; of one that was measured by its code, with what codes
    /// underestimate on average}
    ///
    /// @param op a finished search
    /// @param index from 0, nearest first
    public float distanceAt(long op, int index) {
        return slots.distanceOf(hitOf(op, index));
    }

    /// {@return on what the distance of a neighbour was measured, and by whom}
    ///
    /// @param op a finished search
    /// @param index from 0, nearest first
    public DistanceForm formAt(long op, int index) {
        long hit = hitOf(op, index);
        if (slots.stateOf(hit) == SearchSlots.MEASURED) {
            return DistanceForm.VERIFIED;
        }
        boolean adc = slots.isAdc(baseOf(op), slots.peerOf(hit));
        return adc ? DistanceForm.ADC : DistanceForm.EXACT;
    }

    /// {@return how the distance of a neighbour came about; allocates}
    ///
    /// @param op a finished search
    /// @param index from 0, nearest first
    public Measured measuredAt(long op, int index) {
        return switch (formAt(op, index)) {
            case EXACT -> Measured.EXACT;
            case VERIFIED -> Measured.VERIFIED;
            case ADC -> {
                int peer = slots.peerOf(hitOf(op, index));
                long at = slots.measureAt(baseOf(op), peer);
                yield new Measured(
                        DistanceForm.ADC,
                        memory.get(LONG, at + SearchSlots.CODEBOOK_HIGH),
                        memory.get(LONG, at + SearchSlots.CODEBOOK_LOW),
                        memory.get(FLOAT, at + SearchSlots.ERROR));
            }
        };
    }

    /// {@return the identity of the peer that has a neighbour; allocates}
    ///
    /// @param op a finished search
    /// @param index from 0, nearest first
    public PeerId peerAt(long op, int index) {
        int peer = slots.peerOf(hitOf(op, index));
        if (peer == SearchSlots.LOCAL) {
            return self;
        }
        long at = slots.peerAt(baseOf(op), peer);
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

    /// {@return how many hits were to be measured again on their vectors}
    ///
    /// @param op a finished search
    public int vectorsWanted(long op) {
        return read(op, VECTORS_WANTED);
    }

    /// {@return how many of them were not, because the vectors did not come in time or not at all}
    ///
    /// @param op a finished search
    public int vectorsMissing(long op) {
        return read(op, VECTORS_MISSING);
    }

    /// {@return how many of them have another distance than their peers said, by more than rounding
    /// and codes explain}
    ///
    /// @param op a finished search
    public int misstated(long op) {
        return read(op, MISSTATED);
    }

    /// {@return how well the profiles of peers told them apart: about 0.5 where data is spread at
    /// random, so that nobody is a better one to ask than anybody, up to 1; NaN where that is not
    /// known}
    ///
    /// @param op a finished search
    public float separation(long op) {
        requireFinished(op);
        return slots.getFloat(baseOf(op), SEPARATION);
    }

    /// {@return nanoseconds from begin to the result}
    ///
    /// @param op a finished search
    public long elapsedNs(long op) {
        requireFinished(op);
        // The agent's clock reading may be some microseconds older than the caller's.
        long base = baseOf(op);
        return Math.max(0, slots.getLong(base, END) - slots.getLong(base, START));
    }

    /// {@return everything as a value; allocates}
    ///
    /// @param op a finished search
    public SearchResult result(long op) {
        List<SearchResult.Hit> found = new ArrayList<>();
        for (int i = 0; i < hits(op); i++) {
            found.add(
                    new SearchResult.Hit(
                            peerAt(op, i), idAt(op, i), distanceAt(op, i), measuredAt(op, i)));
        }
        return new SearchResult(
                found,
                peersChosen(op),
                peersAsked(op),
                peersAnswered(op),
                peersRefused(op),
                peersProbed(op),
                vectorsWanted(op),
                vectorsMissing(op),
                misstated(op),
                separation(op),
                elapsedNs(op));
    }

    // ---- the agent's side

    OpTable table() {
        return states();
    }

    long baseOf(long op) {
        return offsetOf(op);
    }

    private int read(long op, int counter) {
        requireFinished(op);
        return slots.getInt(baseOf(op), counter);
    }

    private long hitOf(long op, int index) {
        int size = read(op, HITS);
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index=" + index + ": expected 0 to " + (size - 1));
        }
        return slots.hitAt(baseOf(op), index);
    }
}
