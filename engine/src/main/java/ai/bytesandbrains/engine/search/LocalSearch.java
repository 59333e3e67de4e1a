package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.RowFilter;
import ai.bytesandbrains.engine.index.SearchOptions;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The node's own index, searched for encoded queries: a query is decoded into scratch, its filter
/// is set, then it is searched for, then read from [#found] before the next one.
final class LocalSearch implements AutoCloseable {

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Index index;
    private final int dimensions;
    private final int rerank;
    private final QueryFilter filter;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment encoded;
    private final MemorySegment floats;
    private final Neighbours found;

    /// By k, made when first needed: all that differs between two searches is k and the filter.
    private final SearchOptions[] plain;

    private final SearchOptions[] filtered;

    LocalSearch(Index index, SearchLimits limits, FilterResolver resolver) {
        this.index = index;
        rerank = limits.answerRerank();
        filter = new QueryFilter(resolver);
        dimensions = index.space().dimensions();
        encoded = arena.allocate((QueryEncoding.FLOAT32.encodedBytes(dimensions) + 7) & -8, 64);
        floats = arena.allocate(Float.BYTES * (long) dimensions, 64);
        found = new Neighbours(limits.maxK());
        plain = new SearchOptions[limits.maxK() + 1];
        filtered = new SearchOptions[limits.maxK() + 1];
    }

    int dimensions() {
        return dimensions;
    }

    EmbeddingSpace space() {
        return index.space();
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

    /// What entries have to pass.
    QueryFilter filter() {
        return filter;
    }

    /// Decodes the query of a search of the node's own: the very one that its peers get.
    void decode(SearchSlots slots, long base) {
        QueryEncoding encoding = QueryEncoding.ofCode(slots.getInt(base, SearchSlots.ENCODING));
        float scale = slots.getFloat(base, SearchSlots.SCALE);
        decode(encoding, slots.memory, base + SearchSlots.QUERY, scale);
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

    /// Searches for the query that was decoded last, under the filter that was set last. Only the
    /// index knows which queries have a place in its space, and it says so by an exception; here,
    /// where queries come from strangers, that becomes a status. An index that still has to be
    /// trained holds nothing, so it finds nothing.
    SearchStatus search(int k) {
        if (!index.isTrained()) {
            found.reset(k);
            return SearchStatus.OK;
        }
        try {
            index.search(floats, 0, options(k), found);
            return SearchStatus.OK;
        } catch (IllegalArgumentException refused) {
            return SearchStatus.BAD_QUERY;
        }
    }

    private SearchOptions options(int k) {
        SearchOptions[] cache = filter.isNone() ? plain : filtered;
        if (cache[k] == null) {
            cache[k] = new SearchOptions(k, filter.isNone() ? RowFilter.ALL : filter, rerank);
        }
        return cache[k];
    }

    /// Copies the vector of an entry out, if the index gives vectors back.
    VectorState load(long id, MemorySegment into, long at) {
        if (!index.contains(id)) {
            return VectorState.GONE;
        }
        boolean there = index.slotLimit() > 0 && index.vectorAt(index.slotOf(id), into, at);
        return there ? VectorState.THERE : VectorState.CODE_ONLY;
    }

    @Override
    public void close() {
        found.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
