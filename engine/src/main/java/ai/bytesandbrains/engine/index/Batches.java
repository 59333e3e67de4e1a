package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.MemorySegment;

/// The arguments of a batch, checked once.
final class Batches {
    private Batches() {}

    static void check(
            EmbeddingSpace space,
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            Neighbours[] out) {
        Vectors.checkRows("queries", queries, offset, stride, count, space.vectorBytes());
        if (out.length < count) {
            throw new IllegalArgumentException(
                    "out.length=" + out.length + " must be at least count=" + count);
        }
    }
}
