package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.memory.SlotTable;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Rows that an index keeps beside its codes.
final class StoredVectors {
    private StoredVectors() {}

    /// Checks that rows of this space can stand beside codes of that metric.
    static void check(EmbeddingSpace rows, Metric metric, int dimensions) {
        if (rows.metric() != metric
                || rows.dimensions() != dimensions
                || rows.vectorBytes() != (long) Float.BYTES * dimensions) {
            throw new IllegalArgumentException(
                    "rowSpace: metric=%s dimensions=%d vectorBytes=%d must be those of floats with"
                                    .formatted(rows.metric(), rows.dimensions(), rows.vectorBytes())
                            + " metric=%s dimensions=%d".formatted(metric, dimensions));
        }
    }

    /// Writes the vector that a row stands for.
    static void load(EmbeddingSpace space, RowStore rows, int slot, MemorySegment vector) {
        if (space instanceof Int8Space int8) {
            int8.loadRow(rows.segmentOf(slot), rows.offsetOf(slot), vector, 0);
            return;
        }
        if (space.rowBytes() < space.vectorBytes()) {
            throw new IllegalStateException(
                    "rowBytes=%d: vectors of vectorBytes=%d cannot be read back from such rows"
                            .formatted(space.rowBytes(), space.vectorBytes()));
        }
        MemorySegment.copy(
                rows.segmentOf(slot), rows.offsetOf(slot), vector, 0, space.vectorBytes());
    }

    /// Encodes what all rows stand for.
    static void encode(
            EmbeddingSpace space, RowStore rows, ProductQuantizer quantizer, CodeBlocks blocks) {
        SlotTable slots = rows.slots();
        int limit = slots.limit();
        try (Arena own = Arena.ofConfined()) {
            MemorySegment vector = own.allocate(space.vectorBytes(), RowStore.ALIGNMENT);
            MemorySegment code = own.allocate(quantizer.codeSize(), RowStore.ALIGNMENT);
            for (int slot = 0; slot < limit; slot++) {
                if (slots.isLive(slot)) {
                    load(space, rows, slot, vector);
                    quantizer.encode(vector, 0, code, 0);
                    blocks.store(code, 0, slot);
                }
            }
        }
    }
}
