package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.PqTraining;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.memory.Pause;
import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.simd.CodeLayout;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Vectors;
import ai.bytesandbrains.engine.train.TrainingCancelledException;
import ai.bytesandbrains.engine.train.TrainingProgress;

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
/// distances of their rows, which are what it reports.
///
/// **Learning.** The index keeps its codebook until it is given another one: by [#train], by
/// [#retrain] on the sample of what it [#observe]d, for which [#drift] says when it is time, or by
/// [#use]. An index with rows encodes its entries again then; one of codes alone has to be empty.
/// Observing adds nothing, and adding observes nothing: who wants both calls both.
///
/// An entry costs its code, its row if any, its slot 8.25 bytes and the map from ids 22 to 43;
/// [#plan] has the sum.
///
/// **Threads.** One writer and any number of readers at once, as [Index] says; [#observe],
/// [#drift], [#observed], [#retrain] and [#use] are the writer's. A search that runs while the
/// codebook is replaced goes by the one or the other, never by both.
///
/// **Lifetime.** The index owns its memory; whoever created it closes it. A search that runs
/// meanwhile ends with an [IllegalStateException]. The codebook is shared and lives on.
public final class PqIndex extends SlotIndex {
    /// How many times `k` candidates are compared again on rows unless a search says otherwise. Of
    /// 40,000 sentence embeddings of 384 dimensions with 48 bytes of code it found 0.999 of the
    /// true ten nearest, 5 found 0.988 and none 0.742; `docs/indexes.md` has the command.
    public static final int DEFAULT_RERANK = 10;

    private final EmbeddingSpace space;
    private final ProductQuantizer quantizer;
    private final CodeLayout layout;

    /// The code that was made last, and room for one to compare it with.
    private final MemorySegment staging;

    /// Null without rows.
    private final StoredVectors rows;

    /// Room that was asked for, also of codes to come.
    private int reserved;

    /// The codes with what searches them; another one under each codebook. Null before the first.
    private volatile PqCoding coding;

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
        space = quantizer.metric().space(quantizer.dimensions());
        layout = layout(quantizer.config());
        if (rowSpace != null) {
            StoredVectors.checkBesideCodes(rowSpace, space.metric(), space.dimensions());
        }
        rows = rowSpace == null ? null : new StoredVectors(rowSpace, entries.slots(), arena);
        staging = arena.allocate(2L * quantizer.codeSize(), RowStore.ALIGNMENT);
        if (quantizer.isTrained()) {
            coding = new PqCoding(quantizer.codebook(), layout, entries, rows);
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
        return trained().codebook();
    }

    @Override
    public int search(
            MemorySegment query, long queryOffset, SearchOptions options, Neighbours out) {
        PqCoding.Scratch scratch = scratch();
        try {
            return scratch.search().nearest(query, queryOffset, options, out);
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
        PqCoding.Scratch scratch = scratch();
        try {
            return scratch.search().within(query, queryOffset, radius, filter, out);
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
        PqCoding.Scratch scratch = scratch();
        try {
            scratch.search().nearest(queries, offset, stride, count, options, out, to);
        } finally {
            scratch.release();
        }
    }

    @Override
    int batchUnit() {
        return 1;
    }

    @Override
    int batchMost() {
        return CodeScan.MAX_LANES;
    }

    /// Learns a codebook, as the form with `workers` on the caller's thread alone.
    @Override
    public void train(MemorySegment samples, long offset, long stride, int count) {
        train(samples, offset, stride, count, Workers.caller(), TrainingProgress.NONE);
    }

    /// Learns a codebook, the same for any number of threads. An index with rows encodes its
    /// entries again under the new one; searches that run meanwhile go on under the old one, and
    /// this method returns when they have ended.
    ///
    /// @throws IllegalStateException also if there are entries but no rows
    @Override
    public void train(
            MemorySegment samples,
            long offset,
            long stride,
            int count,
            Workers workers,
            TrainingProgress progress) {
        Vectors.checkRange("samples", samples, offset, stride, count, space.dimensions());
        checkReplaceable();
        PqConfig config = quantizer.config();
        try (PqTraining training = new PqTraining(config, samples, offset, stride, count)) {
            training.run(workers, progress);
            replace(training.codebook(), workers);
        }
    }

    /// Observes a vector, as [ProductQuantizer#observeBatch] does: it may come into the sample for
    /// [#retrain], and counts in [#drift]. The first call allocates the sample, at most 64 MB.
    /// Works before the first training as well.
    @Override
    public void observe(MemorySegment vector, long offset) {
        entries.ensureOpen();
        quantizer.observe(vector, offset);
    }

    @Override
    public void observeBatch(MemorySegment vectors, long offset, long stride, int count) {
        entries.ensureOpen();
        quantizer.observeBatch(vectors, offset, stride, count);
    }

    /// {@return vectors observed under the codebook in use}
    public long observed() {
        return quantizer.observed();
    }

    /// {@return how much worse the codebook fits what was observed than what it was trained on, see
    /// [ProductQuantizer#drift]; NaN if that is unknown}
    public double drift() {
        return quantizer.drift();
    }

    /// Learns another codebook from the sample of what was observed, and goes over to it as
    /// [#train] does.
    ///
    /// @param workers who does the work; stays the caller's
    /// @param progress follows the training and may end it
    /// @throws IllegalStateException if the index is closed, has entries but no rows, or fewer
    ///     vectors were observed than a subspace has centroids
    /// @throws TrainingCancelledException if `progress` said so; the index is as before then
    public void retrain(Workers workers, TrainingProgress progress) {
        checkReplaceable();
        replace(quantizer.trainOnObserved(workers, progress), workers);
    }

    /// Goes over to a codebook that was trained elsewhere, as [#train] does to the one it learns.
    ///
    /// @param codebook the codebook, shared
    /// @param workers who encodes the entries again; stays the caller's
    /// @throws IllegalArgumentException if it has another metric or shape than the index
    /// @throws IllegalStateException if the index is closed, or has entries but no rows
    public void use(Codebook codebook, Workers workers) {
        checkReplaceable();
        quantizer.checkShape(codebook);
        replace(codebook, workers);
    }

    private void checkReplaceable() {
        if (!isEmpty() && rows == null) {
            throw new IllegalStateException(
                    "len="
                            + len()
                            + ": entries are encoded under the codebook in use, reset first");
        }
        if (rows != null) {
            rows.checkReadable();
        }
    }

    /// Nothing changes before all is there.
    private void replace(Codebook codebook, Workers workers) {
        PqCoding fresh = new PqCoding(codebook, layout, entries, rows);
        try {
            fresh.blocks().reserve(Math.max(reserved, entries.slots().highWater()));
            if (rows != null) {
                rows.encode(codebook, fresh.blocks(), workers);
            }
        } catch (RuntimeException | Error e) {
            fresh.close();
            throw e;
        }
        quantizer.use(codebook);
        PqCoding old = coding;
        coding = fresh;
        if (old != null) {
            old.retire();
        }
    }

    @Override
    public boolean isTrained() {
        return coding != null;
    }

    @Override
    public void reserve(int count) {
        super.reserve(count);
        reserved = Math.max(reserved, count);
    }

    @Override
    public MemoryPlan memory() {
        List<MemoryPlan.Part> parts = new ArrayList<>(entries.memory());
        PqCoding now = coding;
        parts.add(new MemoryPlan.Part("codes", now == null ? 0 : now.blocks().bytes()));
        parts.add(new MemoryPlan.Part("code staging", staging.byteSize()));
        if (rows != null) {
            parts.addAll(rows.memory());
        }
        if (quantizer.observedBytes() > 0) {
            parts.add(new MemoryPlan.Part("observed", quantizer.observedBytes()));
        }
        return new MemoryPlan(entries.size(), parts);
    }

    @Override
    public void close() {
        super.close();
        if (rows != null) {
            rows.close();
        }
        PqCoding now = coding;
        if (now != null) {
            now.close();
        }
    }

    @Override
    void stage(MemorySegment vector, long offset) {
        checkTrained();
        quantizer.encode(vector, offset, staging, 0);
        if (rows != null) {
            rows.stage(vector, offset);
        }
    }

    @Override
    void makeRoom(int slots) {
        PqCoding now = coding;
        if (now != null) {
            now.blocks().reserve(slots);
        }
        if (rows != null) {
            rows.reserve(slots);
        }
    }

    @Override
    void write(int slot) {
        coding.blocks().store(staging, 0, slot);
        if (rows != null) {
            rows.write(slot);
        }
    }

    @Override
    StoredVectors stored() {
        return rows;
    }

    @Override
    boolean equalsStaged(int slot) {
        if (rows != null) {
            return rows.equalsStaged(slot);
        }
        int bytes = quantizer.codeSize();
        coding.blocks().load(slot, staging, bytes);
        return MemorySegment.mismatch(staging, 0, bytes, staging, bytes, 2L * bytes) == -1;
    }

    private PqCoding trained() {
        PqCoding now = coding;
        if (now == null) {
            throw new IllegalStateException("the index is not trained");
        }
        return now;
    }

    /// Scratch for the codes of now; those of a moment ago may have been retired.
    private PqCoding.Scratch scratch() {
        while (true) {
            entries.ensureOpen();
            PqCoding now = trained();
            PqCoding.Scratch scratch = now.tryTake();
            if (scratch != null) {
                return scratch;
            }
            if (now == coding) {
                entries.ensureOpen();
                Pause.briefly();
            }
        }
    }
}
