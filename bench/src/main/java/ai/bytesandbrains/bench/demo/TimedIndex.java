package ai.bytesandbrains.bench.demo;

import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.MemoryPlan;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.RangeResult;
import ai.bytesandbrains.engine.index.RowFilter;
import ai.bytesandbrains.engine.index.SearchOptions;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.train.TrainingProgress;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// An index that notes how long its last search took, for a thread that is not the one that
/// searches.
final class TimedIndex implements Index {
    private final Index index;
    private final AtomicLong lastNs = new AtomicLong();

    TimedIndex(final Index index) {
        this.index = index;
    }

    /// {@return how long the last search took; 0 if there was none since this was last asked}
    long takeLastNs() {
        return lastNs.getAndSet(0);
    }

    @Override
    public int search(
            final MemorySegment query,
            final long queryOffset,
            final SearchOptions options,
            final Neighbours out) {
        final long start = System.nanoTime();
        final int found = index.search(query, queryOffset, options, out);
        lastNs.set(System.nanoTime() - start);
        return found;
    }

    @Override
    public int searchRange(
            final MemorySegment query,
            final long queryOffset,
            final float radius,
            final RowFilter filter,
            final RangeResult out) {
        return index.searchRange(query, queryOffset, radius, filter, out);
    }

    @Override
    public EmbeddingSpace space() {
        return index.space();
    }

    @Override
    public void add(final long id, final MemorySegment vector, final long offset) {
        index.add(id, vector, offset);
    }

    @Override
    public void upsert(final long id, final MemorySegment vector, final long offset) {
        index.upsert(id, vector, offset);
    }

    @Override
    public boolean remove(final long id) {
        return index.remove(id);
    }

    @Override
    public int removeMatching(final MemorySegment vector, final long offset) {
        return index.removeMatching(vector, offset);
    }

    @Override
    public void reserve(final int entries) {
        index.reserve(entries);
    }

    @Override
    public void observe(final MemorySegment vector, final long offset) {
        index.observe(vector, offset);
    }

    @Override
    public void train(
            final MemorySegment samples, final long offset, final long stride, final int count) {
        index.train(samples, offset, stride, count);
    }

    @Override
    public void train(
            final MemorySegment samples,
            final long offset,
            final long stride,
            final int count,
            final Workers workers,
            final TrainingProgress progress) {
        index.train(samples, offset, stride, count, workers, progress);
    }

    @Override
    public boolean isTrained() {
        return index.isTrained();
    }

    @Override
    public void reset() {
        index.reset();
    }

    @Override
    public int len() {
        return index.len();
    }

    @Override
    public boolean contains(final long id) {
        return index.contains(id);
    }

    @Override
    public int slotOf(final long id) {
        return index.slotOf(id);
    }

    @Override
    public int slotLimit() {
        return index.slotLimit();
    }

    @Override
    public boolean vectorAt(final int slot, final MemorySegment vector, final long offset) {
        return index.vectorAt(slot, vector, offset);
    }

    @Override
    public MemoryPlan memory() {
        return index.memory();
    }

    @Override
    public void close() {
        index.close();
    }
}
