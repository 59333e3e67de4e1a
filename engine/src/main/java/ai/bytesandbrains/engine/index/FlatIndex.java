package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.simd.TileKernels;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Exact search: every query is compared with every row.
///
/// Rows are kept in the stored form of the space, whatever that is: the cosine space stores unit
/// vectors, so that the scan is dot products. A row costs `space.rowBytes()` bytes, its slot 8.25
/// and the map from ids 22 to 43; [#plan] has the sum.
///
/// **Training.** There is nothing to learn: `train`, `observe` and `observeBatch` refuse what could
/// not be added, as those of every index do, and nothing else happens.
///
/// **Batches** of floats are a matrix product from eight queries on; several threads share out the
/// rows.
///
/// **Threads.** One writer and any number of readers at once, as [Index] says.
///
/// **Lifetime.** The index owns its memory; whoever created it closes it. A search that runs
/// meanwhile ends with an [IllegalStateException].
public final class FlatIndex extends SlotIndex {
    /// Fewer queries than these are scanned one by one.
    private static final int MIN_TILED = 8;

    /// With fewer rows threads share out the queries: putting results together takes longer.
    private static final int MIN_ROWS_A_THREAD = 1_024;

    private final EmbeddingSpace space;
    private final StoredVectors stored;
    private final ScratchPool<Scratch> scratches = new ScratchPool<>(Scratch::new);

    private final ScratchPool<RowParts> rowParts =
            new ScratchPool<>(() -> new RowParts(entries.slots(), this::searchBlocks));

    /// How batches are measured; null if query by query.
    private final TileMetric tileMetric;

    /// What one search works with.
    private final class Scratch extends ScratchPool.Scratch {
        private final RowStore rows = stored.rows();
        private final RowScan scan =
                new RowScan(rows, new SpaceMeasure(space, allocate(space.preparedBytes())));

        /// Made with the first batch.
        private volatile TileScan tiles;

        private TileScan tiles() {
            TileScan made = tiles;
            if (made == null) {
                made = new TileScan(space, tileMetric, rows, this::allocate);
                tiles = made;
            }
            return made;
        }

        @Override
        void close() {
            super.close();
            scan.close();
            TileScan made = tiles;
            if (made != null) {
                made.close();
            }
        }
    }

    /// An empty index.
    ///
    /// @param space what distances are measured in
    /// @throws IllegalArgumentException if a row of the space has no bytes, or more than 2^31 - 1
    public FlatIndex(EmbeddingSpace space) {
        this.space = Objects.requireNonNull(space, "space");
        tileMetric = TileMetric.of(space);
        stored = new StoredVectors(space, entries.slots(), arena);
    }

    /// {@return what an index of `entries` entries costs off-heap}
    ///
    /// @param space what distances are measured in
    /// @param entries how many entries
    /// @throws IllegalArgumentException if `entries` is negative or above 2^31 - 1
    public static MemoryPlan plan(EmbeddingSpace space, long entries) {
        MemoryPlan.checkEntries(entries);
        List<MemoryPlan.Part> parts = new ArrayList<>(Entries.plan(entries));
        parts.addAll(StoredVectors.plan(space, entries));
        return new MemoryPlan(entries, parts);
    }

    @Override
    public EmbeddingSpace space() {
        return space;
    }

    @Override
    public int search(
            MemorySegment query, long queryOffset, SearchOptions options, Neighbours out) {
        Scratch scratch = scratches.take();
        try {
            Vectors.checkVector("query", query, queryOffset, space);
            return scratch.scan.nearest(query, queryOffset, options, out);
        } finally {
            scratch.release();
        }
    }

    @Override
    public int searchRange(
            MemorySegment query,
            long queryOffset,
            float radius,
            RowFilter filter,
            RangeResult out) {
        Objects.requireNonNull(filter, "filter");
        Scratch scratch = scratches.take();
        try {
            Vectors.checkVector("query", query, queryOffset, space);
            return scratch.scan.within(query, queryOffset, radius, filter, out);
        } finally {
            scratch.release();
        }
    }

    @Override
    void searchPart(
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out,
            int to) {
        Scratch scratch = scratches.take();
        try {
            if (tileMetric == null || count < MIN_TILED) {
                for (int i = 0; i < count; i++) {
                    scratch.scan.nearest(queries, offset + i * stride, options, out[to + i]);
                }
                return;
            }
            long frees = entries.slots().frees();
            int limit = entries.slots().limit();
            scratch.tiles().nearest(queries, offset, stride, count, options, out, to, 0, limit);
            searchDoublesAgain(scratch, frees, queries, offset, stride, count, options, out, to);
        } finally {
            scratch.release();
        }
    }

    /// An entry that came back in another slot can have been met twice.
    private void searchDoublesAgain(
            Scratch scratch,
            long frees,
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out,
            int to) {
        for (int i = 0; i < count && frees != entries.slots().frees(); i++) {
            if (scratch.scan.foundTwice(out[to + i])) {
                scratch.scan.nearest(queries, offset + i * stride, options, out[to + i]);
            }
        }
    }

    @Override
    boolean searchByRows(
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out,
            Workers workers) {
        boolean worthIt =
                tileMetric != null
                        && count >= MIN_TILED
                        && workers.count() > 1
                        && entries.slots().limit() >= MIN_ROWS_A_THREAD * workers.count();
        if (!worthIt) {
            return false;
        }
        Scratch scratch = scratches.take();
        RowParts parts = rowParts.take();
        try {
            int most = batchMost();
            for (int first = 0; first < count; first += most) {
                int queriesHere = Math.min(most, count - first);
                long at = offset + first * stride;
                long frees = entries.slots().frees();
                parts.run(queries, at, stride, queriesHere, options, out, first, workers);
                searchDoublesAgain(
                        scratch, frees, queries, at, stride, queriesHere, options, out, first);
            }
        } finally {
            parts.release();
            scratch.release();
        }
        return true;
    }

    private void searchBlocks(
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out,
            int to,
            int firstBlock,
            int endSlot) {
        Scratch scratch = scratches.take();
        try {
            scratch.tiles()
                    .nearest(queries, offset, stride, count, options, out, to, firstBlock, endSlot);
        } finally {
            scratch.release();
        }
    }

    @Override
    int batchUnit() {
        return tileMetric == null ? 1 : TileKernels.QUERIES;
    }

    @Override
    int batchMost() {
        return tileMetric == null ? 1 : TileScan.maxQueries(space.dimensions());
    }

    /// Looks at the samples and learns nothing from them: there is nothing to learn.
    @Override
    public void train(MemorySegment samples, long offset, long stride, int count) {
        entries.ensureOpen();
        Vectors.checkRows("samples", samples, offset, stride, count, space.vectorBytes());
        for (int i = 0; i < count; i++) {
            stage(samples, offset + i * stride);
        }
    }

    /// Looks at the vector and learns nothing from it: there is nothing to learn.
    @Override
    public void observe(MemorySegment vector, long offset) {
        entries.ensureOpen();
        stage(vector, offset);
    }

    /// Always true.
    @Override
    public boolean isTrained() {
        return true;
    }

    @Override
    public MemoryPlan memory() {
        List<MemoryPlan.Part> parts = new ArrayList<>(entries.memory());
        parts.addAll(stored.memory());
        return new MemoryPlan(entries.size(), parts);
    }

    @Override
    public void close() {
        super.close();
        stored.close();
        scratches.close();
        rowParts.close();
    }

    @Override
    void stage(MemorySegment vector, long offset) {
        stored.stage(vector, offset);
    }

    @Override
    void makeRoom(int slots) {
        stored.reserve(slots);
    }

    @Override
    void write(int slot) {
        stored.write(slot);
    }

    @Override
    StoredVectors stored() {
        return stored;
    }

    @Override
    boolean equalsStaged(int slot) {
        return stored.equalsStaged(slot);
    }
}
