package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.IdMap;
import ai.bytesandbrains.engine.memory.RowStore;

import java.lang.foreign.MemorySegment;

/// Rows under external ids: what the flat indexes have in common. The tag of a row is its id.
final class IdRows implements AutoCloseable {
    /// Rows whose distances are computed before their best are collected: enough to keep a kernel
    /// running, few enough for the distances to stay in the first-level cache.
    static final int BLOCK = 1024;

    private final RowStore rows;
    private final IdMap slots = new IdMap();
    private boolean closed;

    IdRows(RowStore rows) {
        this.rows = rows;
    }

    RowStore rows() {
        return rows;
    }

    int size() {
        ensureOpen();
        return rows.liveCount();
    }

    boolean contains(long id) {
        ensureOpen();
        return slots.get(id) != IdMap.ABSENT;
    }

    /// Asked before the row is made, so that a taken id costs nothing else.
    void checkNew(long id) {
        if (contains(id)) {
            throw new IllegalArgumentException("id=" + id + " is already in the index");
        }
    }

    /// Writes the row of an id, new or not; `row` holds a whole stride.
    void put(long id, MemorySegment row) {
        int slot = slots.get(id);
        if (slot == IdMap.ABSENT) {
            slot = rows.allocate();
            rows.setTag(slot, id);
            slots.put(id, slot);
        }
        MemorySegment.copy(row, 0, rows.segmentOf(slot), rows.offsetOf(slot), rows.rowStride());
    }

    boolean remove(long id) {
        ensureOpen();
        int slot = slots.remove(id);
        if (slot == IdMap.ABSENT) {
            return false;
        }
        rows.free(slot);
        return true;
    }

    /// Offers the live ones of `count` slots from `first` on. Kept apart from the kernels: a method
    /// either computes vectors or keeps the best.
    void collect(int first, int count, float[] distances, Neighbours out) {
        float worst = out.worst();
        for (int i = 0; i < count; i++) {
            float distance = distances[i];
            if (!(distance > worst) && rows.isLive(first + i)) {
                out.offer(distance, rows.tagOf(first + i));
                worst = out.worst();
            }
        }
    }

    void clear() {
        ensureOpen();
        rows.clear();
        slots.clear();
    }

    void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("the index is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        rows.close();
        slots.close();
    }
}
