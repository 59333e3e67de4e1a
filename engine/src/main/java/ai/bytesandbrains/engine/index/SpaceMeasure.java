package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.space.EmbeddingSpace;

import java.lang.foreign.MemorySegment;

/// The distances of a space to rows in the stored form of that space.
final class SpaceMeasure implements Measure {
    private final EmbeddingSpace space;
    private final MemorySegment prepared;

    /// `prepared` has room for `space.preparedBytes()`.
    SpaceMeasure(EmbeddingSpace space, MemorySegment prepared) {
        this.space = space;
        this.prepared = prepared;
    }

    @Override
    public void prepare(MemorySegment query, long offset) {
        space.prepare(query, offset, prepared, 0);
    }

    @Override
    public void distances(RowStore rows, int first, int count, float[] out) {
        space.distancesPrepared(prepared, 0, rows, first, count, out);
    }
}
