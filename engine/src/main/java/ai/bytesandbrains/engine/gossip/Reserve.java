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
/// A merge offers half a view, so who is there is copied out of the slot once, with a Bloom filter
/// of one hash: most of those who are offered are not there, which a bit that is not set tells at
/// once. The bit of a peer that has left stays until the next copy and costs a search.
final class Reserve {

    private static final long NO_BASE = -1;

    /// Bits for each place; one of them in eight is set in a full reserve.
    private static final int BITS_PER_PLACE = 8;

    /// Of the golden ratio: spreads consecutive slots of a table (Knuth, The Art of Computer
    /// Programming 3, section 6.4).
    private static final int HASH_FACTOR = 0x9E3779B9;

    private static final int WORD_SHIFT = 6;

    /// Nobody reads it; a compiler cannot know.
    long touched;

    private final MemorySegment memory;
    private final PeerTable table;
    private final int offset;
    private final int capacity;
    private final long[] peers;
    private final long[] filter;
    private final int bitShift;
    private long base = NO_BASE;
    private boolean copied;
    private int size;
    private int cursor;

    Reserve(GossipState state, PeerTable table, int capacity) {
        this.memory = state.memory;
        this.table = table;
        this.offset = state.reserveOffset;
        this.capacity = capacity;
        peers = new long[capacity];
        int bits = Integer.highestOneBit(Math.max(Long.SIZE, BITS_PER_PLACE * capacity));
        filter = new long[bits / Long.SIZE];
        bitShift = Integer.numberOfLeadingZeros(bits - 1);
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

    /// Takes over one reference to each of the first peers.
    void offer(long[] offered, int count) {
        copy();
        for (int i = 0; i < count; i++) {
            long peer = offered[i];
            if (capacity == 0 || indexOf(peer) >= 0) {
                table.release(peer);
            } else if (size < capacity) {
                set(size, peer);
                size++;
            } else {
                table.release(peers[cursor]);
                set(cursor, peer);
                cursor = cursor + 1 == capacity ? 0 : cursor + 1;
            }
        }
        setSize(size);
        memory.set(INT, base + RESERVE_CURSOR, cursor);
    }

    /// Hands a peer over with its reference; there must be one.
    long take() {
        copy();
        setSize(size - 1);
        return peers[size];
    }

    void remove(long peer) {
        int index = indexOf(peer);
        if (index >= 0) {
            long last = take();
            if (last != peer) {
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
            int next = cursor;
            for (int left = Math.min(count, size); left > 0; left--) {
                touched += table.touch(peers[next]);
                next = next + 1 == capacity ? 0 : next + 1;
            }
        }
    }

    private int indexOf(long peer) {
        copy();
        int bit = bitOf(peer);
        if ((filter[bit >>> WORD_SHIFT] & 1L << bit) == 0) {
            return -1;
        }
        int index = size - 1;
        while (index >= 0 && peers[index] != peer) {
            index--;
        }
        return index;
    }

    private void copy() {
        if (!copied) {
            copySlot();
        }
    }

    private void copySlot() {
        size = memory.get(INT, base + RESERVE_LENGTH);
        cursor = memory.get(INT, base + RESERVE_CURSOR);
        MemorySegment.copy(memory, LONG, base + offset, peers, 0, size);
        Arrays.fill(filter, 0);
        for (int i = 0; i < size; i++) {
            remember(peers[i]);
        }
        copied = true;
    }

    private void set(int index, long peer) {
        peers[index] = peer;
        remember(peer);
        memory.set(LONG, base + offset + (long) index * Long.BYTES, peer);
    }

    private void setSize(int count) {
        size = count;
        memory.set(INT, base + RESERVE_LENGTH, count);
    }

    private void remember(long peer) {
        int bit = bitOf(peer);
        filter[bit >>> WORD_SHIFT] |= 1L << bit;
    }

    private int bitOf(long peer) {
        return ((int) peer * HASH_FACTOR) >>> bitShift;
    }
}
