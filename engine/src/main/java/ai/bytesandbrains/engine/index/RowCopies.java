package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.Pause;
import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.memory.SlotTable;

import java.lang.foreign.MemorySegment;

/// Copies of the rows of one block that the writer is at work on, each from one moment.
///
/// Row by row, since a copy of one takes less time than the writer needs from one write to the
/// next: a reader gets on however busy the writer is. The memory is allocated when it is first
/// needed.
final class RowCopies {
    private final RowStore rows;
    private final long[] ids = new long[SlotTable.BLOCK];
    private volatile RowStore copies;
    private volatile boolean closed;

    RowCopies(RowStore rows) {
        this.rows = rows;
    }

    /// The copies, slot by slot of the block; after [#copy] only.
    RowStore rows() {
        return copies;
    }

    /// The id that row `i` of the block had when it was copied.
    long idAt(int i) {
        return ids[i];
    }

    /// Copies the rows of block `block` of a run; the bits of those that are there.
    long copy(Runs runs, int block) {
        long copied = 0;
        for (int i = 0; i < SlotTable.BLOCK; i++) {
            if (copyRow(runs, block, i)) {
                copied |= 1L << i;
            }
        }
        return copied;
    }

    /// Copies row `i` of block `block` of a run; false if there is none (any more).
    boolean copyRow(Runs runs, int block, int i) {
        RowStore to = made();
        int slot = runs.firstSlot() + block * SlotTable.BLOCK + i;
        runs.look(block);
        while ((runs.bits(block) & 1L << i) != 0) {
            ids[i] = runs.idAt(slot);
            MemorySegment.copy(
                    rows.segmentOf(slot),
                    rows.offsetOf(slot),
                    to.segmentOf(i),
                    to.offsetOf(i),
                    rows.rowStride());
            if (runs.unchanged(block)) {
                return true;
            }
            Pause.briefly();
            runs.look(block);
        }
        return false;
    }

    void close() {
        closed = true;
        RowStore made = copies;
        if (made != null) {
            made.close();
        }
    }

    private RowStore made() {
        RowStore made = copies;
        if (made == null) {
            made = RowStore.ofOneBlock(Math.toIntExact(rows.rowStride()));
            copies = made;
            if (closed) {
                made.close();
            }
        }
        return made;
    }
}
