package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.op.Workers;

import java.lang.foreign.MemorySegment;

/// The arguments of one batch, cut into parts for [Workers]; kept and used again.
final class BatchJob extends ScratchPool.Scratch implements Workers.Task {
    /// Searches for some neighbouring queries of a batch.
    interface Part {
        /// Results go into `out` from index `to`.
        void search(
                MemorySegment queries,
                long offset,
                long stride,
                int count,
                SearchOptions options,
                Neighbours[] out,
                int to);
    }

    private final Part search;
    private MemorySegment queries;
    private long offset;
    private long stride;
    private int count;
    private SearchOptions options;
    private Neighbours[] out;
    private int size;

    BatchJob(Part search) {
        this.search = search;
    }

    /// Runs a batch in parts of at most `most` queries, a multiple of `unit` but for the last.
    void run(
            MemorySegment from,
            long firstOffset,
            long queryStride,
            int queryCount,
            SearchOptions what,
            Neighbours[] results,
            Workers workers,
            int unit,
            int most) {
        queries = from;
        offset = firstOffset;
        stride = queryStride;
        count = queryCount;
        options = what;
        out = results;
        // As few passes as possible, as many parts as threads, and all of about one size.
        int passes = Math.max(1, ceil(queryCount, most));
        int parts = ceil(passes, workers.count()) * workers.count();
        size = Math.min(most, ceil(ceil(queryCount, parts), unit) * unit);
        try {
            workers.run(ceil(queryCount, size), this);
        } finally {
            queries = null;
            options = null;
            out = null;
        }
    }

    @Override
    public void run(int part, int worker) {
        int first = part * size;
        int queriesHere = Math.min(size, count - first);
        search.search(queries, offset + first * stride, stride, queriesHere, options, out, first);
    }

    private static int ceil(int a, int b) {
        return a / b + (a % b == 0 ? 0 : 1);
    }
}
