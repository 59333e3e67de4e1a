package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.space.EmbeddingSpace;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Approximate search over product-quantization codes: every query is compared with every code by
/// table look-ups (ADC), no vector is kept.
///
/// Reported distances are those of the query to the decoded codes, in the unit of the space; they
/// underestimate the true ones by the quantization error on average. Equal codes have equal
/// distances, and then the smaller id comes first. An entry costs its code, its id 8 bytes
/// and the map from ids 22 to 43.
///
/// **Threads.** One at a time, searches included: a search uses scratch of the index. Readers
/// beside a writer are not promised in this version.
///
/// **Lifetime.** The index owns its memory; whoever created it closes it. The codebook is shared
/// and lives on.
public final class PqIndex implements Index {
    private final EmbeddingSpace space;
    private final ProductQuantizer quantizer;
    private final IdRows entries;
    private final Arena arena = Arena.ofShared();

    /// Codes are made here, so that a vector that is refused has changed nothing.
    private final MemorySegment staging;

    private final MemorySegment table;
    private final float[] distances = new float[IdRows.BLOCK];

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
        this.entries = new IdRows(RowStore.ofBytes(quantizer.codeSize()));
        this.staging = arena.allocate(quantizer.codeSize());
        this.table = arena.allocate(quantizer.adcTableBytes(), RowStore.ALIGNMENT);
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
        entries.put(id, staging);
    }

    @Override
    public boolean remove(long id) {
        return entries.remove(id);
    }

    @Override
    public int search(MemorySegment query, long queryOffset, int k, Neighbours out) {
        entries.ensureOpen();
        quantizer.adcTable(query, queryOffset, table, 0);
        out.reset(k);
        RowStore rows = entries.rows();
        int limit = rows.slotLimit();
        for (int first = 0; first < limit; ) {
            int count = Math.min(IdRows.BLOCK, rows.runLength(first));
            quantizer.adcDistances(
                    table,
                    0,
                    rows.segmentOf(first),
                    rows.offsetOf(first),
                    rows.rowStride(),
                    count,
                    distances);
            entries.collect(first, count, distances, out);
            first += count;
        }
        return out.size();
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
    public void close() {
        entries.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
