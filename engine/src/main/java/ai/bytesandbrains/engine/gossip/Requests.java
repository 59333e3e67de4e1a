package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipState.INT;
import static ai.bytesandbrains.engine.gossip.GossipState.LONG;
import static ai.bytesandbrains.engine.gossip.GossipState.REQUESTS_USED;
import static ai.bytesandbrains.engine.gossip.GossipState.REQUEST_HEADER_BYTES;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;

/// Flyweight over the requests of a slot: who was asked what and when, and which peers were sent,
/// so that a merge knows what *this* exchange gave away. Holds one reference to each partner; the
/// peers sent are only compared with, so they are not referenced.
final class Requests {

    private static final int ID = 0;
    private static final int PARTNER = 8;
    private static final int START = 16;
    private static final int IS_SENT = 24;
    private static final int KIND = 28;
    private static final int RETRIED = 32;
    private static final int SENT = 36;

    private final MemorySegment memory;
    private final PeerTable table;
    private final int offset;
    private final int bytes;
    private final int capacity;
    private long base;

    Requests(GossipState state, PeerTable table, int capacity) {
        this.memory = state.memory;
        this.table = table;
        this.offset = state.requestsOffset;
        this.bytes = state.requestBytes;
        this.capacity = capacity;
    }

    void bind(long base) {
        this.base = base;
    }

    int capacity() {
        return capacity;
    }

    /// The index of a free place, or -1.
    int findFree() {
        int free = Long.numberOfTrailingZeros(~used());
        return free < capacity ? free : -1;
    }

    int freeCount() {
        return capacity - Long.bitCount(used());
    }

    /// How many of them ask a seed peer.
    int joins() {
        int count = 0;
        for (int i = 0; i < capacity; i++) {
            count += isUsed(i) && kindOf(i) == GossipKind.JOIN ? 1 : 0;
        }
        return count;
    }

    /// The request that a message answers, or -1: the id and the sender must both fit.
    int findAwaiting(long id, long partner) {
        for (int i = 0; i < capacity; i++) {
            if (isUsed(i)
                    && memory.get(INT, at(i) + IS_SENT) != 0
                    && memory.get(LONG, at(i) + ID) == id
                    && partnerOf(i) == partner) {
                return i;
            }
        }
        return -1;
    }

    boolean isPartner(long peer) {
        for (int i = 0; i < capacity; i++) {
            if (isUsed(i) && partnerOf(i) == peer) {
                return true;
            }
        }
        return false;
    }

    /// Copies the partners of all requests on their way.
    int partners(long[] into) {
        int count = 0;
        for (int i = 0; i < capacity; i++) {
            if (isUsed(i)) {
                into[count++] = partnerOf(i);
            }
        }
        return count;
    }

    void start(int index, GossipKind kind, long partner, long id, long nowNs) {
        table.retain(partner);
        long at = at(index);
        memory.set(LONG, at + ID, id);
        memory.set(LONG, at + PARTNER, partner);
        memory.set(LONG, at + START, nowNs);
        memory.set(INT, at + IS_SENT, 0);
        memory.set(INT, at + KIND, kind.code());
        memory.set(INT, at + RETRIED, 0);
        memory.set(INT, at + SENT, 0);
        setUsed(used() | 1L << index);
    }

    /// Remembers what was sent, and that the partner's time runs from now; the first entry is the
    /// sender itself and does not count.
    void sent(int index, ExchangeBuffer buffer, long nowNs) {
        long at = at(index);
        memory.set(LONG, at + START, nowNs);
        memory.set(INT, at + IS_SENT, 1);
        memory.set(INT, at + SENT, buffer.size() - 1);
        buffer.copyPeers(1, memory, at + REQUEST_HEADER_BYTES);
    }

    void free(int index) {
        table.release(partnerOf(index));
        setUsed(used() & ~(1L << index));
    }

    boolean isUsed(int index) {
        return (used() >>> index & 1) != 0;
    }

    boolean isUnsent(int index) {
        return isUsed(index) && memory.get(INT, at(index) + IS_SENT) == 0;
    }

    GossipKind kindOf(int index) {
        return GossipKind.ofCode(memory.get(INT, at(index) + KIND));
    }

    long idOf(int index) {
        return memory.get(LONG, at(index) + ID);
    }

    long partnerOf(int index) {
        return memory.get(LONG, at(index) + PARTNER);
    }

    long startOf(int index) {
        return memory.get(LONG, at(index) + START);
    }

    boolean isRetried(int index) {
        return memory.get(INT, at(index) + RETRIED) != 0;
    }

    void setRetried(int index) {
        memory.set(INT, at(index) + RETRIED, 1);
    }

    /// Copies the peers that were sent.
    int sentPeers(int index, long[] into) {
        long at = at(index);
        int count = memory.get(INT, at + SENT);
        MemorySegment.copy(memory, LONG, at + REQUEST_HEADER_BYTES, into, 0, count);
        return count;
    }

    /// In the head of the slot, so that nobody has to look at requests that are not there.
    private long used() {
        return memory.get(LONG, base + REQUESTS_USED);
    }

    private void setUsed(long used) {
        memory.set(LONG, base + REQUESTS_USED, used);
    }

    private long at(int index) {
        return base + offset + (long) index * bytes;
    }
}
