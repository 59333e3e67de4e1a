package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.space.Distances;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// All entries within a radius: a reusable, off-heap result that grows as needed.
///
/// Entries are ordered by (distance, id) as those of [Neighbours] are; the first read after a
/// search sorts them.
///
/// **Lifetime.** Owned and closed by the caller; use after close throws [IllegalStateException].
/// **Threads.** One at a time. **Allocation.** Where it grows: it keeps its room for the next
/// search.
public final class RangeResult implements AutoCloseable {
    private static final int MIN_CAPACITY = 64;

    private final SearchStats stats = new SearchStats();
    private Arena arena;
    private MemorySegment entries;
    private int capacity;
    private int size;
    private boolean sorted;
    private float radius = Float.NaN;

    /// Room for 64 entries to begin with.
    public RangeResult() {
        this(MIN_CAPACITY);
    }

    /// Room for `capacity` entries to begin with.
    ///
    /// @param capacity how many fit before the result has to grow
    /// @throws IllegalArgumentException if `capacity` is not positive or above 2^30
    public RangeResult(int capacity) {
        EntryArray.checkCapacity(capacity);
        allocate(capacity);
    }

    /// {@return the largest distance that is taken in, NaN before the first search}
    public float radius() {
        return radius;
    }

    /// Drops all entries and takes in those within `radius` from now on.
    ///
    /// @param radius the largest distance that is taken in, not NaN
    /// @throws IllegalArgumentException if `radius` is NaN
    /// @throws IllegalStateException if this is closed
    public void reset(float radius) {
        EntryArray.checkOpen(arena);
        if (Float.isNaN(radius)) {
            throw new IllegalArgumentException("radius=NaN must be a number");
        }
        this.radius = radius;
        stats.clear();
        size = 0;
        sorted = false;
    }

    /// {@return what the search cost whose result this is; the same object for every search}
    public SearchStats stats() {
        return stats;
    }

    /// {@return number of entries}
    public int size() {
        return size;
    }

    /// Takes `(distance, id)` in if it is within the radius.
    ///
    /// @param distance the distance; NaN is within no radius
    /// @param id the external id, any `long`
    /// @return whether it was taken in
    /// @throws IllegalStateException if this is closed or cannot grow any more
    public boolean offer(float distance, long id) {
        if (!(distance <= radius)) {
            return false;
        }
        if (size == capacity) {
            grow();
        }
        EntryArray.write(entries, size++, Distances.sortableBits(distance), id);
        sorted = false;
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
            EntryArray.heapify(entries, size);
            EntryArray.sort(entries, size);
            sorted = true;
        }
    }

    private void grow() {
        EntryArray.checkOpen(arena);
        if (capacity >= EntryArray.MAX_CAPACITY) {
            throw new IllegalStateException("size=" + size + " is all that a result can hold");
        }
        Arena oldArena = arena;
        MemorySegment old = entries;
        allocate(Math.min(2 * capacity, EntryArray.MAX_CAPACITY));
        MemorySegment.copy(old, 0, entries, 0, old.byteSize());
        oldArena.close();
    }

    private void allocate(int room) {
        Arena fresh = Arena.ofShared();
        entries = fresh.allocate((long) room * EntryArray.ENTRY_BYTES, RowStore.ALIGNMENT);
        arena = fresh;
        capacity = room;
    }
}
