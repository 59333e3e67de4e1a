package ai.bytesandbrains.engine.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Off-heap map from any 64-bit id, 0 and -1 included, to a non-negative `int` slot.
///
/// Open addressing with linear probing in entries of 16 bytes (id, slot + 1, unused), filled to at
/// most three quarters. Deletion shifts the following entries back (Knuth, The Art of Computer
/// Programming 3, section 6.4, algorithm R) so there are no tombstones and a map that is used for
/// years is as fast as a fresh one.
///
/// **Lifetime.** The map owns its memory; whoever created it closes it. Use after close throws
/// [IllegalStateException]. **Threads.** One writer; [#get] and [#size] from any number of readers
/// beside it: a `get` sees the map before or after each change. **Allocation.** None, but where the
/// table is doubled; [#reserve] does that ahead.
public final class IdMap implements AutoCloseable {
    /// What [#get], [#put] and [#remove] return for an id that was not in the map.
    public static final int ABSENT = -1;

    private static final int ENTRY_SHIFT = 4;
    private static final int SLOT_OFFSET = 8;
    private static final int MIN_CAPACITY = 64;
    private static final int MAX_CAPACITY = 1 << 30;

    private static final VarHandle ID = ValueLayout.JAVA_LONG.varHandle();
    private static final VarHandle SLOT = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle CHANGES;
    private static final VarHandle SIZE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            CHANGES = lookup.findVarHandle(IdMap.class, "changes", long.class);
            SIZE = lookup.findVarHandle(IdMap.class, "size", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// One table; doubling makes another, and a reader that still looks at the old one starts over.
    private static final class Table {
        private final Arena arena = Arena.ofShared();
        private final MemorySegment entries;
        private final int mask;

        /// How many ids it holds at the most.
        private final int most;

        Table(int capacity) {
            entries = arena.allocate((long) capacity << ENTRY_SHIFT, RowStore.ALIGNMENT);
            mask = capacity - 1;
            most = (int) mostIn(capacity);
        }

        long idAt(int position) {
            return (long) ID.getOpaque(entries, (long) position << ENTRY_SHIFT);
        }

        int slotAt(int position) {
            return (int) SLOT.getAcquire(entries, ((long) position << ENTRY_SHIFT) + SLOT_OFFSET)
                    - 1;
        }

        void write(int position, long id, int slot) {
            long offset = (long) position << ENTRY_SHIFT;
            ID.setOpaque(entries, offset, id);
            SLOT.setRelease(entries, offset + SLOT_OFFSET, slot + 1);
        }

        /// The writer's look-up: the position of `id`, or of the empty entry where it would go.
        int find(long id) {
            int position = hash(id) & mask;
            while (slotAt(position) != ABSENT && idAt(position) != id) {
                position = (position + 1) & mask;
            }
            return position;
        }

        /// A reader's look-up. It reads each slot once, since the writer may fill an empty entry
        /// after it was looked at, and it ends even if entries are moved under its eyes.
        int lookUp(long id) {
            int position = hash(id) & mask;
            for (int probes = 0; probes <= mask; probes++) {
                int slot = slotAt(position);
                if (slot == ABSENT || idAt(position) == id) {
                    return slot;
                }
                position = (position + 1) & mask;
            }
            return ABSENT;
        }
    }

    private volatile Table table = new Table(MIN_CAPACITY);
    private volatile int size;

    /// Odd while entries are moved; grows by two with each change that moves or overwrites some.
    private long changes;

    /// An empty map.
    public IdMap() {}

    /// {@return number of ids in the map}
    public int size() {
        return size;
    }

    /// {@return off-heap bytes of a map that holds `ids` ids after growing one by one}
    ///
    /// @param ids number of ids
    /// @throws IllegalArgumentException if it is negative or above 2^32
    public static long bytesFor(long ids) {
        if (ids < 0 || ids > 1L << Integer.SIZE) {
            throw new IllegalArgumentException("ids=" + ids + " must be between 0 and 2^32");
        }
        return capacityFor(ids) << ENTRY_SHIFT;
    }

    private static long capacityFor(long ids) {
        long capacity = MIN_CAPACITY;
        while (ids > mostIn(capacity)) {
            capacity <<= 1;
        }
        return capacity;
    }

    private static long mostIn(long capacity) {
        return capacity - 1 - ((capacity - 1) >>> 2);
    }

    /// {@return off-heap bytes that the map holds now}
    public long bytes() {
        return table.entries.byteSize();
    }

    /// {@return the slot of `id`, or [#ABSENT]; for any thread}
    ///
    /// @param id the external id, any `long`
    /// @throws IllegalStateException if the map is closed
    public int get(long id) {
        while (true) {
            Table current = table;
            long before = (long) CHANGES.getAcquire(this);
            try {
                int slot = current.lookUp(id);
                VarHandle.acquireFence();
                if ((before & 1) == 0 && before == (long) CHANGES.getOpaque(this)) {
                    return slot;
                }
            } catch (IllegalStateException closed) {
                if (current == table) {
                    throw closed;
                }
            }
            Pause.briefly();
        }
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
        int position = table.find(id);
        int before = table.slotAt(position);
        if (before == ABSENT) {
            int wanted = size + 1;
            if (wanted > table.most) {
                reserve(wanted);
                position = table.find(id);
            }
            setSize(wanted);
        }
        table.write(position, id, slot);
        return before;
    }

    /// Grows the table until `ids` ids fit without further allocation.
    ///
    /// @param ids how many ids are to fit in all
    /// @throws IllegalArgumentException if `ids` is negative, or more than a map can hold
    /// @throws IllegalStateException if the map is closed
    public void reserve(int ids) {
        long capacity = ids < 0 ? Long.MAX_VALUE : capacityFor(ids);
        if (capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "ids=" + ids + " must be between 0 and " + (MAX_CAPACITY / 4 * 3 - 1));
        }
        if (!table.arena.scope().isAlive()) {
            throw new IllegalStateException("the map is closed");
        }
        if (capacity > table.mask + 1L) {
            grow((int) capacity);
        }
    }

    /// Takes `id` out and returns the slot it had, or [#ABSENT].
    ///
    /// @param id the external id, any `long`
    /// @return the slot that the id had, or [#ABSENT]
    public int remove(long id) {
        Table all = table;
        int mask = all.mask;
        int hole = all.find(id);
        int slot = all.slotAt(hole);
        if (slot == ABSENT) {
            return ABSENT;
        }
        beginChange();
        for (int next = (hole + 1) & mask; all.slotAt(next) != ABSENT; next = (next + 1) & mask) {
            int home = hash(all.idAt(next)) & mask;
            // An entry may move into the hole unless its home lies cyclically in (hole, next].
            if (((next - home) & mask) >= ((next - hole) & mask)) {
                all.write(hole, all.idAt(next), all.slotAt(next));
                hole = next;
            }
        }
        all.write(hole, 0, ABSENT);
        endChange();
        setSize(size - 1);
        return slot;
    }

    /// Takes all ids out and keeps the memory.
    public void clear() {
        beginChange();
        table.entries.fill((byte) 0);
        endChange();
        setSize(0);
    }

    /// Frees the memory. Closing twice is allowed.
    @Override
    public void close() {
        if (table.arena.scope().isAlive()) {
            table.arena.close();
        }
    }

    /// A volatile write would wait, each time, until all stores before it are through.
    private void setSize(int value) {
        SIZE.setRelease(this, value);
    }

    private void beginChange() {
        CHANGES.setOpaque(this, changes + 1);
        VarHandle.storeStoreFence();
    }

    private void endChange() {
        CHANGES.setRelease(this, changes + 1);
    }

    private void grow(int capacity) {
        Table old = table;
        Table fresh = new Table(capacity);
        for (int position = 0; position <= old.mask; position++) {
            int slot = old.slotAt(position);
            if (slot != ABSENT) {
                long id = old.idAt(position);
                fresh.write(fresh.find(id), id, slot);
            }
        }
        table = fresh;
        old.arena.close();
    }

    /// The 64-bit finalizer of MurmurHash3: ids are often consecutive numbers.
    private static int hash(long id) {
        long h = id;
        h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return (int) (h ^ (h >>> 33));
    }
}
