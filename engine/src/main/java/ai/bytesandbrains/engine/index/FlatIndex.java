package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Exact search: every query is compared with every row.
///
/// Rows are kept in the stored form of the space; the cosine space stores unit vectors, so the scan
/// is dot products. A row costs `space.rowBytes()` bytes (4 a dimension, padded to 64), its id 8
/// and the map from ids 22 to 43.
///
/// **Threads.** One at a time, searches included: a search uses scratch of the index. Readers
/// beside a writer are not promised in this version.
///
/// **Lifetime.** The index owns its memory; whoever created it closes it.
public final class FlatIndex implements Index {
    private final EmbeddingSpace space;
    private final IdRows entries;
    private final Arena arena = Arena.ofShared();

    /// Vectors are made ready here, so that one that is refused has changed nothing.
    private final MemorySegment staging;

    private final MemorySegment prepared;
    private final float[] distances = new float[IdRows.BLOCK];

    /// An empty index.
    ///
    /// @param space one whose rows are `dimensions` floats, padded: [EmbeddingSpace#rowBytes] is
    ///     the stride of [RowStore#ofFloats]
    /// @throws IllegalArgumentException if the rows of the space have another size
    public FlatIndex(EmbeddingSpace space) {
        this.space = Objects.requireNonNull(space, "space");
        RowStore rows = RowStore.ofFloats(space.dimensions());
        if (space.rowBytes() != rows.rowStride()) {
            rows.close();
            throw new IllegalArgumentException(
                    "space.rowBytes=%d must be rowStride=%d for dimensions=%d"
                            .formatted(space.rowBytes(), rows.rowStride(), space.dimensions()));
        }
        this.entries = new IdRows(rows);
        this.staging = arena.allocate(rows.rowStride(), RowStore.ALIGNMENT);
        this.prepared = arena.allocate(space.preparedBytes(), RowStore.ALIGNMENT);
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
        entries.ensureOpen();
        Vectors.checkRange("vector", vector, offset, 0, 1, space.dimensions());
        space.storeRow(vector, offset, staging, 0);
        entries.put(id, staging);
    }

    @Override
    public boolean remove(long id) {
        return entries.remove(id);
    }

    @Override
    public int search(MemorySegment query, long queryOffset, int k, Neighbours out) {
        entries.ensureOpen();
        Vectors.checkRange("query", query, queryOffset, 0, 1, space.dimensions());
        out.reset(k);
        space.prepare(query, queryOffset, prepared, 0);
        RowStore rows = entries.rows();
        int limit = rows.slotLimit();
        for (int first = 0; first < limit; ) {
            int count = Math.min(IdRows.BLOCK, rows.runLength(first));
            space.distancesPrepared(prepared, 0, rows, first, count, distances);
            entries.collect(first, count, distances, out);
            first += count;
        }
        return out.size();
    }

    /// Does nothing but check the range: there is nothing to learn.
    ///
    /// @throws IllegalArgumentException if the samples do not lie inside the segment
    /// @throws IllegalStateException if the index is closed
    @Override
    public void train(MemorySegment samples, long offset, long stride, int count) {
        entries.ensureOpen();
        Vectors.checkRange("samples", samples, offset, stride, count, space.dimensions());
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
    public void close() {
        entries.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
