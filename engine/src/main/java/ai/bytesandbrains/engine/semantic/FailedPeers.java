package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.SemanticState.CYCLES;
import static ai.bytesandbrains.engine.semantic.SemanticState.FAILED_CURSOR;
import static ai.bytesandbrains.engine.semantic.SemanticState.INT;
import static ai.bytesandbrains.engine.semantic.SemanticState.LONG;
import static ai.bytesandbrains.engine.semantic.SemanticState.MAX_FAILED;

import java.lang.foreign.MemorySegment;

/// Flyweight over the peers of a slot that did not answer lately. One silence may be a lost
/// message; after the second in a row the peer counts as dead, and of what others say about it only
/// that is believed which is younger than its death.
final class FailedPeers {

    private static final int DEADLY = 2;
    private static final int ENTRY_BYTES = 16;
    private static final int CYCLE = 8;
    private static final int STRIKES = 12;

    private final MemorySegment memory;
    private final long offset;
    private long base;

    FailedPeers(SemanticState state) {
        memory = state.memory;
        offset = state.failedOffset;
    }

    void bind(long base) {
        this.base = base;
    }

    /// Remembers that a peer was silent; the oldest memory makes room.
    ///
    /// @return whether it counts as dead now
    boolean record(long shortId) {
        int index = indexOf(shortId);
        int strikes = 1;
        if (index < 0) {
            index = memory.get(INT, base + FAILED_CURSOR);
            memory.set(INT, base + FAILED_CURSOR, (index + 1) % MAX_FAILED);
        } else {
            strikes += memory.get(INT, entry(index) + STRIKES);
        }
        memory.set(LONG, entry(index), shortId);
        memory.set(INT, entry(index) + CYCLE, memory.get(INT, base + CYCLES));
        memory.set(INT, entry(index) + STRIKES, strikes);
        return strikes >= DEADLY;
    }

    /// Remembers that a peer is dead.
    void bury(long shortId) {
        for (int silence = 0; silence < DEADLY; silence++) {
            record(shortId);
        }
    }

    void forgive(long shortId) {
        int index = indexOf(shortId);
        if (index >= 0) {
            // No peer has the short id 0.
            memory.set(LONG, entry(index), 0);
        }
    }

    /// Whether news of this age may be as old as the death of its peer.
    boolean isStale(long shortId, int age) {
        int index = indexOf(shortId);
        if (index < 0 || memory.get(INT, entry(index) + STRIKES) < DEADLY) {
            return false;
        }
        return age >= memory.get(INT, base + CYCLES) - memory.get(INT, entry(index) + CYCLE);
    }

    private int indexOf(long shortId) {
        for (int i = 0; i < MAX_FAILED; i++) {
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
