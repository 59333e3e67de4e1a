package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.IdMap;
import ai.bytesandbrains.engine.memory.SlotTable;

import java.util.List;
import java.util.function.IntPredicate;

/// External ids and their slots: what the flat indexes have in common.
///
/// The writer asks [#slotFor] an id, makes room under that slot, calls [#begin], writes, and calls
/// [#commit].
final class Entries implements AutoCloseable {
    private final SlotTable slots = new SlotTable();
    private final IdMap map = new IdMap();
    private volatile boolean closed;

    SlotTable slots() {
        return slots;
    }

    int size() {
        ensureOpen();
        return slots.liveCount();
    }

    /// For any thread; [IdMap#ABSENT] if there is none.
    int slotOf(long id) {
        ensureOpen();
        return map.get(id);
    }

    boolean contains(long id) {
        return slotOf(id) != IdMap.ABSENT;
    }

    /// Asked before the row is made, so that a taken id costs nothing else.
    void checkNew(long id) {
        if (contains(id)) {
            throw new IllegalArgumentException("id=" + id + " is already in the index");
        }
    }

    /// The slot of an id, or the one that it will get; there is room for it in here then.
    int slotFor(long id) {
        int slot = map.get(id);
        if (slot == IdMap.ABSENT) {
            slot = slots.next();
            slots.reserve(slot + 1);
            map.reserve(map.size() + 1);
        }
        return slot;
    }

    void begin(int slot) {
        slots.beginWrite(slot);
    }

    void commit(int slot, long id) {
        boolean fresh = !slots.isLive(slot);
        slots.commit(slot, id);
        if (fresh) {
            map.put(id, slot);
        }
    }

    boolean remove(long id) {
        ensureOpen();
        int slot = map.remove(id);
        if (slot == IdMap.ABSENT) {
            return false;
        }
        slots.free(slot);
        return true;
    }

    /// Removes all entries whose slots `matching` picks out; how many there were.
    int removeAll(IntPredicate matching) {
        int removed = 0;
        int limit = slots.limit();
        for (int slot = 0; slot < limit; slot++) {
            if (slots.isLive(slot) && matching.test(slot)) {
                remove(slots.idAt(slot));
                removed++;
            }
        }
        return removed;
    }

    void clear() {
        ensureOpen();
        map.clear();
        slots.clear();
    }

    void reserve(int entries) {
        ensureOpen();
        if (entries < 0) {
            throw new IllegalArgumentException("entries=" + entries + " must not be negative");
        }
        map.reserve(entries);
        slots.reserve(entries);
    }

    static List<MemoryPlan.Part> plan(long entries) {
        return List.of(
                new MemoryPlan.Part("slots", SlotTable.bytesFor(entries)),
                new MemoryPlan.Part("ids", IdMap.bytesFor(entries)));
    }

    List<MemoryPlan.Part> memory() {
        ensureOpen();
        return List.of(
                new MemoryPlan.Part("slots", slots.bytes()),
                new MemoryPlan.Part("ids", map.bytes()));
    }

    void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("the index is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        slots.close();
        map.close();
    }
}
