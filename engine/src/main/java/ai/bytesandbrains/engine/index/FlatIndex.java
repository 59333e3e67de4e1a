package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.simd.TileKernels;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
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
/// **Threads.** One writer and any number of readers at once, as [Index] says.
///
/// **Lifetime.** The index owns its memory; whoever created it closes it. A search that runs
/// meanwhile ends with an [IllegalStateException].
public final class FlatIndex implements Index {
    /// Fewer queries than these are scanned one by one.
    private static final int MIN_TILED = 8;

    private final EmbeddingSpace space;
    private final Entries entries = new Entries();
    private final RowStore rows;
    private final Arena arena = Arena.ofShared();

    /// Vectors are made ready here, so that one that is refused has changed nothing.
    private final MemorySegment staging;

    private final ScratchPool<Scratch> scratches = new ScratchPool<>(Scratch::new);
    private final ScratchPool<BatchJob> batches =
            new ScratchPool<>(() -> new BatchJob(this::searchPart));

    /// How batches are measured; null if query by query.
    private final TileMetric tileMetric;

    /// What one search works with.
    private final class Scratch extends ScratchPool.Scratch {
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
        this.tileMetric = TileMetric.of(space);
        this.rows = RowStore.ofBytes(rowBytes(space), entries.slots());
        this.staging = arena.allocate(space.rowBytes(), RowStore.ALIGNMENT);
    }

    /// {@return what an index of `entries` entries costs off-heap}
    ///
    /// @param space what distances are measured in
    /// @param entries how many entries
    /// @throws IllegalArgumentException if `entries` is negative or above 2^31 - 1
    public static MemoryPlan plan(EmbeddingSpace space, long entries) {
        MemoryPlan.checkEntries(entries);
        List<MemoryPlan.Part> parts = new ArrayList<>(Entries.plan(entries));
        parts.add(new MemoryPlan.Part("rows", RowStore.bytesFor(rowBytes(space), entries)));
        parts.add(new MemoryPlan.Part("staging", space.rowBytes()));
        return new MemoryPlan(entries, parts);
    }

    private static int rowBytes(EmbeddingSpace space) {
        long bytes = space.rowBytes();
        if (bytes <= 0 || bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "space.rowBytes=" + bytes + " must be between 1 and " + Integer.MAX_VALUE);
        }
        return (int) bytes;
    }

    @Override
    public EmbeddingSpace space() {
        return space;
    }

    @Override
    public void add(long id, MemorySegment vector, long offset) {
        entries.checkNew(id);
        upsert(id, vector, offset);
    }

    @Override
    public void upsert(long id, MemorySegment vector, long offset) {
        stage(vector, offset);
        int slot = entries.slotFor(id);
        rows.reserve(slot + 1);
        entries.begin(slot);
        MemorySegment.copy(staging, 0, rows.segmentOf(slot), rows.offsetOf(slot), rows.rowStride());
        entries.commit(slot, id);
    }

    @Override
    public boolean remove(long id) {
        return entries.remove(id);
    }

    @Override
    public int removeMatching(MemorySegment vector, long offset) {
        stage(vector, offset);
        return entries.removeMatching(rows, staging);
    }

    @Override
    public void reserve(int count) {
        entries.reserve(count);
        rows.reserve(count);
    }

    @Override
    public int search(
            MemorySegment query, long queryOffset, SearchOptions options, Neighbours out) {
        Scratch scratch = scratches.take();
        try {
            Vectors.checkRows("query", query, queryOffset, 0, 1, space.vectorBytes());
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
            Vectors.checkRows("query", query, queryOffset, 0, 1, space.vectorBytes());
            return scratch.scan.within(query, queryOffset, radius, filter, out);
        } finally {
            scratch.release();
        }
    }

    @Override
    public void searchBatch(
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out) {
        searchBatch(queries, offset, stride, count, options, out, Workers.caller());
    }

    /// {@inheritDoc}
    ///
    /// From eight queries a thread on a batch of floats is a matrix product.
    @Override
    public void searchBatch(
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out,
            Workers workers) {
        BatchJob job = batches.take();
        try {
            Batches.check(space, queries, offset, stride, count, out);
            int most = tileMetric == null ? 1 : TileScan.maxQueries(space.dimensions());
            int unit = tileMetric == null ? 1 : TileKernels.QUERIES;
            job.run(queries, offset, stride, count, options, out, workers, unit, most);
        } finally {
            job.release();
        }
    }

    private void searchPart(
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
            scratch.tiles().nearest(queries, offset, stride, count, options, out, to);
            for (int i = 0; i < count && frees != entries.slots().frees(); i++) {
                // An entry that came back in another slot can have been met twice.
                if (scratch.scan.foundTwice(out[to + i])) {
                    scratch.scan.nearest(queries, offset + i * stride, options, out[to + i]);
                }
            }
        } finally {
            scratch.release();
        }
    }

    /// Does nothing but check the range: there is nothing to learn.
    ///
    /// @throws IllegalArgumentException if the samples do not lie inside the segment
    /// @throws IllegalStateException if the index is closed
    @Override
    public void train(MemorySegment samples, long offset, long stride, int count) {
        entries.ensureOpen();
        Vectors.checkRows("samples", samples, offset, stride, count, space.vectorBytes());
    }

    /// Does nothing but check the range: there is nothing to learn.
    ///
    /// @throws IllegalArgumentException if the vector does not lie inside the segment
    /// @throws IllegalStateException if the index is closed
    @Override
    public void observe(MemorySegment vector, long offset) {
        entries.ensureOpen();
        Vectors.checkRows("vector", vector, offset, 0, 1, space.vectorBytes());
    }

    /// Always true.
    @Override
    public boolean isTrained() {
        return true;
    }

    @Override
    public void reset() {
        entries.clear();
    }

    @Override
    public int len() {
        return entries.size();
    }

    @Override
    public boolean contains(long id) {
        return entries.contains(id);
    }

    @Override
    public int slotOf(long id) {
        return entries.slotOf(id);
    }

    @Override
    public MemoryPlan memory() {
        List<MemoryPlan.Part> parts = new ArrayList<>(entries.memory());
        parts.add(new MemoryPlan.Part("rows", rows.bytes()));
        parts.add(new MemoryPlan.Part("staging", staging.byteSize()));
        return new MemoryPlan(entries.size(), parts);
    }

    @Override
    public void close() {
        entries.close();
        rows.close();
        scratches.close();
        batches.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private void stage(MemorySegment vector, long offset) {
        entries.ensureOpen();
        Vectors.checkRows("vector", vector, offset, 0, 1, space.vectorBytes());
        space.storeRow(vector, offset, staging, 0);
    }
}
