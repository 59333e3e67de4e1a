package ai.bytesandbrains.engine.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Events in the order of their times; those of one time in the order they were added.
///
/// A calendar queue: a wheel of buckets, each a stretch of time, of which only the present one is
/// kept in order, as a heap small enough for the first cache. Adding and taking cost the same for a
/// hundred events as for millions. Events beyond the wheel wait in a list that is looked through
/// once in a turn. What follows what in a list lies apart from the records, so that those of a
/// bucket, anywhere in memory, are read without one waiting for the other.
///
/// Source: Brown, "Calendar Queues: A Fast O(1) Priority Queue Implementation for the Simulation
/// Event Set Problem", CACM 31(10), 1988.
///
/// Record of 32 bytes, off-heap: time 8, sequence 8, node 4, kind 4, payload 4, unused 4.
final class EventQueue implements AutoCloseable {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int RECORD_BYTES = 32;
    private static final int SEQUENCE = 8;
    private static final int NODE = 16;
    private static final int KIND = 20;
    private static final int PAYLOAD = 24;

    /// Half of the buckets are a period.
    private static final int MIN_BUCKETS = 1 << 13;

    private static final int MAX_BUCKETS = 1 << 18;

    /// So many buckets for a node that, at four events of a node in a period, thirty to sixty
    /// share one.
    private static final int NODES_PER_BUCKET = 4;

    private static final int FIRST_CAPACITY = 1 << 10;
    private static final int NONE = -1;

    private final int shift;
    private final int[] buckets;
    private int[] next = new int[FIRST_CAPACITY];
    private int overflow = NONE;

    /// The number of the present bucket, counted from time 0.
    private long tick;

    private Arena arena;
    private MemorySegment records;
    private int capacity;
    private int used;
    private int firstFree = NONE;
    private int size;
    private long sequence;

    private long[] heapTimes = new long[FIRST_CAPACITY];
    private long[] heapSequences = new long[FIRST_CAPACITY];
    private int[] heapRecords = new int[FIRST_CAPACITY];
    private int heapSize;

    private long timeNs;
    private int node;
    private int kind;
    private int payload;

    /// Makes an empty queue.
    ///
    /// @param startNs no event is earlier
    /// @param periodNs the time in which every node does something once
    /// @param maxNodes the most nodes; together they decide the stretch of a bucket
    EventQueue(long startNs, long periodNs, int maxNodes) {
        int wanted = Integer.highestOneBit(Math.max(1, maxNodes / NODES_PER_BUCKET));
        buckets = new int[Math.clamp(wanted, MIN_BUCKETS, MAX_BUCKETS)];
        long stretchNs = Math.max(1, periodNs / (buckets.length / 2));
        shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(stretchNs);
        tick = startNs >> shift;
        Arrays.fill(buckets, NONE);
        allocate(FIRST_CAPACITY);
    }

    int size() {
        return size;
    }

    long bytes() {
        return (long) capacity * (RECORD_BYTES + Integer.BYTES);
    }

    void add(long timeNs, int node, int kind, int payload) {
        int record = take();
        long at = at(record);
        records.set(LONG, at, timeNs);
        records.set(LONG, at + SEQUENCE, ++sequence);
        records.set(INT, at + NODE, node);
        records.set(INT, at + KIND, kind);
        records.set(INT, at + PAYLOAD, payload);
        size++;
        place(record, timeNs, sequence);
    }

    /// Moves on to the next event up to a time, which takes it out of the queue.
    ///
    /// @return false if there is none
    boolean next(long untilNs) {
        long lastTick = untilNs >> shift;
        while (heapSize == 0 && tick < lastTick && size > 0) {
            openNextBucket();
        }
        if (heapSize == 0 || heapTimes[0] - untilNs > 0) {
            return false;
        }
        int record = heapRecords[0];
        removeFirst();
        long at = at(record);
        timeNs = records.get(LONG, at);
        node = records.get(INT, at + NODE);
        kind = records.get(INT, at + KIND);
        payload = records.get(INT, at + PAYLOAD);
        next[record] = firstFree;
        firstFree = record;
        size--;
        return true;
    }

    /// When the event happens that [#next] moved to.
    long timeNs() {
        return timeNs;
    }

    int node() {
        return node;
    }

    int kind() {
        return kind;
    }

    int payload() {
        return payload;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /// Only called with an empty heap.
    private void openNextBucket() {
        tick++;
        int mask = buckets.length - 1;
        if ((tick & mask) == 0) {
            int record = overflow;
            overflow = NONE;
            while (record != NONE) {
                int following = next[record];
                long at = at(record);
                place(record, records.get(LONG, at), records.get(LONG, at + SEQUENCE));
                record = following;
            }
        }
        int index = (int) tick & mask;
        for (int record = buckets[index]; record != NONE; record = next[record]) {
            long at = at(record);
            append(records.get(LONG, at), records.get(LONG, at + SEQUENCE), record);
        }
        buckets[index] = NONE;
        for (int parent = (heapSize >>> 1) - 1; parent >= 0; parent--) {
            sink(parent, heapTimes[parent], heapSequences[parent], heapRecords[parent]);
        }
    }

    private void place(int record, long time, long order) {
        long ahead = (time >> shift) - tick;
        if (ahead <= 0) {
            append(time, order, record);
            rise(heapSize - 1, time, order, record);
        } else if (ahead < buckets.length) {
            int index = (int) (tick + ahead) & (buckets.length - 1);
            next[record] = buckets[index];
            buckets[index] = record;
        } else {
            next[record] = overflow;
            overflow = record;
        }
    }

    private void append(long time, long order, int record) {
        if (heapSize == heapTimes.length) {
            heapTimes = Arrays.copyOf(heapTimes, 2 * heapSize);
            heapSequences = Arrays.copyOf(heapSequences, 2 * heapSize);
            heapRecords = Arrays.copyOf(heapRecords, 2 * heapSize);
        }
        set(heapSize++, time, order, record);
    }

    private void rise(int from, long time, long order, int record) {
        int child = from;
        while (child > 0) {
            int parent = (child - 1) >>> 1;
            if (!isBefore(time, order, parent)) {
                break;
            }
            copy(parent, child);
            child = parent;
        }
        set(child, time, order, record);
    }

    private void removeFirst() {
        heapSize--;
        sink(0, heapTimes[heapSize], heapSequences[heapSize], heapRecords[heapSize]);
    }

    private void sink(int from, long time, long order, int record) {
        int parent = from;
        int child;
        while ((child = 2 * parent + 1) < heapSize) {
            if (child + 1 < heapSize
                    && isBefore(heapTimes[child + 1], heapSequences[child + 1], child)) {
                child++;
            }
            if (isBefore(time, order, child)) {
                break;
            }
            copy(child, parent);
            parent = child;
        }
        set(parent, time, order, record);
    }

    private boolean isBefore(long time, long order, int place) {
        return time < heapTimes[place]
                || (time == heapTimes[place] && order < heapSequences[place]);
    }

    private void copy(int from, int to) {
        set(to, heapTimes[from], heapSequences[from], heapRecords[from]);
    }

    private void set(int place, long time, long order, int record) {
        heapTimes[place] = time;
        heapSequences[place] = order;
        heapRecords[place] = record;
    }

    private int take() {
        if (firstFree != NONE) {
            int record = firstFree;
            firstFree = next[record];
            return record;
        }
        if (used == capacity) {
            Arena oldArena = arena;
            MemorySegment old = records;
            allocate(2 * capacity);
            MemorySegment.copy(old, 0, records, 0, old.byteSize());
            oldArena.close();
            next = Arrays.copyOf(next, capacity);
        }
        return used++;
    }

    private void allocate(int records) {
        arena = Arena.ofShared();
        this.records = arena.allocate((long) records * RECORD_BYTES, 64);
        capacity = records;
    }

    private static long at(int record) {
        return (long) record * RECORD_BYTES;
    }
}
