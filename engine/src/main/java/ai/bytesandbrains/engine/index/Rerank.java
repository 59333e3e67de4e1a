package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.IdMap;
import ai.bytesandbrains.engine.memory.Pause;
import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.memory.SlotTable;
import ai.bytesandbrains.engine.space.EmbeddingSpace;

import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/// The second look at the candidates of a code scan: their rows are copied out, each from one
/// moment and as it is now, and measured block by block.
final class Rerank {
    private final Entries entries;
    private final SlotTable slots;
    private final RowStore rows;
    private final Measure measure;
    private final RowStore copies;
    private final long[] ids = new long[SlotTable.BLOCK];
    private final float[] distances = new float[SlotTable.BLOCK];

    /// Working memory comes from `memory`, by the number of bytes.
    Rerank(Entries entries, StoredVectors stored, LongFunction<MemorySegment> memory) {
        EmbeddingSpace space = stored.space();
        this.entries = entries;
        this.slots = entries.slots();
        this.rows = stored.rows();
        this.measure = new SpaceMeasure(space, memory.apply(space.preparedBytes()));
        this.copies = RowStore.ofOneBlock(Math.toIntExact(rows.rowStride()));
    }

    /// Offers all candidates that are still there with their distances by rows.
    void run(MemorySegment query, long offset, Neighbours candidates, Neighbours out) {
        measure.prepare(query, offset);
        int size = candidates.size();
        int copied = 0;
        for (int i = 0; i < size; i++) {
            long id = candidates.anyIdAt(i);
            if (copyRow(id, copied)) {
                ids[copied++] = id;
            }
            if (copied == SlotTable.BLOCK || (i == size - 1 && copied > 0)) {
                measure.distances(copies, 0, copied, distances);
                for (int j = 0; j < copied; j++) {
                    out.offer(distances[j], ids[j]);
                }
                copied = 0;
            }
        }
    }

    private boolean copyRow(long id, int to) {
        while (true) {
            int slot = entries.slotOf(id);
            if (slot == IdMap.ABSENT) {
                return false;
            }
            int block = slot / SlotTable.BLOCK;
            long sequence = slots.sequence(block);
            boolean there = slots.isLive(slot) && slots.idAt(slot) == id;
            if (there) {
                MemorySegment.copy(
                        rows.segmentOf(slot),
                        rows.offsetOf(slot),
                        copies.segmentOf(to),
                        copies.offsetOf(to),
                        rows.rowStride());
                if (slots.unchanged(block, sequence)) {
                    return true;
                }
            }
            Pause.briefly();
        }
    }

    void close() {
        copies.close();
    }
}
