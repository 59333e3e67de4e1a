package ai.bytesandbrains.engine.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The messages of one channel that are on their way, off-heap, in slots of one size.
///
/// Slot: sender 4, length 4, bytes. Chunks are added as they are needed and never move.
final class MessagePool implements AutoCloseable {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int HEADER_BYTES = 8;
    private static final int CHUNK_SHIFT = 8;
    private static final int CHUNK_SLOTS = 1 << CHUNK_SHIFT;

    private final Arena arena = Arena.ofShared();
    private final int stride;
    private MemorySegment[] chunks = new MemorySegment[4];
    private int chunkCount;
    private int[] free = new int[CHUNK_SLOTS];
    private int freeCount;

    /// Makes a pool.
    ///
    /// @param maxBytes the longest message
    MessagePool(int maxBytes) {
        stride = HEADER_BYTES + ((maxBytes + Long.BYTES - 1) & -Long.BYTES);
    }

    /// Takes a slot for a message of a sender.
    int take(int from) {
        if (freeCount == 0) {
            addChunk();
        }
        int slot = free[--freeCount];
        segmentOf(slot).set(INT, offsetOf(slot) - HEADER_BYTES, from);
        return slot;
    }

    void free(int slot) {
        free[freeCount++] = slot;
    }

    /// Sets the length of the message and clears its last word behind it, for [#hash].
    void setLength(int slot, int length) {
        MemorySegment segment = segmentOf(slot);
        long offset = offsetOf(slot);
        segment.set(INT, offset - HEADER_BYTES + Integer.BYTES, length);
        for (int i = length; (i & (Long.BYTES - 1)) != 0; i++) {
            segment.set(ValueLayout.JAVA_BYTE, offset + i, (byte) 0);
        }
    }

    int fromOf(int slot) {
        return segmentOf(slot).get(INT, offsetOf(slot) - HEADER_BYTES);
    }

    int lengthOf(int slot) {
        return segmentOf(slot).get(INT, offsetOf(slot) - HEADER_BYTES + Integer.BYTES);
    }

    MemorySegment segmentOf(int slot) {
        return chunks[slot >>> CHUNK_SHIFT];
    }

    /// Where the bytes of the message begin in its segment.
    long offsetOf(int slot) {
        return (long) (slot & (CHUNK_SLOTS - 1)) * stride + HEADER_BYTES;
    }

    void copy(int from, int to) {
        int length = lengthOf(from);
        MemorySegment.copy(segmentOf(from), offsetOf(from), segmentOf(to), offsetOf(to), length);
        setLength(to, length);
    }

    /// Mixes the message into a digest.
    long hash(int slot, long digest) {
        MemorySegment segment = segmentOf(slot);
        long offset = offsetOf(slot);
        int length = lengthOf(slot);
        long hash = digest;
        for (int i = 0; i < length; i += Long.BYTES) {
            hash = (Long.rotateLeft(hash, 23) ^ segment.get(LONG, offset + i)) * Simulation.PRIME;
        }
        return hash;
    }

    long bytes() {
        return (long) chunkCount * CHUNK_SLOTS * stride;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private void addChunk() {
        if (chunkCount == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * chunkCount);
        }
        chunks[chunkCount] = arena.allocate((long) CHUNK_SLOTS * stride, 64);
        if (free.length < (chunkCount + 1) * CHUNK_SLOTS) {
            free = Arrays.copyOf(free, 2 * free.length);
        }
        for (int i = CHUNK_SLOTS - 1; i >= 0; i--) {
            free[freeCount++] = (chunkCount << CHUNK_SHIFT) + i;
        }
        chunkCount++;
    }
}
