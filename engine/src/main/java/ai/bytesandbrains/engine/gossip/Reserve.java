package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipState.INT;
import static ai.bytesandbrains.engine.gossip.GossipState.LONG;
import static ai.bytesandbrains.engine.gossip.GossipState.RESERVE_CURSOR;
import static ai.bytesandbrains.engine.gossip.GossipState.RESERVE_LENGTH;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Flyweight over the reserve of a slot: peers that merges evicted, the latest kept. They refill a
/// view that has lost everybody. Holds one reference to each.
///
/// A merge offers half a view, so who is there is copied out of the slot once, and counted by a
/// hash: most of those who are offered are not there, which a count of zero tells at once.
final class Reserve {

    private static final long NO_BASE = -1;

    /// Counts for each place; one of them in eight is not zero in a full reserve.
    private static final int COUNTS_PER_PLACE = 8;

    /// Of the golden ratio: spreads consecutive slots of a table (Knuth, The Art of Computer
    /// Programming 3, section 6.4).
    private static final int HASH_FACTOR = 0x9E3779B9;

    /// Nobody reads it; a compiler cannot know.
    long touched;

    private final MemorySegment memory;
    private final PeerTable table;
    private final int offset;
    private final int capacity;
    private final long[] peers;
    private final short[] counts;
    private final int countShift;
    private long base = NO_BASE;
    private boolean copied;
    private int size;

    Reserve(GossipState state, PeerTable table, int capacity) {
        this.memory = state.memory;
        this.table = table;
        this.offset = state.reserveOffset;
        this.capacity = capacity;
        peers = new long[capacity];
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(COUNTS_PER_PLACE * capacity | 1);
        counts = new short[1 << bits];
        countShift = Integer.SIZE - bits;
    }

    void bind(long base) {
        if (this.base != base) {
            this.base = base;
            copied = false;
        }
    }

    int size() {
        return copied ? size : memory.get(INT, base + RESERVE_LENGTH);
    }

    /// Takes over one reference to the peer.
    void offer(long peer) {
        if (capacity == 0 || indexOf(peer) >= 0) {
            table.release(peer);
        } else if (size < capacity) {
            set(size, peer);
            setSize(size + 1);
        } else {
            int cursor = memory.get(INT, base + RESERVE_CURSOR);
            table.release(peers[cursor]);
            counts[hashOf(peers[cursor])]--;
            set(cursor, peer);
            memory.set(INT, base + RESERVE_CURSOR, cursor + 1 == capacity ? 0 : cursor + 1);
        }
    }

    /// Hands a peer over with its reference; there must be one.
    long take() {
        copy();
        setSize(size - 1);
        counts[hashOf(peers[size])]--;
        return peers[size];
    }

    void remove(long peer) {
        int index = indexOf(peer);
        if (index >= 0) {
            long last = take();
            if (last != peer) {
                counts[hashOf(peer)]--;
                set(index, last);
            }
            table.release(peer);
        }
    }

    /// Reads the records of the peers that will make room next, with the waits for them
    /// overlapping.
    void touch(int count) {
        copy();
        if (size == capacity) {
            int next = memory.get(INT, base + RESERVE_CURSOR);
            for (int left = Math.min(count, size); left > 0; left--) {
                touched += table.touch(peers[next]);
                next = next + 1 == capacity ? 0 : next + 1;
            }
        }
    }

    private int indexOf(long peer) {
        copy();
        if (counts[hashOf(peer)] == 0) {
            return -1;
        }
        int index = size - 1;
        while (index >= 0 && peers[index] != peer) {
            index--;
        }
        return index;
    }

    private void copy() {
        if (copied) {
            return;
        }
        size = memory.get(INT, base + RESERVE_LENGTH);
        MemorySegment.copy(memory, LONG, base + offset, peers, 0, size);
        Arrays.fill(counts, (short) 0);
        for (int i = 0; i < size; i++) {
            counts[hashOf(peers[i])]++;
        }
        copied = true;
    }

    private void set(int index, long peer) {
        peers[index] = peer;
        counts[hashOf(peer)]++;
        memory.set(LONG, base + offset + (long) index * Long.BYTES, peer);
    }

    private void setSize(int count) {
        size = count;
        memory.set(INT, base + RESERVE_LENGTH, count);
    }

    private int hashOf(long peer) {
        return ((int) peer * HASH_FACTOR) >>> countShift;
    }
}
