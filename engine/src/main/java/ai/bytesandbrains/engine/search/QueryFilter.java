package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.index.RowFilter;

/// The filter of the query that is searched for just now: the ids that it names, and what the node
/// makes of its tag. Filled in anew for each query; allocates nothing after construction.
final class QueryFilter implements RowFilter {

    private final FilterResolver resolver;
    private final long[] bounds = new long[2 * SearchFilter.MAX_RANGES];
    private int flags;
    private int ranges;
    private RowFilter tagged;

    QueryFilter(FilterResolver resolver) {
        this.resolver = resolver;
    }

    /// Lets everything pass.
    void clear() {
        flags = 0;
        ranges = 0;
        tagged = null;
    }

    /// Takes the filter over that comes with a query; nothing about it is believed.
    ///
    /// @return OK, or why the query cannot be answered
    SearchStatus set(SearchRequest in) {
        clear();
        int count = in.filterRanges();
        boolean byId = (in.filterFlags() & SearchFilter.BY_ID) != 0;
        if ((in.filterFlags() & ~SearchFilter.ALL_FLAGS) != 0
                || count < 0
                || count > (byId ? SearchFilter.MAX_RANGES : 0)) {
            return SearchStatus.BAD_QUERY;
        }
        for (int i = 0; i < 2 * count; i++) {
            bounds[i] = in.filterBoundAt(i);
            // Each run begins after the one before, and ends where it begins or later.
            boolean begins = i % 2 == 0;
            if (i > 0 && (begins ? bounds[i] <= bounds[i - 1] : bounds[i] < bounds[i - 1])) {
                return SearchStatus.BAD_QUERY;
            }
        }
        flags = in.filterFlags();
        ranges = count;
        if ((in.filterFlags() & SearchFilter.TAGGED) != 0) {
            tagged = resolver.resolve(in.filterTag());
            if (tagged == null) {
                return SearchStatus.UNKNOWN_FILTER;
            }
        }
        return SearchStatus.OK;
    }

    boolean isNone() {
        return flags == 0;
    }

    @Override
    public boolean accepts(long id, int slot) {
        return ((flags & SearchFilter.BY_ID) == 0 || acceptsId(id))
                && (tagged == null || tagged.accepts(id, slot));
    }

    /// Whether the ids that the query names let this one pass, whatever its tag says.
    boolean acceptsId(long id) {
        int low = 0;
        int high = ranges - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (bounds[2 * middle + 1] < id) {
                low = middle + 1;
            } else if (bounds[2 * middle] > id) {
                high = middle - 1;
            } else {
                return (flags & SearchFilter.INVERTED) == 0;
            }
        }
        return (flags & SearchFilter.INVERTED) != 0;
    }
}
