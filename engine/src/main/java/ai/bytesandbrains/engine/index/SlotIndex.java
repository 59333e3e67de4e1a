package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// What the flat indexes have in common: ids and slots, the order of the steps of a change, and
/// batches on several threads. What is stored under a slot, and how it is searched, is theirs.
abstract sealed class SlotIndex implements Index permits FlatIndex, PqIndex {
    /// Ids and their slots.
    final Entries entries = new Entries();

    /// Memory of the writer.
    final Arena arena = Arena.ofShared();

    private final ScratchPool<BatchJob> batches =
            new ScratchPool<>(() -> new BatchJob(this::searchPart));

    /// Checks a vector and makes what is stored of it; changes no entry.
    abstract void stage(MemorySegment vector, long offset);

    /// Makes room under so many slots.
    abstract void makeRoom(int slots);

    /// Stores what was made last.
    abstract void write(int slot);

    /// Whether what is stored under a slot is what was made last.
    abstract boolean equalsStaged(int slot);

    /// The rows, or null where there are none.
    abstract StoredVectors stored();

    /// Searches for some neighbouring queries of a batch; see [BatchJob.Part].
    abstract void searchPart(
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out,
            int to);

    /// Searches for all queries of a batch with the rows shared out among the threads, if that is
    /// the better way; false if it is not, and nothing has been done.
    boolean searchByRows(
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out,
            Workers workers) {
        return false;
    }

    /// The number that parts of a batch are best a multiple of.
    abstract int batchUnit();

    /// The most queries of a part.
    abstract int batchMost();

    @Override
    public final void add(long id, MemorySegment vector, long offset) {
        entries.checkNew(id);
        upsert(id, vector, offset);
    }

    @Override
    public final void upsert(long id, MemorySegment vector, long offset) {
        entries.ensureOpen();
        stage(vector, offset);
        int slot = entries.slotFor(id);
        makeRoom(slot + 1);
        entries.begin(slot);
        write(slot);
        entries.commit(slot, id);
    }

    @Override
    public final boolean remove(long id) {
        return entries.remove(id);
    }

    @Override
    public final int removeMatching(MemorySegment vector, long offset) {
        entries.ensureOpen();
        stage(vector, offset);
        return entries.removeAll(this::equalsStaged);
    }

    @Override
    public void reserve(int count) {
        entries.reserve(count);
        makeRoom(count);
    }

    @Override
    public final void searchBatch(
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out) {
        searchBatch(queries, offset, stride, count, options, out, Workers.caller());
    }

    @Override
    public final void searchBatch(
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out,
            Workers workers) {
        BatchJob job = batches.take();
        try {
            checkTrained();
            Batches.check(space(), queries, offset, stride, count, out);
            workers.checkAccess("queries", queries);
            if (searchByRows(queries, offset, stride, count, options, out, workers)) {
                return;
            }
            job.run(
                    queries,
                    offset,
                    stride,
                    count,
                    options,
                    out,
                    workers,
                    batchUnit(),
                    batchMost());
        } finally {
            job.release();
        }
    }

    @Override
    public final void reset() {
        entries.clear();
    }

    @Override
    public final int len() {
        return entries.size();
    }

    @Override
    public final boolean contains(long id) {
        return entries.contains(id);
    }

    @Override
    public final int slotOf(long id) {
        return entries.slotOf(id);
    }

    @Override
    public final int slotLimit() {
        entries.ensureOpen();
        return stored() == null ? 0 : entries.slots().limit();
    }

    @Override
    public final boolean vectorAt(int slot, MemorySegment vector, long offset) {
        Objects.checkIndex(slot, slotLimit());
        Vectors.checkRows("vector", vector, offset, 0, 1, space().vectorBytes());
        boolean there = entries.slots().isLive(slot);
        if (there) {
            stored().load(slot, vector, offset);
        }
        return there;
    }

    @Override
    public void close() {
        entries.close();
        batches.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /// Refuses what needs a training.
    final void checkTrained() {
        if (!isTrained()) {
            throw new IllegalStateException("the index is not trained");
        }
    }
}
