package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.space.Distances;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// The k nearest of everything offered: a bounded, reusable, off-heap search result.
///
/// Entries are ordered by (distance, id): the order of [Distances], ties to the smaller id, so a
/// result does not depend on the order of offers. Any 64-bit id is allowed; the same id offered
/// twice counts twice.
///
/// While offers come in the entries form a heap with the worst on top; the first read after an
/// offer sorts them in place, and an offer after a read makes a heap of them again. Scans read
/// first and offer later at a cost of `k log k`, nothing else.
///
/// A search leaves in [#stats] what it cost.
///
/// **Lifetime.** Owned and closed by the caller; use after close throws [IllegalStateException].
/// **Threads.** One at a time. **Allocation.** Only in the constructor.
public final class Neighbours implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment entries;
    private final SearchStats stats = new SearchStats();
    private final int capacity;

    private int k;
    private int size;
    private boolean sorted;

    /// Room for `capacity` neighbours, and a `k` of as many.
    ///
    /// @param capacity the largest `k` that will be asked for; 16 bytes each
    /// @throws IllegalArgumentException if `capacity` is not positive or above 2^30
    public Neighbours(int capacity) {
        EntryArray.checkCapacity(capacity);
        this.capacity = capacity;
        this.k = capacity;
        this.entries = arena.allocate((long) capacity * EntryArray.ENTRY_BYTES, 64);
    }

    /// {@return the largest `k` there is room for}
    public int capacity() {
        return capacity;
    }

    /// Drops all entries and keeps the best `k` of the offers to come.
    ///
    /// @param k how many to keep, at most the capacity
    /// @throws IllegalArgumentException if `k` is not between 1 and the capacity
    /// @throws IllegalStateException if this is closed
    public void reset(int k) {
        EntryArray.checkOpen(arena);
        if (k <= 0 || k > capacity) {
            throw new IllegalArgumentException(
                    "k=" + k + " must be between 1 and capacity=" + capacity);
        }
        this.k = k;
        stats.clear();
        clear();
    }

    /// {@return what the search cost whose result this is; the same object for every search}
    public SearchStats stats() {
        return stats;
    }

    /// Drops all entries and keeps `k`.
    public void clear() {
        size = 0;
        sorted = false;
    }

    /// {@return number of entries, at most `k`}
    public int size() {
        return size;
    }

    /// {@return whether `k` entries are held, so that an offer has to beat [#worst]}
    public boolean isFull() {
        return size == k;
    }

    /// {@return the distance that an offer has to beat or equal to have a chance, NaN (nothing is
    /// after it) until `k` entries are held} A scan that skips all `distance > worst()` skips
    /// nothing wrongly.
    public float worst() {
        if (size < k) {
            return Float.NaN;
        }
        return EntryArray.distance(entries, sorted ? size - 1 : 0);
    }

    /// Takes `(distance, id)` in if it is among the `k` best so far.
    ///
    /// @param distance the distance, NaN included
    /// @param id the external id, any `long`
    /// @return whether it was taken in
    /// @throws IllegalStateException if this is closed
    public boolean offer(float distance, long id) {
        if (sorted) {
            EntryArray.heapify(entries, size);
            sorted = false;
        }
        int key = Distances.sortableBits(distance);
        if (size < k) {
            EntryArray.siftUp(entries, size++, key, id);
            return true;
        }
        if (!EntryArray.before(key, id, EntryArray.key(entries, 0), EntryArray.id(entries, 0))) {
            return false;
        }
        EntryArray.siftDown(entries, 0, size, key, id);
        return true;
    }

    /// {@return the id of the `i`-th nearest, from 0}
    ///
    /// @param i the rank, from 0
    /// @throws IndexOutOfBoundsException if `i` is not below [#size]
    public long idAt(int i) {
        Objects.checkIndex(i, size);
        sort();
        return EntryArray.id(entries, i);
    }

    /// {@return the distance of the `i`-th nearest, from 0}
    ///
    /// @param i the rank, from 0
    /// @throws IndexOutOfBoundsException if `i` is not below [#size]
    public float distanceAt(int i) {
        Objects.checkIndex(i, size);
        sort();
        return EntryArray.distance(entries, i);
    }

    /// Frees the memory. Closing twice is allowed.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /// The id of some entry, in no order: does not sort.
    long anyIdAt(int i) {
        return EntryArray.id(entries, i);
    }

    /// Whether an id is held twice: a reader can meet an entry that moved while it scanned.
    boolean hasDuplicateIds(long[] scratch) {
        return EntryArray.hasDuplicateIds(entries, size, scratch);
    }

    /// Keeps the nearest of entries with one id.
    void dropDuplicateIds() {
        sort();
        size = EntryArray.dropDuplicateIds(entries, size);
    }

    private void sort() {
        if (!sorted) {
            EntryArray.sort(entries, size);
            sorted = true;
        }
    }
}
