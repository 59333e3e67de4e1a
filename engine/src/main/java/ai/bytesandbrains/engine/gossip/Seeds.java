package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipState.INT;
import static ai.bytesandbrains.engine.gossip.GossipState.LONG;
import static ai.bytesandbrains.engine.gossip.GossipState.SEED_COUNT;
import static ai.bytesandbrains.engine.gossip.GossipState.SEED_CURSOR;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;

/// Flyweight over the seed peers of a slot. Failures do not remove them: a node that has lost
/// everybody else can always come back through them. Holds one reference to each.
final class Seeds {

    private final MemorySegment memory;
    private final PeerTable table;
    private final int offset;
    private final int capacity;
    private long base;

    Seeds(GossipState state, PeerTable table, int capacity) {
        this.memory = state.memory;
        this.table = table;
        this.offset = state.seedsOffset;
        this.capacity = capacity;
    }

    void bind(long base) {
        this.base = base;
    }

    int size() {
        return memory.get(INT, base + SEED_COUNT);
    }

    /// Takes over one reference to the peer; false (and the reference is the caller's) if it is
    /// there already or there is no room.
    boolean add(long peer) {
        int size = size();
        if (size == capacity || indexOf(peer) >= 0) {
            return false;
        }
        memory.set(LONG, entry(size), peer);
        memory.set(INT, base + SEED_COUNT, size + 1);
        return true;
    }

    void remove(long peer) {
        int index = indexOf(peer);
        if (index >= 0) {
            int last = size() - 1;
            memory.set(LONG, entry(index), memory.get(LONG, entry(last)));
            memory.set(INT, base + SEED_COUNT, last);
            table.release(peer);
        }
    }

    void startAt(int index) {
        memory.set(INT, base + SEED_CURSOR, index);
    }

    /// The seeds one after the other, round and round; there must be one.
    long next() {
        int cursor = memory.get(INT, base + SEED_CURSOR) % size();
        memory.set(INT, base + SEED_CURSOR, cursor + 1);
        return memory.get(LONG, entry(cursor));
    }

    boolean missingFrom(GossipView view) {
        int size = size();
        for (int i = 0; i < size; i++) {
            if (view.indexOf(memory.get(LONG, entry(i))) < 0) {
                return true;
            }
        }
        return false;
    }

    boolean contains(long peer) {
        return indexOf(peer) >= 0;
    }

    private int indexOf(long peer) {
        int size = size();
        for (int i = 0; i < size; i++) {
            if (memory.get(LONG, entry(i)) == peer) {
                return i;
            }
        }
        return -1;
    }

    private long entry(int index) {
        return base + offset + (long) index * Long.BYTES;
    }
}
