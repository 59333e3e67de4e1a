package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.space.Distances;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// Pairs of a distance and an id in a segment of 16 bytes each, ordered by (distance, id) in the
/// order of [Distances]; a heap with the worst on top, or sorted.
final class EntryArray {
    static final int ENTRY_BYTES = 16;
    private static final int ID_OFFSET = 8;

    /// Entries of a result at most: 16 GB.
    static final int MAX_CAPACITY = 1 << 30;

    private EntryArray() {}

    static void checkCapacity(int capacity) {
        if (capacity <= 0 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity=" + capacity + " must be between 1 and " + MAX_CAPACITY);
        }
    }

    static void checkOpen(Arena arena) {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the result is closed");
        }
    }

    static void sort(MemorySegment entries, int size) {
        for (int end = size - 1; end > 0; end--) {
            int key = key(entries, end);
            long id = id(entries, end);
            write(entries, end, key(entries, 0), id(entries, 0));
            siftDown(entries, 0, end, key, id);
        }
    }

    static void heapify(MemorySegment entries, int size) {
        for (int i = size / 2 - 1; i >= 0; i--) {
            siftDown(entries, i, size, key(entries, i), id(entries, i));
        }
    }

    static void siftUp(MemorySegment entries, int from, int key, long id) {
        int hole = from;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            if (!before(key(entries, parent), id(entries, parent), key, id)) {
                break;
            }
            write(entries, hole, key(entries, parent), id(entries, parent));
            hole = parent;
        }
        write(entries, hole, key, id);
    }

    static void siftDown(MemorySegment entries, int from, int end, int key, long id) {
        int hole = from;
        for (int child = 2 * hole + 1; child < end; child = 2 * hole + 1) {
            int right = child + 1;
            if (right < end
                    && before(
                            key(entries, child),
                            id(entries, child),
                            key(entries, right),
                            id(entries, right))) {
                child = right;
            }
            if (!before(key, id, key(entries, child), id(entries, child))) {
                break;
            }
            write(entries, hole, key(entries, child), id(entries, child));
            hole = child;
        }
        write(entries, hole, key, id);
    }

    static boolean before(int aKey, long aId, int bKey, long bId) {
        return aKey < bKey || (aKey == bKey && aId < bId);
    }

    static int key(MemorySegment entries, int i) {
        return entries.get(ValueLayout.JAVA_INT, (long) i * ENTRY_BYTES);
    }

    static float distance(MemorySegment entries, int i) {
        return Distances.fromSortableBits(key(entries, i));
    }

    static long id(MemorySegment entries, int i) {
        return entries.get(ValueLayout.JAVA_LONG, (long) i * ENTRY_BYTES + ID_OFFSET);
    }

    static void write(MemorySegment entries, int i, int key, long id) {
        entries.set(ValueLayout.JAVA_INT, (long) i * ENTRY_BYTES, key);
        entries.set(ValueLayout.JAVA_LONG, (long) i * ENTRY_BYTES + ID_OFFSET, id);
    }

    /// Whether an id occurs twice; `scratch` has room for `size` ids.
    static boolean hasDuplicateIds(MemorySegment entries, int size, long[] scratch) {
        for (int i = 0; i < size; i++) {
            scratch[i] = id(entries, i);
        }
        Arrays.sort(scratch, 0, size);
        for (int i = 1; i < size; i++) {
            if (scratch[i] == scratch[i - 1]) {
                return true;
            }
        }
        return false;
    }

    /// Keeps the nearest entry of each id of a sorted array, and its order; returns how many.
    static int dropDuplicateIds(MemorySegment entries, int size) {
        Set<Long> seen = HashSet.newHashSet(size);
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (seen.add(id(entries, i))) {
                write(entries, kept++, key(entries, i), id(entries, i));
            }
        }
        return kept;
    }
}
