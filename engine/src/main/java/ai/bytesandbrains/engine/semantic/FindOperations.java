package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.op.OperationSlots;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The finds of a node: a fixed number of off-heap slots in which a caller of any thread puts a
/// vector and finds the peers whose profiles are nearest to it. Between [#begin] and [#isFinished]
/// the slot is the agent's, and the [OpTable] holds both sides to that.
///
/// ```
///   long op = operations.begin(vector, 0, FindParameters.nearest(6), nowNs);
///   ... hand op to the agent ...
///   if (operations.isFinished(op)) {
///       for (int i = 0; i < operations.peersFound(op); i++) { operations.peerAt(op, i) ... }
///       operations.finish(op);
///   }
/// ```
///
/// A slot, with B = twice [FindParameters#MAX_BEAM]:
///
/// ```
///   0  peers wanted 4, beam 4
///   8  farthest 4, hops 4
///  16  start time 8
///  24  deadline 8
///  32  end time 8
///  40  request id 8
///  48  asked 4, answered 4
///  56  candidates 4, slot of the node 4
///  64  most asked 4, unused 4
///  72  the longest that an answer took 8, unused 48
/// 128  the vector as a row, then prepared
///      candidates  B x { identity 32, handle 8, asked at 8, key f4, state 1, tries 1, hops 2 }
/// ```
///
/// A candidate's key is its distance, negated where the farthest are wanted; candidates are sorted
/// by it. Begin, the reading methods and finish allocate nothing, [#peers] and [#peerAt] do.
public final class FindOperations extends OperationSlots {

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    static final int WANTED = 0;
    static final int BEAM = 4;
    static final int FARTHEST = 8;
    static final int HOPS = 12;
    static final int START = 16;
    static final int DEADLINE = 24;
    static final int END = 32;
    static final int REQUEST_ID = 40;
    static final int ASKED = 48;
    static final int ANSWERED = 52;
    static final int CANDIDATES = 56;
    static final int NODE = 60;
    static final int MOST_ASKED = 64;
    static final int SLOWEST = 72;
    static final int ROW = 128;

    static final int CANDIDATE_BYTES = 56;
    static final int HANDLE = 32;
    static final int ASKED_AT = 40;
    static final int KEY = 48;
    static final int STATE = 52;
    static final int TRIES = 53;
    static final int HOP = 54;

    static final int MAX_CANDIDATES = 2 * FindParameters.MAX_BEAM;

    /// The states of a candidate.
    static final int NEW = 0;

    static final int WAITING = 1;
    static final int REPLIED = 2;

    /// Asked more than once: others are not kept waiting for it.
    static final int LATE = 3;

    static final int SILENT = 4;

    private static final int MAX_CONCURRENT = 1 << 16;

    final MemorySegment memory;
    final SemanticConfig config;
    final long preparedOffset;
    final int capacity;

    private final Int8Space rows;
    private final long candidatesOffset;

    /// Allocates the slots.
    ///
    /// @param config the parameters of the overlay
    /// @param concurrentFinds the most finds at once, from 1
    /// @throws IllegalArgumentException if the number is out of range
    public FindOperations(SemanticConfig config, int concurrentFinds) {
        this(
                config,
                checkConcurrent(concurrentFinds),
                new Int8Space(config.metric(), config.dimensions()));
    }

    private FindOperations(SemanticConfig config, int concurrentFinds, Int8Space rows) {
        super(
                concurrentFinds,
                aligned(candidatesOffset(rows) + (long) MAX_CANDIDATES * CANDIDATE_BYTES));
        this.config = config;
        this.rows = rows;
        capacity = concurrentFinds;
        preparedOffset = preparedOffset(rows);
        candidatesOffset = candidatesOffset(rows);
        memory = memory();
    }

    private static int checkConcurrent(int finds) {
        if (finds < 1 || finds > MAX_CONCURRENT) {
            throw new IllegalArgumentException(
                    "concurrentFinds=%d: expected 1 to %d".formatted(finds, MAX_CONCURRENT));
        }
        return finds;
    }

    private static long preparedOffset(Int8Space rows) {
        return aligned(ROW + rows.rowBytes());
    }

    private static long candidatesOffset(Int8Space rows) {
        return aligned(preparedOffset(rows) + rows.preparedBytes());
    }

    /// {@return how many peers so many finds can hold references to at once}
    ///
    /// @param finds how many
    public static int maxReferencedPeers(int finds) {
        return finds * MAX_CANDIDATES;
    }

    /// Puts a vector into a free slot and submits it. It then has to be handed to the agent, as an
    /// argument of [SemanticOverlay#start].
    ///
    /// @param vector holds `dimensions` float32 components; copied
    /// @param offset where, in bytes
    /// @param parameters what is wanted
    /// @param nowNs the time, from which the deadline counts
    /// @return a handle, or [OpTable#NULL_OP] if as many finds as allowed are on their way
    /// @throws IllegalArgumentException if the vector is not finite, not inside the segment, or has
    ///     no direction where the metric needs one
    public long begin(MemorySegment vector, long offset, FindParameters parameters, long nowNs) {
        Objects.requireNonNull(parameters, "parameters");
        int mode = parameters.farthest() ? 1 : 0;
        return begin(
                vector,
                offset,
                parameters.peers(),
                parameters.beam(),
                mode,
                MAX_CANDIDATES,
                parameters.deadlineNs(),
                nowNs);
    }

    /// A find of the nearest that asks no more than so many peers.
    long begin(
            MemorySegment vector, long offset, int peers, int mostAsked, long timeNs, long nowNs) {
        return begin(vector, offset, peers, peers, 0, mostAsked, timeNs, nowNs);
    }

    private long begin(
            MemorySegment vector,
            long offset,
            int peers,
            int beam,
            int farthest,
            int mostAsked,
            long timeNs,
            long nowNs) {
        Vectors.checkRange("vector", vector, offset, 0, 1, config.dimensions());
        Vectors.checkFinite("vector", vector, offset, config.dimensions());
        // A vector that has no distance to itself has none to anything: the space says why.
        rows.distance(vector, offset, vector, offset);
        long op = states().claim();
        if (op == OpTable.NULL_OP) {
            return op;
        }
        long base = baseOf(op);
        rows.storeRow(vector, offset, memory, base + ROW);
        memory.set(INT, base + WANTED, peers);
        memory.set(INT, base + BEAM, beam);
        memory.set(INT, base + FARTHEST, farthest);
        memory.set(INT, base + MOST_ASKED, mostAsked);
        memory.set(LONG, base + START, nowNs);
        memory.set(LONG, base + DEADLINE, nowNs + timeNs);
        memory.set(INT, base + HOPS, 0);
        memory.set(INT, base + ASKED, 0);
        memory.set(INT, base + ANSWERED, 0);
        memory.set(LONG, base + SLOWEST, 0);
        memory.set(INT, base + CANDIDATES, 0);
        states().submit(op);
        return op;
    }

    /// {@return how many peers were found, at most as many as wanted}
    ///
    /// @param op a finished find
    public int peersFound(long op) {
        return Math.min(read(op, WANTED), read(op, CANDIDATES));
    }

    /// {@return the identity of a peer; allocates}
    ///
    /// @param op a finished find
    /// @param index from 0, best first
    public PeerId peerAt(long op, int index) {
        long at = foundAt(op, index);
        return new PeerId(
                memory.get(LONG, at),
                memory.get(LONG, at + 8),
                memory.get(LONG, at + 16),
                memory.get(LONG, at + 24));
    }

    /// {@return the first 64 bits of the identity of a peer}
    ///
    /// @param op a finished find
    /// @param index from 0, best first
    public long shortIdAt(long op, int index) {
        return memory.get(LONG, foundAt(op, index));
    }

    /// {@return the distance of a peer's nearest profile, up to the rounding of int8}
    ///
    /// @param op a finished find
    /// @param index from 0, best first
    public float distanceAt(long op, int index) {
        float key = memory.get(FLOAT, foundAt(op, index) + KEY);
        return read(op, FARTHEST) == 0 ? key : -key;
    }

    /// {@return how many peers were asked}
    ///
    /// @param op a finished find
    public int peersAsked(long op) {
        return read(op, ASKED);
    }

    /// {@return how many peers answered in time}
    ///
    /// @param op a finished find
    public int peersAnswered(long op) {
        return read(op, ANSWERED);
    }

    /// {@return how many peers had to be asked one after the other to hear of the best one: 0 if
    /// the node knew it}
    ///
    /// @param op a finished find
    public int hops(long op) {
        return read(op, HOPS);
    }

    /// {@return nanoseconds from begin to the result}
    ///
    /// @param op a finished find
    public long elapsedNs(long op) {
        requireFinished(op);
        long elapsed = memory.get(LONG, baseOf(op) + END) - memory.get(LONG, baseOf(op) + START);
        return Math.max(0, elapsed);
    }

    /// {@return everything as a value; allocates}
    ///
    /// @param op a finished find
    public FindResult result(long op) {
        List<FindResult.Found> found = new ArrayList<>();
        for (int i = 0; i < peersFound(op); i++) {
            found.add(new FindResult.Found(peerAt(op, i), distanceAt(op, i)));
        }
        return new FindResult(found, peersAsked(op), peersAnswered(op), hops(op), elapsedNs(op));
    }

    /// {@return the peers as values; allocates}
    ///
    /// @param op a finished find
    public List<PeerId> peers(long op) {
        List<PeerId> found = new ArrayList<>();
        for (int i = 0; i < peersFound(op); i++) {
            found.add(peerAt(op, i));
        }
        return found;
    }

    // ---- the agent's side

    OpTable table() {
        return states();
    }

    long baseOf(long op) {
        return offsetOf(op);
    }

    long candidateAt(long base, int index) {
        return base + candidatesOffset + (long) index * CANDIDATE_BYTES;
    }

    /// Writes the handles of those that answered.
    int answered(long op, PeerTable peers, long[] into) {
        requireFinished(op);
        long base = baseOf(op);
        int size = memory.get(INT, base + CANDIDATES);
        int count = 0;
        for (int i = 0; i < size && count < into.length; i++) {
            long at = candidateAt(base, i);
            if (memory.get(BYTE, at + STATE) == REPLIED) {
                long peer = peers.find(memory.get(LONG, at));
                if (peer != PeerTable.NULL_PEER) {
                    into[count++] = peer;
                }
            }
        }
        return count;
    }

    private int read(long op, int field) {
        requireFinished(op);
        return memory.get(INT, baseOf(op) + field);
    }

    private long foundAt(long op, int index) {
        return candidateAt(baseOf(op), Objects.checkIndex(index, peersFound(op)));
    }

    private static long aligned(long bytes) {
        return (bytes + 63) & -64;
    }
}
