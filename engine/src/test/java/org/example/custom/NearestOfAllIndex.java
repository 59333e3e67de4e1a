package org.example.custom;

import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.SearchOptions;
import ai.bytesandbrains.engine.space.EmbeddingSpace;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/// An index as a user of the engine might write it: vectors in a map, all of them compared.
final class NearestOfAllIndex implements Index {
    private final EmbeddingSpace space;
    private final Map<Long, MemorySegment> vectors = new HashMap<>();

    NearestOfAllIndex(EmbeddingSpace space) {
        this.space = space;
    }

    @Override
    public EmbeddingSpace space() {
        return space;
    }

    @Override
    public void add(long id, MemorySegment vector, long offset) {
        if (contains(id)) {
            throw new IllegalArgumentException("id=" + id + " is taken");
        }
        upsert(id, vector, offset);
    }

    @Override
    public void upsert(long id, MemorySegment vector, long offset) {
        long length = 4L * space.dimensions();
        float[] copy = vector.asSlice(offset, length).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        vectors.put(id, MemorySegment.ofArray(copy));
    }

    @Override
    public boolean remove(long id) {
        return vectors.remove(id) != null;
    }

    @Override
    public int search(
            MemorySegment query, long queryOffset, SearchOptions options, Neighbours out) {
        out.reset(options.k());
        vectors.forEach(
                (id, v) -> {
                    if (options.filter().accepts(id, -1)) {
                        out.offer(space.distance(query, queryOffset, v, 0), id);
                    }
                });
        return out.size();
    }

    /// Does nothing: it has nothing to learn and is trained from the start.
    @Override
    public void train(MemorySegment samples, long offset, long stride, int count) {}

    @Override
    public boolean isTrained() {
        return true;
    }

    @Override
    public void reset() {
        vectors.clear();
    }

    @Override
    public int len() {
        return vectors.size();
    }

    @Override
    public boolean contains(long id) {
        return vectors.containsKey(id);
    }

    @Override
    public void close() {
        vectors.clear();
    }
}
