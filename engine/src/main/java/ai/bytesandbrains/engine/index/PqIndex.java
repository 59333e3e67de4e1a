package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.memory.Pause;
import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.simd.CodeLayout;
import ai.bytesandbrains.engine.space.EmbeddingSpace;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Approximate search over product-quantization codes of 4, 6 or 8 bits a subspace, by table
/// look-ups (ADC), with an optional second look at stored rows.
///
/// **Codes alone.** Reported distances are those of the query to the decoded codes, in the unit of
/// the space; they underestimate the true ones by the quantization error on average. Order and
/// distances are exactly those of float tables, summed over ascending subspaces; equal codes have
/// equal distances, and then the smaller id comes first.
///
/// **With rows.** An index made with a space of rows keeps the vectors beside the codes, as float32
/// (`metric.space(dimensions)`) or int8 rows. A search then takes `rerank` times `k` candidates
/// from the codes ([#DEFAULT_RERANK] unless [SearchOptions] say otherwise) and orders them by the
/// distances of their rows, which are what it reports. Rows also allow the index to be trained anew
/// while it has entries: they are encoded again.
///
/// An entry costs its code, its row if any, its slot 8.25 bytes and the map from ids 22 to 43;
/// [#plan] has the sum.
///
/// **Threads.** One writer and any number of readers at once, as [Index] says.
///
/// **Lifetime.** The index owns its memory; whoever created it closes it. A search that runs
/// meanwhile ends with an [IllegalStateException]. The codebook is shared and lives on.
public final class PqIndex implements Index {
    /// How many times `k` candidates are compared again on rows unless a search says otherwise.
    public static final int DEFAULT_RERANK = 10;

    private final EmbeddingSpace space;
    private final ProductQuantizer quantizer;
    private final CodeLayout layout;
    private final Entries entries = new Entries();
    private final Arena arena = Arena.ofShared();

    /// Codes and rows are made here, so that a vector that is refused has changed nothing.
    private final MemorySegment staging;

    /// What rows are stored in the form of, and the rows; both null without rows.
    private final EmbeddingSpace rowSpace;

    private final RowStore rows;
    private final MemorySegment rowStaging;

    private final ScratchPool<BatchJob> batches =
            new ScratchPool<>(() -> new BatchJob(this::searchPart));

    /// Room that was asked for, also of codes to come.
    private int reserved;

    /// The codes with what searches them; another one after each training. Null before the first.
    private volatile Coding coding;

    /// Codes under one codebook, and the scratch of the searches over them.
    private final class Coding {
        private final Codebook codebook;
        private final CodeBlocks blocks = new CodeBlocks(layout);
        private final ScratchPool<Scratch> scratches = new ScratchPool<>(() -> new Scratch(this));

        Coding(Codebook codebook) {
            this.codebook = codebook;
        }

        void close() {
            blocks.close();
            scratches.close();
        }
    }

    /// What one search works with, a quantizer of its own included, since those keep scratch.
    private final class Scratch extends ScratchPool.Scratch {
        private final CodeSearch search;

        Scratch(Coding coding) {
            ProductQuantizer own = new ProductQuantizer(coding.codebook);
            search = new CodeSearch(entries, coding.blocks, own, rows, rowSpace, this::allocate);
        }

        @Override
        void close() {
            super.close();
            search.close();
        }
    }

    /// An empty index of codes alone that has to be trained.
    ///
    /// @param config shape and training
    public PqIndex(PqConfig config) {
        this(new ProductQuantizer(config), null);
    }

    /// An empty index of codes and rows that has to be trained.
    ///
    /// @param config shape and training
    /// @param rowSpace in what form rows are kept: a space of float vectors of the same metric and
    ///     dimensions
    /// @throws IllegalArgumentException if the space has another metric, other dimensions, or
    ///     vectors that are not floats
    public PqIndex(PqConfig config, EmbeddingSpace rowSpace) {
        this(new ProductQuantizer(config), Objects.requireNonNull(rowSpace, "rowSpace"));
    }

    /// An empty index of codes alone over a codebook that was trained elsewhere.
    ///
    /// @param codebook the codebook, shared
    public PqIndex(Codebook codebook) {
        this(new ProductQuantizer(codebook), null);
    }

    /// An empty index of codes and rows over a codebook that was trained elsewhere.
    ///
    /// @param codebook the codebook, shared
    /// @param rowSpace in what form rows are kept: a space of float vectors of the same metric and
    ///     dimensions
    /// @throws IllegalArgumentException if the space has another metric, other dimensions, or
    ///     vectors that are not floats
    public PqIndex(Codebook codebook, EmbeddingSpace rowSpace) {
        this(new ProductQuantizer(codebook), Objects.requireNonNull(rowSpace, "rowSpace"));
    }

    private PqIndex(ProductQuantizer quantizer, EmbeddingSpace rowSpace) {
        this.quantizer = quantizer;
        this.space = quantizer.metric().space(quantizer.dimensions());
        this.layout = layout(quantizer.config());
        this.staging = arena.allocate(quantizer.codeSize(), RowStore.ALIGNMENT);
        this.rowSpace = rowSpace;
        if (rowSpace == null) {
            rows = null;
            rowStaging = MemorySegment.NULL;
        } else {
            StoredVectors.check(rowSpace, quantizer.metric(), quantizer.dimensions());
            int bytes = Math.toIntExact(rowSpace.rowBytes());
            rows = RowStore.ofBytes(bytes, entries.slots());
            rowStaging = arena.allocate(bytes, RowStore.ALIGNMENT);
        }
        if (quantizer.isTrained()) {
            coding = new Coding(quantizer.codebook());
        }
    }

    /// {@return what an index of codes alone costs off-heap}
    ///
    /// @param config shape of the codes
    /// @param entries how many entries
    /// @throws IllegalArgumentException if `entries` is negative or above 2^31 - 1
    public static MemoryPlan plan(PqConfig config, long entries) {
        return PqPlan.of(config, layout(config), null, entries);
    }

    /// {@return what an index of codes and rows costs off-heap}
    ///
    /// @param config shape of the codes
    /// @param rowSpace in what form rows are kept
    /// @param entries how many entries
    /// @throws IllegalArgumentException if `entries` is negative or above 2^31 - 1
    public static MemoryPlan plan(PqConfig config, EmbeddingSpace rowSpace, long entries) {
        Objects.requireNonNull(rowSpace, "rowSpace");
        return PqPlan.of(config, layout(config), rowSpace, entries);
    }

    private static CodeLayout layout(PqConfig config) {
        return new CodeLayout(config.bits(), config.subspaces());
    }

    @Override
    public EmbeddingSpace space() {
        return space;
    }

    /// {@return the codebook that entries are encoded under}
    ///
    /// @throws IllegalStateException if the index is not trained
    public Codebook codebook() {
        return trained().codebook;
    }

    @Override
    public void add(long id, MemorySegment vector, long offset) {
        entries.checkNew(id);
        upsert(id, vector, offset);
    }

    @Override
    public void upsert(long id, MemorySegment vector, long offset) {
        CodeBlocks blocks = stage(vector, offset).blocks;
        int slot = entries.slotFor(id);
        blocks.reserve(slot + 1);
        if (rows != null) {
            rows.reserve(slot + 1);
        }
        entries.begin(slot);
        blocks.store(staging, 0, slot);
        if (rows != null) {
            MemorySegment.copy(
                    rowStaging, 0, rows.segmentOf(slot), rows.offsetOf(slot), rows.rowStride());
        }
        entries.commit(slot, id);
    }

    @Override
    public boolean remove(long id) {
        return entries.remove(id);
    }

    /// {@inheritDoc}
    ///
    /// Compares rows where there are some, otherwise codes: then it also removes what the code
    /// cannot tell from the vector.
    @Override
    public int removeMatching(MemorySegment vector, long offset) {
        CodeBlocks blocks = stage(vector, offset).blocks;
        return rows != null
                ? entries.removeMatching(rows, rowStaging)
                : entries.removeMatching(blocks, staging);
    }

    @Override
    public void reserve(int count) {
        entries.reserve(count);
        if (rows != null) {
            rows.reserve(count);
        }
        Coding now = coding;
        if (now != null) {
            now.blocks.reserve(count);
        }
        reserved = Math.max(reserved, count);
    }

    @Override
    public int search(
            MemorySegment query, long queryOffset, SearchOptions options, Neighbours out) {
        Scratch scratch = scratch();
        try {
            return scratch.search.nearest(query, queryOffset, options, out);
        } finally {
            scratch.release();
        }
    }

    /// {@inheritDoc}
    ///
    /// The radius is compared with distances to decoded codes, also where there are rows.
    @Override
    public int searchRange(
            MemorySegment query,
            long queryOffset,
            float radius,
            RowFilter filter,
            RangeResult out) {
        Objects.requireNonNull(filter, "filter");
        Scratch scratch = scratch();
        try {
            return scratch.search.within(query, queryOffset, radius, filter, out);
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
            trained();
            Batches.check(space, queries, offset, stride, count, out);
            int most = CodeScan.MAX_LANES;
            job.run(queries, offset, stride, count, options, out, workers, 1, most);
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
        Scratch scratch = scratch();
        try {
            scratch.search.nearest(queries, offset, stride, count, options, out, to);
        } finally {
            scratch.release();
        }
    }

    /// Learns a codebook. An index with rows encodes its entries again under the new one; searches
    /// that run meanwhile go on under the old one, and this method returns when they have ended.
    ///
    /// @throws IllegalStateException also if there are entries but no rows
    @Override
    public void train(MemorySegment samples, long offset, long stride, int count) {
        entries.ensureOpen();
        if (!isEmpty() && rows == null) {
            throw new IllegalStateException(
                    "len="
                            + len()
                            + ": entries are encoded under the codebook in use, reset first");
        }
        quantizer.train(samples, offset, stride, count);
        Coding fresh = new Coding(quantizer.codebook());
        fresh.blocks.reserve(Math.max(reserved, entries.slots().highWater()));
        if (rows != null) {
            StoredVectors.encode(rowSpace, rows, quantizer, fresh.blocks);
        }
        Coding old = coding;
        coding = fresh;
        if (old != null) {
            old.scratches.drain();
            old.blocks.close();
        }
    }

    @Override
    public boolean isTrained() {
        return coding != null;
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
        Coding now = coding;
        parts.add(new MemoryPlan.Part("codes", now == null ? 0 : now.blocks.bytes()));
        parts.add(new MemoryPlan.Part("staging", staging.byteSize()));
        if (rows != null) {
            parts.add(new MemoryPlan.Part("rows", rows.bytes()));
            parts.add(new MemoryPlan.Part("row staging", rowStaging.byteSize()));
        }
        return new MemoryPlan(entries.size(), parts);
    }

    @Override
    public void close() {
        entries.close();
        if (rows != null) {
            rows.close();
        }
        Coding now = coding;
        if (now != null) {
            now.close();
        }
        batches.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private Coding trained() {
        Coding now = coding;
        if (now == null) {
            throw new IllegalStateException("the index is not trained");
        }
        return now;
    }

    /// Scratch for the codes of now; those of a moment ago may have been drained.
    private Scratch scratch() {
        while (true) {
            entries.ensureOpen();
            Coding now = trained();
            Scratch scratch = now.scratches.tryTake();
            if (scratch != null) {
                return scratch;
            }
            if (now == coding) {
                entries.ensureOpen();
                Pause.briefly();
            }
        }
    }

    private Coding stage(MemorySegment vector, long offset) {
        entries.ensureOpen();
        Coding now = trained();
        quantizer.encode(vector, offset, staging, 0);
        if (rows != null) {
            rowSpace.storeRow(vector, offset, rowStaging, 0);
        }
        return now;
    }
}
