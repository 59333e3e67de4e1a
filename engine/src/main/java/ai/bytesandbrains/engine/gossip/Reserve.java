package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipState.INT;
import static ai.bytesandbrains.engine.gossip.GossipState.LONG;
import static ai.bytesandbrains.engine.gossip.GossipState.RESERVE_CURSOR;
import static ai.bytesandbrains.engine.gossip.GossipState.RESERVE_LENGTH;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;

/// Flyweight over the reserve of a slot: peers that merges evicted, the latest kept. They refill a
/// view that has lost everybody. Holds one reference to each.
final class Reserve {

    private final MemorySegment memory;
    private final PeerTable table;
    private final int offset;
    private final int capacity;
    private long base;

    Reserve(GossipState state, PeerTable table, int capacity) {
        this.memory = state.memory;
        this.table = table;
        this.offset = state.reserveOffset;
        this.capacity = capacity;
    }

    void bind(long base) {
        this.base = base;
    }

    int size() {
        return memory.get(INT, base + RESERVE_LENGTH);
    }

    /// Takes over one reference to the peer.
    void offer(long peer) {
        int size = size();
        if (capacity == 0 || indexOf(peer) >= 0) {
            table.release(peer);
        } else if (size < capacity) {
            memory.set(LONG, entry(size), peer);
            memory.set(INT, base + RESERVE_LENGTH, size + 1);
        } else {
            int cursor = memory.get(INT, base + RESERVE_CURSOR) % capacity;
            table.release(memory.get(LONG, entry(cursor)));
            memory.set(LONG, entry(cursor), peer);
            memory.set(INT, base + RESERVE_CURSOR, cursor + 1);
        }
    }

    /// Hands a peer over with its reference; there must be one.
    long take() {
        int last = size() - 1;
        memory.set(INT, base + RESERVE_LENGTH, last);
        return memory.get(LONG, entry(last));
    }

    void remove(long peer) {
        int index = indexOf(peer);
        if (index >= 0) {
            memory.set(LONG, entry(index), take());
            table.release(peer);
        }
    }

    /// Reads the records of the peers that will make room next.
    long touch(int count) {
        int size = size();
        long sum = 0;
        if (size == capacity) {
            int cursor = memory.get(INT, base + RESERVE_CURSOR);
            for (int i = 0; i < Math.min(count, size); i++) {
                sum += table.touch(memory.get(LONG, entry((cursor + i) % capacity)));
            }
        }
        return sum;
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
