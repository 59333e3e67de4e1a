package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipState.EXCHANGES;
import static ai.bytesandbrains.engine.gossip.GossipState.FAILED_COUNT;
import static ai.bytesandbrains.engine.gossip.GossipState.FAILED_CURSOR;
import static ai.bytesandbrains.engine.gossip.GossipState.INT;
import static ai.bytesandbrains.engine.gossip.GossipState.LONG;

import java.lang.foreign.MemorySegment;

/// Flyweight over the peers of a slot that failed last, each with how often in a row it failed and
/// the number of exchanges the node had made by then.
///
/// Removing a dead peer is not enough where views are not full: nothing evicts the descriptors of
/// it that others still hold, and they hand it back and forth, so that it is removed and comes back
/// for ever. So what a third party says of a peer that failed twice here, with no word from it in
/// between, counts only if it is news: a descriptor's age is the number of exchanges since its peer
/// was last heard of, and it has to be clearly younger than the failure. Ages grow with the
/// exchanges of whoever holds them; the factor allows for holders that exchange half as often as
/// this node. One failure may be a lost message and changes nothing. A peer that gets in touch
/// itself is forgiven at once.
final class Failed {

    private static final int ENTRY_BYTES = 2 * Long.BYTES;
    private static final int STRIKES = 12;
    private static final int TOLERATED_STRIKES = 1;
    private static final int PACE_FACTOR = 2;

    private final MemorySegment memory;
    private final int offset;
    private final int capacity;
    private long base;

    Failed(GossipState state, int capacity) {
        this.memory = state.memory;
        this.offset = state.failedOffset;
        this.capacity = capacity;
    }

    void bind(long base) {
        this.base = base;
    }

    /// Remembers that a peer failed now; the oldest memory makes room.
    void record(long shortId) {
        int index = indexOf(shortId);
        int strikes = 1;
        if (index < 0) {
            index = memory.get(INT, base + FAILED_CURSOR);
            memory.set(INT, base + FAILED_CURSOR, (index + 1) % capacity);
            int count = memory.get(INT, base + FAILED_COUNT);
            memory.set(INT, base + FAILED_COUNT, Math.max(count, index + 1));
        } else {
            strikes += memory.get(INT, entry(index) + STRIKES);
        }
        memory.set(LONG, entry(index), shortId);
        memory.set(INT, entry(index) + Long.BYTES, memory.get(INT, base + EXCHANGES));
        memory.set(INT, entry(index) + STRIKES, strikes);
    }

    void forgive(long shortId) {
        int index = indexOf(shortId);
        if (index >= 0) {
            // No peer has the short id 0.
            memory.set(LONG, entry(index), 0);
        }
    }

    /// Whether a descriptor of this age may be as old as the failure of its peer.
    boolean isStale(long shortId, int age) {
        int index = indexOf(shortId);
        if (index < 0 || memory.get(INT, entry(index) + STRIKES) <= TOLERATED_STRIKES) {
            return false;
        }
        int failedAt = memory.get(INT, entry(index) + Long.BYTES);
        int exchangesSince = memory.get(INT, base + EXCHANGES) - failedAt;
        return PACE_FACTOR * age >= exchangesSince;
    }

    private int indexOf(long shortId) {
        int count = memory.get(INT, base + FAILED_COUNT);
        for (int i = 0; i < count; i++) {
            if (memory.get(LONG, entry(i)) == shortId) {
                return i;
            }
        }
        return -1;
    }

    private long entry(int index) {
        return base + offset + (long) index * ENTRY_BYTES;
    }
}
