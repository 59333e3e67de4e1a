package ai.bytesandbrains.engine.train;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A uniform sample of a stream of vectors: each vector seen so far is in it with the same
/// probability.
///
/// **Threads.** One at a time. **Allocation.** Off-heap, at the first [#offer]; none on the heap
/// after it. Freed by the garbage collector.
///
/// Source: Vitter, "Random sampling with a reservoir", ACM Transactions on Mathematical Software
/// 11(1), 1985, algorithm R.
public final class Reservoir {
    private final int capacity;
    private final long rowBytes;
    private final SplitMix random;
    private MemorySegment rows;
    private long seen;

    /// An empty reservoir.
    ///
    /// @param capacity vectors that it holds at most
    /// @param dimensions floats in a vector, 1 to [EmbeddingSpace#MAX_DIMENSIONS]
    /// @param seed of the choices
    /// @throws IllegalArgumentException if `capacity` is not positive, or `dimensions` out of range
    public Reservoir(int capacity, int dimensions, long seed) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity=" + capacity + " must be positive");
        }
        Vectors.checkDimensions(dimensions);
        this.capacity = capacity;
        rowBytes = 4L * dimensions;
        random = new SplitMix(seed);
    }

    /// Shows the next vector of the stream, which is copied if it is chosen.
    ///
    /// @param vector holds the vector; native or heap
    /// @param offset byte offset of the vector
    /// @throws IllegalArgumentException if it does not lie inside its segment
    public void offer(MemorySegment vector, long offset) {
        Vectors.checkRows("vector", vector, offset, 0, 1, rowBytes);
        if (rows == null) {
            rows = Arena.ofAuto().allocate(capacity * rowBytes, RowStore.ALIGNMENT);
        }
        // Of 2^63 numbers the first few are drawn more often by one: nothing that can be noticed.
        long slot = seen < capacity ? seen : (random.nextLong() >>> 1) % (seen + 1);
        seen++;
        if (slot < capacity) {
            MemorySegment.copy(vector, offset, rows, slot * rowBytes, rowBytes);
        }
    }

    /// Forgets all vectors and keeps the memory.
    public void clear() {
        seen = 0;
    }

    /// {@return vectors seen since the start or the last [#clear]}
    public long seen() {
        return seen;
    }

    /// {@return vectors held}
    public int size() {
        return (int) Math.min(seen, capacity);
    }

    /// {@return the vectors, one after the other, [#size] of them; `null` before the first one}
    public MemorySegment rows() {
        return rows;
    }
}
