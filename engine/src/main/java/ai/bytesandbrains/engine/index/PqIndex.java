package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.space.EmbeddingSpace;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Approximate search over product-quantization codes: every query is compared with every code by
/// table look-ups (ADC), no vector is kept.
///
/// Reported distances are those of the query to the decoded codes, in the unit of the space; they
/// underestimate the true ones by the quantization error on average. Equal codes have equal
/// distances, and then the smaller id comes first. An entry costs its code, its slot 8.25 and the
/// map from ids 22 to 43; [#plan] has the sum.
///
/// **Threads.** One writer and any number of readers at once, as [Index] says.
///
/// **Lifetime.** The index owns its memory; whoever created it closes it. A search that runs
/// meanwhile ends with an [IllegalStateException]. The codebook is shared and lives on.
public final class PqIndex implements Index {
    private final EmbeddingSpace space;
    private final ProductQuantizer quantizer;
    private final Entries entries = new Entries();
    private final RowStore codes;
    private final Arena arena = Arena.ofShared();

    /// Codes are made here, so that a vector that is refused has changed nothing.
    private final MemorySegment staging;

    private final ScratchPool<Scratch> scratches = new ScratchPool<>(Scratch::new);

    /// What one search works with: a quantizer of its own, since those keep scratch, and a table.
    private final class Scratch extends ScratchPool.Scratch implements Measure {
        private final ProductQuantizer own = new ProductQuantizer(codebook());
        private final MemorySegment table = allocate(own.adcTableBytes());
        private final RowScan scan = new RowScan(codes, this);

        @Override
        public void prepare(MemorySegment query, long offset) {
            own.adcTable(query, offset, table, 0);
        }

        @Override
        public void distances(RowStore rows, int first, int count, float[] out) {
            own.adcDistances(
                    table,
                    0,
                    rows.segmentOf(first),
                    rows.offsetOf(first),
                    rows.rowStride(),
                    count,
                    out);
        }

        @Override
        void close() {
            super.close();
            scan.close();
        }
    }

    /// An empty index that has to be trained.
    ///
    /// @param config shape and training
    public PqIndex(PqConfig config) {
        this(new ProductQuantizer(config));
    }

    /// An empty index over a codebook that was trained elsewhere.
    ///
    /// @param codebook the codebook, shared
    public PqIndex(Codebook codebook) {
        this(new ProductQuantizer(codebook));
    }

    private PqIndex(ProductQuantizer quantizer) {
        this.quantizer = quantizer;
        this.space = quantizer.metric().space(quantizer.dimensions());
        this.codes = RowStore.ofBytes(quantizer.codeSize(), entries.slots());
        this.staging = arena.allocate(quantizer.codeSize());
    }

    /// {@return what an index of `entries` entries costs off-heap}
    ///
    /// @param config shape of the codes
    /// @param entries how many entries
    /// @throws IllegalArgumentException if `entries` is negative or above 2^31 - 1
    public static MemoryPlan plan(PqConfig config, long entries) {
        MemoryPlan.checkEntries(entries);
        List<MemoryPlan.Part> parts = new ArrayList<>(Entries.plan(entries));
        int codeSize = new ProductQuantizer(config).codeSize();
        parts.add(new MemoryPlan.Part("codes", RowStore.bytesFor(codeSize, entries)));
        parts.add(new MemoryPlan.Part("staging", codeSize));
        return new MemoryPlan(entries, parts);
    }

    @Override
    public EmbeddingSpace space() {
        return space;
    }

    /// {@return the codebook that entries are encoded under}
    ///
    /// @throws IllegalStateException if the index is not trained
    public Codebook codebook() {
        return quantizer.codebook();
    }

    @Override
    public void add(long id, MemorySegment vector, long offset) {
        entries.checkNew(id);
        upsert(id, vector, offset);
    }

    @Override
    public void upsert(long id, MemorySegment vector, long offset) {
        entries.ensureOpen();
        quantizer.encode(vector, offset, staging, 0);
        int slot = entries.slotFor(id);
        codes.reserve(slot + 1);
        entries.begin(slot);
        MemorySegment.copy(
                staging, 0, codes.segmentOf(slot), codes.offsetOf(slot), codes.rowStride());
        entries.commit(slot, id);
    }

    @Override
    public boolean remove(long id) {
        return entries.remove(id);
    }

    @Override
    public int removeMatching(MemorySegment vector, long offset) {
        entries.ensureOpen();
        quantizer.encode(vector, offset, staging, 0);
        return entries.removeMatching(codes, staging);
    }

    @Override
    public void reserve(int count) {
        entries.reserve(count);
        codes.reserve(count);
    }

    @Override
    public int search(
            MemorySegment query, long queryOffset, SearchOptions options, Neighbours out) {
        Scratch scratch = scratches.take();
        try {
            return scratch.scan.nearest(query, queryOffset, options, out);
        } finally {
            scratch.release();
        }
    }

    /// {@inheritDoc}
    ///
    /// The radius is compared with distances to decoded codes.
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
            return scratch.scan.within(query, queryOffset, radius, filter, out);
        } finally {
            scratch.release();
        }
    }

    @Override
    public void train(MemorySegment samples, long offset, long stride, int count) {
        entries.ensureOpen();
        if (!isEmpty()) {
            throw new IllegalStateException(
                    "len="
                            + len()
                            + ": entries are encoded under the codebook in use, reset first");
        }
        quantizer.train(samples, offset, stride, count);
    }

    @Override
    public boolean isTrained() {
        return quantizer.isTrained();
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
        parts.add(new MemoryPlan.Part("codes", codes.bytes()));
        parts.add(new MemoryPlan.Part("staging", staging.byteSize()));
        return new MemoryPlan(entries.size(), parts);
    }

    @Override
    public void close() {
        entries.close();
        codes.close();
        scratches.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
