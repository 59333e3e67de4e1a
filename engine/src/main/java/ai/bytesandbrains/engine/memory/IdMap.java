package ai.bytesandbrains.engine.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Off-heap map from any 64-bit id, 0 and -1 included, to a non-negative `int` slot.
///
/// Open addressing with linear probing in entries of 16 bytes (id, slot + 1, unused), filled to at
/// most three quarters. Deletion shifts the following entries back (Knuth, The Art of Computer
/// Programming 3, section 6.4, algorithm R) so there are no tombstones and a map that is used for
/// years is as fast as a fresh one.
///
/// **Lifetime.** The map owns its memory; whoever created it closes it. Use after close throws
/// [IllegalStateException]. **Threads.** One thread at a time. **Allocation.** None, but in the
/// [#put] that doubles the table.
public final class IdMap implements AutoCloseable {
    /// What [#get], [#put] and [#remove] return for an id that was not in the map.
    public static final int ABSENT = -1;

    private static final int ENTRY_SHIFT = 4;
    private static final int SLOT_OFFSET = 8;
    private static final int MIN_CAPACITY = 64;
    private static final int MAX_CAPACITY = 1 << 30;

    private Arena arena;
    private MemorySegment table;
    private int mask;
    private int size;

    /// An empty map.
    public IdMap() {
        allocate(MIN_CAPACITY);
    }

    /// {@return number of ids in the map}
    public int size() {
        return size;
    }

    /// {@return the slot of `id`, or [#ABSENT]}
    ///
    /// @param id the external id, any `long`
    public int get(long id) {
        return slotAt(find(id));
    }

    /// Maps `id` to `slot` and returns the slot it had before, or [#ABSENT].
    ///
    /// @param id the external id, any `long`
    /// @param slot the slot, not negative
    /// @return the slot that the id had before, or [#ABSENT]
    /// @throws IllegalArgumentException if `slot` is negative
    public int put(long id, int slot) {
        if (slot < 0) {
            throw new IllegalArgumentException("slot=" + slot + " must not be negative");
        }
        int position = find(id);
        int before = slotAt(position);
        if (before == ABSENT) {
            if (size + 1 > mask - (mask >>> 2)) {
                grow();
                position = find(id);
            }
            size++;
        }
        write(position, id, slot);
        return before;
    }

    /// Takes `id` out and returns the slot it had, or [#ABSENT].
    ///
    /// @param id the external id, any `long`
    /// @return the slot that the id had, or [#ABSENT]
    public int remove(long id) {
        int hole = find(id);
        int slot = slotAt(hole);
        if (slot == ABSENT) {
            return ABSENT;
        }
        for (int next = (hole + 1) & mask; slotAt(next) != ABSENT; next = (next + 1) & mask) {
            int home = hash(idAt(next)) & mask;
            // An entry may move into the hole unless its home lies cyclically in (hole, next].
            if (((next - home) & mask) >= ((next - hole) & mask)) {
                write(hole, idAt(next), slotAt(next));
                hole = next;
            }
        }
        write(hole, 0, ABSENT);
        size--;
        return slot;
    }

    /// Takes all ids out and keeps the memory.
    public void clear() {
        table.fill((byte) 0);
        size = 0;
    }

    /// Frees the memory. Closing twice is allowed.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /// The position of `id`, or of the empty entry where it would go.
    private int find(long id) {
        int position = hash(id) & mask;
        while (slotAt(position) != ABSENT && idAt(position) != id) {
            position = (position + 1) & mask;
        }
        return position;
    }

    private long idAt(int position) {
        return table.get(ValueLayout.JAVA_LONG, (long) position << ENTRY_SHIFT);
    }

    private int slotAt(int position) {
        return table.get(ValueLayout.JAVA_INT, ((long) position << ENTRY_SHIFT) + SLOT_OFFSET) - 1;
    }

    private void write(int position, long id, int slot) {
        long offset = (long) position << ENTRY_SHIFT;
        table.set(ValueLayout.JAVA_LONG, offset, id);
        table.set(ValueLayout.JAVA_INT, offset + SLOT_OFFSET, slot + 1);
    }

    private void grow() {
        if (mask + 1 >= MAX_CAPACITY) {
            throw new IllegalStateException("ids=" + size + " is all that an IdMap can hold");
        }
        Arena oldArena = arena;
        MemorySegment old = table;
        allocate((mask + 1) << 1);
        for (long offset = 0; offset < old.byteSize(); offset += 1L << ENTRY_SHIFT) {
            int slot = old.get(ValueLayout.JAVA_INT, offset + SLOT_OFFSET) - 1;
            if (slot != ABSENT) {
                long id = old.get(ValueLayout.JAVA_LONG, offset);
                write(find(id), id, slot);
            }
        }
        oldArena.close();
    }

    private void allocate(int capacity) {
        Arena fresh = Arena.ofShared();
        table = fresh.allocate((long) capacity << ENTRY_SHIFT, RowStore.ALIGNMENT);
        arena = fresh;
        mask = capacity - 1;
    }

    /// The 64-bit finalizer of MurmurHash3: ids are often consecutive numbers.
    private static int hash(long id) {
        long h = id;
        h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return (int) (h ^ (h >>> 33));
    }
}
