package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The node's own index, searched for encoded queries: a query is decoded into scratch, then
/// searched for, then read from [#found] before the next one.
final class LocalSearch implements AutoCloseable {

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Index index;
    private final int dimensions;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment encoded;
    private final MemorySegment floats;
    private final Neighbours found;

    LocalSearch(Index index, int maxK) {
        this.index = index;
        dimensions = index.space().dimensions();
        encoded = arena.allocate((QueryEncoding.FLOAT32.encodedBytes(dimensions) + 7) & -8, 64);
        floats = arena.allocate(Float.BYTES * (long) dimensions, 64);
        found = new Neighbours(maxK);
    }

    int dimensions() {
        return dimensions;
    }

    Metric metric() {
        return index.space().metric();
    }

    /// The query that was decoded last, as floats.
    MemorySegment query() {
        return floats;
    }

    /// What the last successful search found.
    Neighbours found() {
        return found;
    }

    void decode(QueryEncoding encoding, MemorySegment from, long at, float scale) {
        encoding.decode(from, at, scale, dimensions, floats, 0);
    }

    void decode(SearchRequest in) {
        int words = (in.encoding().encodedBytes(dimensions) + 7) / Long.BYTES;
        for (int word = 0; word < words; word++) {
            encoded.set(WORD, (long) word * Long.BYTES, in.queryWordAt(word));
        }
        decode(in.encoding(), encoded, 0, in.scale());
    }

    /// Searches for the query that was decoded last. Only the index knows which queries have a
    /// place in its space, and it says so by an exception; here, where queries come from strangers,
    /// that becomes a status. An index that still has to be trained holds nothing, so it finds
    /// nothing.
    SearchStatus search(int k) {
        if (!index.isTrained()) {
            found.reset(k);
            return SearchStatus.OK;
        }
        try {
            index.search(floats, 0, k, found);
            return SearchStatus.OK;
        } catch (IllegalArgumentException refused) {
            return SearchStatus.BAD_QUERY;
        }
    }

    @Override
    public void close() {
        found.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
