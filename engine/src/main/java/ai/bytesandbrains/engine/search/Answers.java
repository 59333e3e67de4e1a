package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.SearchStats;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Answers that are on their way out: each stays in its off-heap slot until the outbox takes it or
/// its asker waits no longer. Holds one reference to the asker of each.
///
/// One slot more than results may take is kept for refusals, so that a node without room for a
/// result can still say so.
///
/// ```
///   0  asker 8
///   8  request id 8
///  16  deadline 8
///  24  status 4, hits or vectors 4
///  32  kind 4, vectors sent 4
///  40  encoding of vectors 4, filtered 4
///  48  form of distances 4, error f4, codebook 16
///  72  hits K x { id 8, distance f4, unused 4 }, or ids of vectors K x 8
/// ```
///
/// Vectors are read from the index when they are sent.
final class Answers implements AutoCloseable {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private static final int ASKER = 0;
    private static final int REQUEST_ID = 8;
    private static final int DEADLINE = 16;
    private static final int STATUS = 24;
    private static final int SIZE = 28;
    private static final int KIND = 32;
    private static final int VECTORS_SENT = 36;
    private static final int ENCODING = 40;
    private static final int FILTERED = 44;
    private static final int FORM = 48;
    private static final int ERROR = 52;
    private static final int CODEBOOK_HIGH = 56;
    private static final int CODEBOOK_LOW = 64;
    private static final int HITS = 72;
    private static final int HIT_BYTES = 16;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final PeerTable table;
    private final Outbox<SearchMessage> outbox;
    private final SearchCounters counters;
    private final int results;
    private final int capacity;
    private final int slotBytes;
    private final VectorPage page;
    private final Outgoing message = new Outgoing();
    private int used;

    Answers(
            SearchLimits limits,
            PeerTable table,
            Outbox<SearchMessage> outbox,
            SearchCounters counters,
            VectorPage page) {
        this.page = page;
        this.table = table;
        this.outbox = outbox;
        this.counters = counters;
        results = limits.waitingAnswers();
        capacity = results + 1;
        slotBytes = HITS + limits.maxK() * HIT_BYTES;
        memory = arena.allocate((long) slotBytes * capacity, 64);
    }

    boolean hasRoom() {
        return findFree(results) >= 0;
    }

    /// Answers, now or as soon as the asker can take it; there must be room.
    ///
    /// @param filtered whether a filter was applied
    void give(long asker, long requestId, Neighbours hits, boolean filtered, long deadlineNs) {
        int slot = findFree(results);
        long at = at(slot);
        int size = hits.size();
        for (int i = 0; i < size; i++) {
            memory.set(LONG, at + HITS + (long) i * HIT_BYTES, hits.idAt(i));
            memory.set(FLOAT, at + HITS + (long) i * HIT_BYTES + 8, hits.distanceAt(i));
        }
        memory.set(INT, at + FILTERED, filtered ? 1 : 0);
        setMeasure(at, hits.stats());
        fill(slot, asker, requestId, SearchKind.RESPONSE, SearchStatus.OK, size, deadlineNs);
        trySend(slot);
    }

    /// Gives vectors, now or as soon as the asker can take them; there must be room.
    void give(long asker, VectorRequest in, long deadlineNs) {
        int slot = findFree(results);
        long at = at(slot);
        int size = in.size();
        for (int i = 0; i < size; i++) {
            memory.set(LONG, at + HITS + (long) i * Long.BYTES, in.idAt(i));
        }
        memory.set(INT, at + ENCODING, in.encoding().code());
        fill(slot, asker, in.requestId(), SearchKind.VECTORS, SearchStatus.OK, size, deadlineNs);
        trySend(slot);
    }

    /// Says no, now or as soon as the asker can take it; not at all if too many are waiting.
    ///
    /// @param kind of the answer that the asker waits for
    void refuse(long asker, long requestId, SearchKind kind, SearchStatus status, long deadlineNs) {
        int slot = findFree(capacity);
        if (slot < 0) {
            counters.answersDropped++;
            return;
        }
        long at = at(slot);
        memory.set(INT, at + FILTERED, 0);
        memory.set(INT, at + ENCODING, QueryEncoding.INT8.code());
        setMeasure(at, null);
        fill(slot, asker, requestId, kind, status, 0, deadlineNs);
        trySend(slot);
    }

    /// @param stats of the search; null for no hits
    private void setMeasure(long at, SearchStats stats) {
        boolean adc = stats != null && stats.isByCodes();
        memory.set(INT, at + FORM, (adc ? DistanceForm.ADC : DistanceForm.EXACT).code());
        memory.set(LONG, at + CODEBOOK_HIGH, adc ? stats.codebookHigh() : 0);
        memory.set(LONG, at + CODEBOOK_LOW, adc ? stats.codebookLow() : 0);
        memory.set(FLOAT, at + ERROR, adc ? stats.meanError() : 0);
    }

    private void fill(
            int slot,
            long asker,
            long requestId,
            SearchKind kind,
            SearchStatus status,
            int size,
            long deadlineNs) {
        long at = at(slot);
        table.retain(asker);
        memory.set(LONG, at + ASKER, asker);
        used++;
        memory.set(LONG, at + REQUEST_ID, requestId);
        memory.set(LONG, at + DEADLINE, deadlineNs);
        memory.set(INT, at + KIND, kind == SearchKind.VECTORS ? 1 : 0);
        memory.set(INT, at + VECTORS_SENT, 0);
        memory.set(INT, at + STATUS, status.code());
        memory.set(INT, at + SIZE, size);
    }

    int poll(long nowNs) {
        // Nearly always.
        if (isEmpty()) {
            return 0;
        }
        int work = 0;
        for (int slot = 0; slot < capacity; slot++) {
            if (isUsed(slot)) {
                if (nowNs - memory.get(LONG, at(slot) + DEADLINE) >= 0) {
                    counters.answersDropped++;
                    free(slot);
                    work++;
                } else {
                    work += trySend(slot) ? 1 : 0;
                }
            }
        }
        return work;
    }

    boolean isEmpty() {
        return used == 0;
    }

    void dropFor(long asker) {
        for (int slot = 0; slot < capacity; slot++) {
            if (isUsed(slot) && memory.get(LONG, at(slot) + ASKER) == asker) {
                counters.answersDropped++;
                free(slot);
            }
        }
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        for (int slot = 0; slot < capacity; slot++) {
            if (isUsed(slot)) {
                free(slot);
            }
        }
        arena.close();
    }

    private boolean trySend(int slot) {
        long asker = memory.get(LONG, at(slot) + ASKER);
        boolean sent =
                memory.get(INT, at(slot) + KIND) == 0
                        ? outbox.send(asker, message.at(at(slot)))
                        : sendVectors(asker, at(slot));
        if (sent) {
            free(slot);
        } else {
            counters.sendsRefused++;
        }
        return sent;
    }

    /// Sends message after message until the outbox takes no more.
    ///
    /// @return whether all have been sent
    private boolean sendVectors(long asker, long at) {
        SearchStatus status = SearchStatus.ofCode(memory.get(INT, at + STATUS));
        QueryEncoding encoding = QueryEncoding.ofCode(memory.get(INT, at + ENCODING));
        int size = memory.get(INT, at + SIZE);
        int sent = memory.get(INT, at + VECTORS_SENT);
        do {
            page.begin(memory.get(LONG, at + REQUEST_ID), status, encoding);
            while (sent + page.size() < size && !page.isFull()) {
                long id = at + HITS + (long) (sent + page.size()) * Long.BYTES;
                page.add(memory.get(LONG, id));
            }
            if (!outbox.send(asker, page)) {
                return false;
            }
            sent += page.size();
            counters.vectorsGiven += page.size();
            memory.set(INT, at + VECTORS_SENT, sent);
        } while (sent < size);
        return true;
    }

    private int findFree(int slots) {
        for (int slot = 0; slot < slots; slot++) {
            if (!isUsed(slot)) {
                return slot;
            }
        }
        return -1;
    }

    private boolean isUsed(int slot) {
        return memory.get(LONG, at(slot) + ASKER) != PeerTable.NULL_PEER;
    }

    private void free(int slot) {
        table.release(memory.get(LONG, at(slot) + ASKER));
        memory.set(LONG, at(slot) + ASKER, PeerTable.NULL_PEER);
        used--;
    }

    private long at(int slot) {
        return (long) slot * slotBytes;
    }

    /// The outbound answer: a view over one slot.
    private final class Outgoing implements SearchResponse {

        private long base;

        Outgoing at(long base) {
            this.base = base;
            return this;
        }

        @Override
        public long requestId() {
            return memory.get(LONG, base + REQUEST_ID);
        }

        @Override
        public SearchStatus status() {
            return SearchStatus.ofCode(memory.get(INT, base + STATUS));
        }

        @Override
        public int size() {
            return memory.get(INT, base + SIZE);
        }

        @Override
        public long idAt(int index) {
            return memory.get(LONG, base + HITS + (long) index * HIT_BYTES);
        }

        @Override
        public float distanceAt(int index) {
            return memory.get(FLOAT, base + HITS + (long) index * HIT_BYTES + 8);
        }

        @Override
        public boolean isFiltered() {
            return memory.get(INT, base + FILTERED) != 0;
        }

        @Override
        public DistanceForm form() {
            return DistanceForm.ofCode(memory.get(INT, base + FORM));
        }

        @Override
        public long codebookHigh() {
            return memory.get(LONG, base + CODEBOOK_HIGH);
        }

        @Override
        public long codebookLow() {
            return memory.get(LONG, base + CODEBOOK_LOW);
        }

        @Override
        public float meanError() {
            return memory.get(FLOAT, base + ERROR);
        }
    }
}
