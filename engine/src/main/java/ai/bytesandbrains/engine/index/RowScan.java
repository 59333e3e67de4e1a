package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.memory.SlotTable;

import java.lang.foreign.MemorySegment;

/// The scan of one query over all rows, beside a writer.
///
/// A run of blocks is measured by a kernel, its best are collected by plain code, and both count
/// only if no block of the run was written meanwhile. Of a block that was, every row is copied and
/// checked by itself: a copy takes less time than the writer needs from one write to the next, so a
/// reader gets on however busy the writer is.
final class RowScan {
    /// Blocks of a run at most: 1,024 slots keep a kernel running, and their distances stay in the
    /// first-level cache.
    private static final int MAX_BLOCKS = 16;

    private static final int MAX_RESTARTS = 4;

    private final SlotTable slots;
    private final RowStore rows;
    private final int blocksInChunk;
    private final Measure measure;
    private final Runs runs;
    private final Candidates found = new Candidates(MAX_BLOCKS);
    private final float[] distances = new float[MAX_BLOCKS * SlotTable.BLOCK];

    private final RowCopies copies;
    private long[] idScratch = new long[64];

    RowScan(RowStore rows, Measure measure) {
        this.slots = rows.slots();
        this.rows = rows;
        this.blocksInChunk = rows.rowsPerChunk() / SlotTable.BLOCK;
        this.measure = measure;
        this.runs = new Runs(slots, MAX_BLOCKS);
        this.copies = new RowCopies(rows);
    }

    /// The nearest of all entries that pass.
    int nearest(MemorySegment query, long offset, SearchOptions options, Neighbours out) {
        out.reset(options.k());
        measure.prepare(query, offset);
        for (int restarts = 0; ; restarts++) {
            long frees = slots.frees();
            found.into(out);
            scan(options.filter());
            out.stats().addScanned(runs.scanned());
            if (frees == slots.frees() || !foundTwice(out)) {
                return out.size();
            }
            // An entry was removed, came back in another slot, and was met twice.
            if (restarts == MAX_RESTARTS) {
                out.dropDuplicateIds();
                return out.size();
            }
            out.clear();
        }
    }

    /// Whether an entry was found in two slots.
    boolean foundTwice(Neighbours out) {
        return out.hasDuplicateIds(idScratch(out.size()));
    }

    /// All entries that pass and are within a radius.
    int within(MemorySegment query, long offset, float radius, RowFilter filter, RangeResult out) {
        out.reset(radius);
        measure.prepare(query, offset);
        long frees = slots.frees();
        found.into(out);
        scan(filter);
        out.stats().addScanned(runs.scanned());
        if (frees != slots.frees() && out.hasDuplicateIds(idScratch(out.size()))) {
            out.dropDuplicateIds();
        }
        return out.size();
    }

    /// Frees what was made on the way.
    void close() {
        copies.close();
    }

    private void scan(RowFilter filter) {
        runs.start(filter);
        while (runs.next(blocksInChunk, MAX_BLOCKS)) {
            int count = runs.count();
            measure.distances(rows, runs.firstSlot(), count, distances);
            collect(count);
            if (runs.unchanged()) {
                found.keep();
            } else {
                mend();
            }
        }
    }

    /// Kept apart from the kernels: a method either computes vectors or keeps the best.
    private void collect(int count) {
        float bound = found.bound();
        int first = runs.firstSlot();
        for (int i = 0; i < count; i++) {
            float distance = distances[i];
            if (!(distance > bound) && (runs.bits(i >>> 6) & 1L << i) != 0) {
                int slot = first + i;
                long id = runs.idAt(slot);
                if (runs.accepts(id, slot)) {
                    found.add(slot, id, distance);
                }
            }
        }
    }

    /// Keeps what is sound of the run and does the rest again, block by block.
    private void mend() {
        int changed = 0;
        for (int i = 0; i < runs.blocks(); i++) {
            if (!runs.unchanged(i)) {
                changed |= 1 << i;
            }
        }
        found.keepBut(runs.firstSlot(), changed);
        for (int rest = changed; rest != 0; rest &= rest - 1) {
            again(Integer.numberOfTrailingZeros(rest));
        }
    }

    private void again(int block) {
        long copied = copies.copy(runs, block);
        if (copied == 0) {
            return;
        }
        measure.distances(copies.rows(), 0, SlotTable.BLOCK, distances);
        float bound = found.bound();
        int first = runs.firstSlot() + block * SlotTable.BLOCK;
        for (long rest = copied; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            long id = copies.idAt(i);
            if (!(distances[i] > bound) && runs.accepts(id, first + i)) {
                found.add(first + i, id, distances[i]);
            }
        }
        found.keep();
    }

    private long[] idScratch(int size) {
        if (idScratch.length < size) {
            idScratch = new long[Math.max(size, 2 * idScratch.length)];
        }
        return idScratch;
    }
}
