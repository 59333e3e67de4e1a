package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.memory.SlotTable;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// An index whose codebook comes later, and later again: it searches its rows exactly until it is
/// given one, then codes with a second look at rows, and it goes over to the next codebook while it
/// serves.
///
/// ```
///   var index = new CodedIndex(Metric.COSINE.space(384), new Int8Space(Metric.COSINE, 384));
///   index.add(id, vector);
///   index.begin(codebook);                      // when there is one
///   while (!index.step(8)) { ... }              // a little at a time, searching meanwhile
/// ```
///
/// While it goes over, entries stand in the old form and, as far as it has got, in the new one:
/// searches go by the old one, changes are made to both. [#cancel] drops the new one. Nothing is
/// lost or found twice at any time. A codebook that comes meanwhile begins anew with that one.
///
/// **Rows.** Before the first codebook they are kept as `space` says. With codes they are kept as
/// `rowSpace` says, and further codebooks encode what those rows stand for.
///
/// **Threads.** One writer and any number of readers at once, as [Index] says; [#begin], [#step]
/// and [#cancel] are the writer's. Nothing but `begin`, growing and the end of going over
/// allocates.
public final class CodedIndex implements Index {
    private final EmbeddingSpace space;
    private final EmbeddingSpace rowSpace;
    private final MemorySegment vector;

    /// What is searched.
    private volatile SlotIndex current;

    private Codebook codebook;

    /// What is gone over to; null if nothing is.
    private PqIndex pending;

    private int nextSlot;

    /// An empty index without a codebook.
    ///
    /// @param space what distances are measured in, and the form of rows before there are codes
    /// @param rowSpace the form of rows beside codes: of float vectors of the same metric and
    ///     dimensions
    /// @throws IllegalArgumentException if the spaces do not fit each other, or vectors are no
    ///     floats
    public CodedIndex(EmbeddingSpace space, EmbeddingSpace rowSpace) {
        this.space = Objects.requireNonNull(space, "space");
        this.rowSpace = Objects.requireNonNull(rowSpace, "rowSpace");
        StoredVectors.checkBesideCodes(space, space.metric(), space.dimensions());
        StoredVectors.checkBesideCodes(rowSpace, space.metric(), space.dimensions());
        current = new FlatIndex(space);
        vector = Arena.ofAuto().allocate(space.vectorBytes(), Float.BYTES);
    }

    /// {@return the codebook of the codes that are searched; null as long as rows are}
    public Codebook codebook() {
        return codebook;
    }

    /// {@return the codebook that the index is going over to, or null}
    public Codebook next() {
        return pending == null ? null : pending.codebook();
    }

    /// Begins to go over to a codebook; nothing happens if it is the one in use, or on its way.
    ///
    /// @param next the codebook, shared
    /// @throws IllegalArgumentException if it has another metric or other dimensions
    /// @throws IllegalStateException if vectors cannot be read back from rows
    public void begin(Codebook next) {
        if (next.metric() != space.metric() || next.dimensions() != space.dimensions()) {
            throw new IllegalArgumentException(
                    "codebook: metric=%s dimensions=%d must be those of the index, %s and %d"
                            .formatted(
                                    next.metric(),
                                    next.dimensions(),
                                    space.metric(),
                                    space.dimensions()));
        }
        current.entries.ensureOpen();
        current.stored().checkReadable();
        if (pending != null && pending.codebook().hasSameId(next)) {
            return;
        }
        cancel();
        if (codebook == null || !codebook.hasSameId(next)) {
            pending = new PqIndex(next, rowSpace);
            nextSlot = 0;
        }
    }

    /// Stays with what there is; what was done of going over is dropped.
    public void cancel() {
        if (pending != null) {
            pending.close();
            pending = null;
        }
    }

    /// Goes over with some more entries.
    ///
    /// @param entries how many, at least 1
    /// @return whether there is nothing left to do
    /// @throws IllegalArgumentException if `entries` is not positive
    /// @throws IllegalStateException if the index is closed
    public boolean step(int entries) {
        if (entries < 1) {
            throw new IllegalArgumentException("entries=" + entries + ": expected at least 1");
        }
        current.entries.ensureOpen();
        if (pending == null) {
            return true;
        }
        SlotTable slots = current.entries.slots();
        int left = entries;
        for (; left > 0 && nextSlot < slots.limit(); nextSlot++) {
            if (slots.isLive(nextSlot) && !pending.contains(slots.idAt(nextSlot))) {
                current.stored().load(nextSlot, vector, 0);
                pending.add(slots.idAt(nextSlot), vector, 0);
                left--;
            }
        }
        if (nextSlot < slots.limit()) {
            return false;
        }
        SlotIndex old = current;
        codebook = pending.codebook();
        current = pending;
        pending = null;
        old.close();
        return true;
    }

    @Override
    public EmbeddingSpace space() {
        return space;
    }

    @Override
    public void add(long id, MemorySegment from, long offset) {
        current.add(id, from, offset);
        if (pending != null) {
            pending.upsert(id, from, offset);
        }
    }

    @Override
    public void upsert(long id, MemorySegment from, long offset) {
        current.upsert(id, from, offset);
        if (pending != null) {
            pending.upsert(id, from, offset);
        }
    }

    @Override
    public int removeMatching(MemorySegment from, long offset) {
        SlotIndex now = current;
        now.entries.ensureOpen();
        now.stage(from, offset);
        SlotTable slots = now.entries.slots();
        int removed = 0;
        for (int slot = 0; slot < slots.limit(); slot++) {
            if (slots.isLive(slot) && now.equalsStaged(slot)) {
                remove(slots.idAt(slot));
                removed++;
            }
        }
        return removed;
    }

    @Override
    public boolean remove(long id) {
        if (pending != null) {
            pending.remove(id);
        }
        return current.remove(id);
    }

    @Override
    public int search(
            MemorySegment query, long queryOffset, SearchOptions options, Neighbours out) {
        while (true) {
            SlotIndex now = current;
            try {
                return now.search(query, queryOffset, options, out);
            } catch (IllegalStateException e) {
                throwUnlessGoneOver(now, e);
            }
        }
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
        while (true) {
            SlotIndex now = current;
            try {
                now.searchBatch(queries, offset, stride, count, options, out, workers);
                return;
            } catch (IllegalStateException e) {
                throwUnlessGoneOver(now, e);
            }
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
    public int searchRange(
            MemorySegment query,
            long queryOffset,
            float radius,
            RowFilter filter,
            RangeResult out) {
        while (true) {
            SlotIndex now = current;
            try {
                return now.searchRange(query, queryOffset, radius, filter, out);
            } catch (IllegalStateException e) {
                throwUnlessGoneOver(now, e);
            }
        }
    }

    /// An index is closed under a search when this one has gone over to another.
    private void throwUnlessGoneOver(SlotIndex searched, IllegalStateException thrown) {
        if (searched == current) {
            throw thrown;
        }
    }

    @Override
    public void reserve(int entries) {
        current.reserve(entries);
        if (pending != null) {
            pending.reserve(entries);
        }
    }

    /// Looks at the samples and learns nothing from them: codebooks come by [#begin].
    @Override
    public void train(MemorySegment samples, long offset, long stride, int count) {
        SlotIndex now = current;
        now.entries.ensureOpen();
        Vectors.checkRows("samples", samples, offset, stride, count, space.vectorBytes());
        for (int i = 0; i < count; i++) {
            now.stage(samples, offset + i * stride);
        }
    }

    @Override
    public void observe(MemorySegment from, long offset) {
        current.observe(from, offset);
    }

    /// Always true: without a codebook rows are searched.
    @Override
    public boolean isTrained() {
        return true;
    }

    @Override
    public void reset() {
        if (pending != null) {
            pending.reset();
        }
        current.reset();
    }

    @Override
    public int len() {
        return current.len();
    }

    @Override
    public boolean contains(long id) {
        return current.contains(id);
    }

    @Override
    public int slotOf(long id) {
        return current.slotOf(id);
    }

    @Override
    public int slotLimit() {
        return current.slotLimit();
    }

    @Override
    public boolean vectorAt(int slot, MemorySegment into, long offset) {
        return current.vectorAt(slot, into, offset);
    }

    /// {@return what the index takes now; while it goes over, both forms of its entries}
    @Override
    public MemoryPlan memory() {
        List<MemoryPlan.Part> parts = new ArrayList<>(current.memory().parts());
        if (pending != null) {
            parts.addAll(pending.memory().parts());
        }
        return new MemoryPlan(len(), parts);
    }

    @Override
    public void close() {
        cancel();
        current.close();
    }
}
