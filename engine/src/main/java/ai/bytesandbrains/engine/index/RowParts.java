package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.SlotTable;
import ai.bytesandbrains.engine.op.Workers;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// A batch on several threads, each of which looks at its part of the rows for all queries; what
/// they find is put together at the end.
///
/// Rows that are packed for many queries cost memory's time once. Were the queries shared out
/// instead, every thread would have to read and pack all rows for its few.
///
/// Kept and used again: results of the parts are allocated once, and anew for a larger `k`.
final class RowParts extends ScratchPool.Scratch implements Workers.Task {
    /// Searches some blocks for neighbouring queries of a batch.
    interface Part {
        /// Results go into `out` from index `to`; slots from `firstBlock`'s first to `endSlot`.
        void search(
                MemorySegment queries,
                long offset,
                long stride,
                int count,
                SearchOptions options,
                Neighbours[] out,
                int to,
                int firstBlock,
                int endSlot);
    }

    private final Part search;
    private final SlotTable slots;

    /// By part but the first, whose results are the caller's, and query.
    private Neighbours[][] found = {};

    private MemorySegment queries;
    private long offset;
    private long stride;
    private int count;
    private SearchOptions options;
    private Neighbours[] out;
    private int to;
    private int parts;
    private int limit;

    RowParts(SlotTable slots, Part search) {
        this.slots = slots;
        this.search = search;
    }

    /// Runs a batch of no more queries than a part takes at once.
    void run(
            MemorySegment from,
            long firstOffset,
            long queryStride,
            int queryCount,
            SearchOptions what,
            Neighbours[] results,
            int firstResult,
            Workers workers) {
        queries = from;
        offset = firstOffset;
        stride = queryStride;
        count = queryCount;
        options = what;
        out = results;
        to = firstResult;
        parts = workers.count();
        limit = slots.limit();
        try {
            makeRoom();
            workers.run(parts, this);
            for (int part = 1; part < parts; part++) {
                takeOver(found[part - 1]);
            }
        } finally {
            queries = null;
            options = null;
            out = null;
        }
    }

    @Override
    public void run(int part, int worker) {
        boolean first = part == 0;
        search.search(
                queries,
                offset,
                stride,
                count,
                options,
                first ? out : found[part - 1],
                first ? to : 0,
                blockOf(part),
                Math.min(limit, blockOf(part + 1) * SlotTable.BLOCK));
    }

    private int blockOf(int part) {
        return (int) ((long) SlotTable.blocks(limit) * part / parts);
    }

    private void takeOver(Neighbours[] others) {
        for (int q = 0; q < count; q++) {
            Neighbours best = out[to + q];
            Neighbours other = others[q];
            best.stats().addScanned(other.stats().scanned());
            boolean taken = true;
            // From the nearest on: after one that is too far all are.
            for (int i = 0; i < other.size() && taken; i++) {
                taken = best.offer(other.distanceAt(i), other.idAt(i));
            }
        }
    }

    private void makeRoom() {
        int k = options.k();
        for (int q = 0; q < count; q++) {
            // A result that has no room for k is refused before anything is allocated for it.
            out[to + q].reset(k);
        }
        if (found.length < parts - 1) {
            int before = found.length;
            found = Arrays.copyOf(found, parts - 1);
            Arrays.fill(found, before, found.length, new Neighbours[0]);
        }
        for (int part = 0; part < parts - 1; part++) {
            found[part] = roomFor(found[part], k);
        }
    }

    private Neighbours[] roomFor(Neighbours[] results, int k) {
        Neighbours[] enough = results;
        if (enough.length < count) {
            enough = Arrays.copyOf(enough, count);
        }
        for (int q = 0; q < count; q++) {
            if (enough[q] == null || enough[q].capacity() < k) {
                if (enough[q] != null) {
                    enough[q].close();
                }
                enough[q] = new Neighbours(k);
            }
        }
        return enough;
    }

    @Override
    void close() {
        super.close();
        for (Neighbours[] results : found) {
            for (Neighbours result : results) {
                if (result != null) {
                    result.close();
                }
            }
        }
    }
}
