package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.SemanticState.INT;
import static ai.bytesandbrains.engine.semantic.SemanticState.INTRODUCED;
import static ai.bytesandbrains.engine.semantic.SemanticState.INTRODUCED_CURSOR;
import static ai.bytesandbrains.engine.semantic.SemanticState.LONG;
import static ai.bytesandbrains.engine.semantic.SemanticState.MAX_INTRODUCED;

import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.MemorySegment;

/// Flyweight over the peers of a slot that somebody has named, to be exchanged with soon: the last
/// one first. Holds a reference to each; the oldest makes room.
final class IntroducedPeers {

    private final MemorySegment memory;
    private final PeerTable table;
    private long base;

    IntroducedPeers(SemanticState state, PeerTable table) {
        memory = state.memory;
        this.table = table;
    }

    void bind(long base) {
        this.base = base;
    }

    /// Takes a peer, and the caller's reference to it.
    void add(long peer) {
        int cursor = memory.get(INT, base + INTRODUCED_CURSOR);
        long at = at(cursor);
        long before = memory.get(LONG, at);
        if (before != PeerTable.NULL_PEER) {
            table.release(before);
        }
        memory.set(LONG, at, peer);
        memory.set(INT, base + INTRODUCED_CURSOR, (cursor + 1) % MAX_INTRODUCED);
    }

    boolean contains(long peer) {
        for (int i = 0; i < MAX_INTRODUCED; i++) {
            if (memory.get(LONG, at(i)) == peer) {
                return true;
            }
        }
        return false;
    }

    /// The peer that was added last, or [PeerTable#NULL_PEER].
    long last() {
        return memory.get(LONG, at(lastIndex()));
    }

    void removeLast() {
        int last = lastIndex();
        long peer = memory.get(LONG, at(last));
        if (peer != PeerTable.NULL_PEER) {
            table.release(peer);
            memory.set(LONG, at(last), PeerTable.NULL_PEER);
        }
        memory.set(INT, base + INTRODUCED_CURSOR, last);
    }

    void clear() {
        for (int i = 0; i < MAX_INTRODUCED; i++) {
            removeLast();
        }
    }

    private int lastIndex() {
        int cursor = memory.get(INT, base + INTRODUCED_CURSOR);
        return (cursor + MAX_INTRODUCED - 1) % MAX_INTRODUCED;
    }

    private long at(int index) {
        return base + INTRODUCED + (long) index * Long.BYTES;
    }
}
