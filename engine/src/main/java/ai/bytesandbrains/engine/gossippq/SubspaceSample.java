package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The sample of one subspace: of all items that were ever offered, the `quota` smallest of each
/// origin, and of those the `capacity` smallest, ordered by key and then by all bytes.
///
/// **A join-semilattice.** What is held depends on the set of items alone, not on their order, on
/// repetition, or on which other samples they came through: an item that is dropped, for its
/// origin's sake or for lack of room, is dropped from every union that contains what it was dropped
/// for. So samples that have met all items are equal, whatever the network did to the messages.
///
/// Off-heap; single-threaded. Nothing is allocated after construction, but for a larger table when
/// there are many more origins.
final class SubspaceSample {
    /// Items that are merged in one pass.
    static final int BATCH = 64;

    private static final ValueLayout.OfLong KEY = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt SLOT = ValueLayout.JAVA_INT;

    private final int capacity;
    private final int quota;
    private final int stride;
    private final OriginCounts origins = new OriginCounts();

    /// By rank: the keys in ascending order, and where the items are.
    private final MemorySegment keys;

    private final MemorySegment slots;
    private final MemorySegment items;

    /// A stack of slots that hold nothing.
    private final MemorySegment free;

    private final long[] stagedKeys = new long[BATCH];
    private final int[] stagedSlots = new int[BATCH];
    private long seed;
    private int size;
    private int freeCount;
    private int staged;
    private long changes;

    SubspaceSample(int capacity, int quota, int dimensions, Arena arena) {
        this.capacity = capacity;
        this.quota = quota;
        stride = ItemLayout.stride(dimensions);
        int places = capacity + BATCH;
        keys = arena.allocate(KEY, places);
        slots = arena.allocate(SLOT, places);
        free = arena.allocate(SLOT, places);
        items = arena.allocate((long) places * stride, Long.BYTES);
        clear(0);
    }

    static long bytes(int capacity, int dimensions) {
        return (capacity + BATCH) * (16L + ItemLayout.stride(dimensions));
    }

    /// Empties the sample, for keys under another seed.
    void clear(long seed) {
        this.seed = seed;
        size = 0;
        staged = 0;
        changes++;
        origins.clear();
        freeCount = 0;
        for (int slot = capacity + BATCH - 1; slot >= 0; slot--) {
            release(slot);
        }
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == capacity;
    }

    /// The largest key of a full sample: what has a larger one is of no use. The largest key there
    /// is while there is room.
    long threshold() {
        return isFull() ? keyAt(size - 1) : Long.MAX_VALUE;
    }

    /// A number that grows whenever the sample changes.
    long changes() {
        return changes;
    }

    long keyAt(int rank) {
        return keys.getAtIndex(KEY, rank);
    }

    int slotAt(int rank) {
        return slots.getAtIndex(SLOT, rank);
    }

    MemorySegment items() {
        return items;
    }

    long offsetOf(int slot) {
        return (long) slot * stride;
    }

    int stride() {
        return stride;
    }

    /// How many keys are smaller than this one.
    int rankOf(long key) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (keyAt(middle) < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Whether an item with these bytes, of which only origin, index and weight count here, could
    /// come in.
    boolean mayTake(MemorySegment item, long offset) {
        return ItemLayout.key(seed, item, offset) <= threshold();
    }

    /// Offers a sound item, which [#commit] takes in. Call it when [#BATCH] have been offered.
    void stage(MemorySegment item, long offset) {
        int slot = free.getAtIndex(SLOT, freeCount - 1);
        MemorySegment.copy(item, offset, items, offsetOf(slot), stride);
        long key = ItemLayout.key(seed, items, offsetOf(slot));
        if (isFull() && compare(key, slot, keyAt(size - 1), slotAt(size - 1)) >= 0) {
            return;
        }
        int rank = lowerBound(key, slot);
        if (rank < size && compare(key, slot, keyAt(rank), slotAt(rank)) == 0) {
            return;
        }
        int at = staged;
        while (at > 0) {
            int order = compare(key, slot, stagedKeys[at - 1], stagedSlots[at - 1]);
            if (order == 0) {
                return;
            }
            if (order > 0) {
                break;
            }
            at--;
        }
        freeCount--;
        System.arraycopy(stagedKeys, at, stagedKeys, at + 1, staged - at);
        System.arraycopy(stagedSlots, at, stagedSlots, at + 1, staged - at);
        stagedKeys[at] = key;
        stagedSlots[at] = slot;
        staged++;
    }

    /// Takes in what was offered; returns how many items came in and stayed.
    int commit() {
        if (staged == 0) {
            return 0;
        }
        boolean crowded = false;
        for (int i = 0; i < staged; i++) {
            crowded |= origins.increment(originOf(stagedSlots[i])) > quota;
        }
        int taken;
        if (crowded) {
            for (int i = 0; i < staged; i++) {
                origins.decrement(originOf(stagedSlots[i]));
            }
            taken = 0;
            for (int i = 0; i < staged; i++) {
                taken += insert(stagedKeys[i], stagedSlots[i]) ? 1 : 0;
            }
        } else {
            taken = merge();
        }
        staged = 0;
        changes += taken;
        return taken;
    }

    /// Merges what was offered, no origin of which exceeds its quota.
    private int merge() {
        int last = size - 1;
        int lastStaged = staged - 1;
        for (int excess = size + staged - capacity; excess > 0; excess--) {
            boolean own =
                    last >= 0
                            && compare(
                                            keyAt(last),
                                            slotAt(last),
                                            stagedKeys[lastStaged],
                                            stagedSlots[lastStaged])
                                    > 0;
            int dropped = own ? slotAt(last--) : stagedSlots[lastStaged--];
            origins.decrement(originOf(dropped));
            release(dropped);
        }
        int taken = lastStaged + 1;
        int to = last + lastStaged + 1;
        size = to + 1;
        while (lastStaged >= 0) {
            long key = stagedKeys[lastStaged];
            int slot = stagedSlots[lastStaged];
            if (last >= 0 && compare(keyAt(last), slotAt(last), key, slot) > 0) {
                put(to--, keyAt(last), slotAt(last));
                last--;
            } else {
                put(to--, key, slot);
                lastStaged--;
            }
        }
        return taken;
    }

    /// Inserts one item; its origin's largest one makes way if there are too many.
    private boolean insert(long key, int slot) {
        int origin = originOf(slot);
        if (origins.get(origin) >= quota) {
            int largest = size - 1;
            while (originOf(slotAt(largest)) != origin) {
                largest--;
            }
            if (compare(key, slot, keyAt(largest), slotAt(largest)) > 0) {
                release(slot);
                return false;
            }
            remove(largest);
        } else if (isFull()) {
            if (compare(key, slot, keyAt(size - 1), slotAt(size - 1)) > 0) {
                release(slot);
                return false;
            }
            remove(size - 1);
        }
        int rank = lowerBound(key, slot);
        move(rank, rank + 1, size - rank);
        put(rank, key, slot);
        size++;
        origins.increment(origin);
        return true;
    }

    private void remove(int rank) {
        int slot = slotAt(rank);
        origins.decrement(originOf(slot));
        release(slot);
        move(rank + 1, rank, size - rank - 1);
        size--;
    }

    private void move(int from, int to, int count) {
        MemorySegment.copy(keys, 8L * from, keys, 8L * to, 8L * count);
        MemorySegment.copy(slots, 4L * from, slots, 4L * to, 4L * count);
    }

    private void put(int rank, long key, int slot) {
        keys.setAtIndex(KEY, rank, key);
        slots.setAtIndex(SLOT, rank, slot);
    }

    private void release(int slot) {
        free.setAtIndex(SLOT, freeCount++, slot);
    }

    private int originOf(int slot) {
        return ItemLayout.origin(items, offsetOf(slot));
    }

    private int lowerBound(long key, int slot) {
        int rank = rankOf(key);
        while (rank < size && compare(keyAt(rank), slotAt(rank), key, slot) < 0) {
            rank++;
        }
        return rank;
    }

    private int compare(long keyA, int slotA, long keyB, int slotB) {
        if (keyA != keyB) {
            return Long.compare(keyA, keyB);
        }
        long a = offsetOf(slotA);
        long b = offsetOf(slotB);
        for (int i = 0; i < stride; i += Long.BYTES) {
            long wordA = items.get(ItemLayout.LONG, a + i);
            long wordB = items.get(ItemLayout.LONG, b + i);
            if (wordA != wordB) {
                return Long.compareUnsigned(wordA, wordB);
            }
        }
        return 0;
    }
}
