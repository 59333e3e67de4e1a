package ai.bytesandbrains.engine.search;

import java.util.Arrays;

/// Which entries a search may find, in a form that travels with the query: by ids, by a number that
/// every node knows the meaning of, or both, and then an entry has to pass both.
///
/// ```
///   SearchFilter.ids(4, 8, 15)                    // these three
///   SearchFilter.range(1_000, 1_999)              // a thousand ids in a row
///   SearchFilter.range(0, 99).inverted()          // all but those
///   SearchFilter.tag(PUBLISHED)                   // what each node's FilterResolver makes of it
/// ```
///
/// Each peer applies the filter while it searches, so that a result is exact however few entries
/// pass. A peer that does not know a tag refuses the query.
///
/// Immutable, safe for any thread.
public final class SearchFilter {

    /// The most runs of consecutive ids that travel with a query; a larger set needs a tag.
    public static final int MAX_RANGES = 128;

    /// Lets every entry pass.
    public static final SearchFilter NONE = new SearchFilter(0, 0, new long[0]);

    /// The bits of [#flags].
    static final int TAGGED = 1;

    static final int BY_ID = 2;
    static final int INVERTED = 4;
    static final int ALL_FLAGS = TAGGED | BY_ID | INVERTED;

    private final int flags;
    private final long tag;
    private final long[] bounds;

    private SearchFilter(int flags, long tag, long[] bounds) {
        this.flags = flags;
        this.tag = tag;
        this.bounds = bounds;
    }

    /// {@return a filter that lets certain entries pass}
    ///
    /// @param ids their external ids, in any order; none lets nothing pass
    /// @throws IllegalArgumentException if they are more than [#MAX_RANGES] runs of consecutive ids
    public static SearchFilter ids(long... ids) {
        long[] sorted = Arrays.stream(ids).sorted().distinct().toArray();
        long[] bounds = new long[2 * sorted.length];
        int runs = 0;
        for (long id : sorted) {
            if (runs > 0 && bounds[2 * runs - 1] + 1 == id) {
                bounds[2 * runs - 1] = id;
            } else {
                bounds[2 * runs] = id;
                bounds[2 * runs + 1] = id;
                runs++;
            }
        }
        if (runs > MAX_RANGES) {
            throw new IllegalArgumentException(
                    "ids=%d runs of consecutive ones: expected at most %d"
                            .formatted(runs, MAX_RANGES));
        }
        return new SearchFilter(BY_ID, 0, Arrays.copyOf(bounds, 2 * runs));
    }

    /// {@return a filter that lets the entries pass whose ids are in a range}
    ///
    /// @param first the smallest id that passes
    /// @param last the largest one, not below `first`
    /// @throws IllegalArgumentException if `last` is below `first`
    public static SearchFilter range(long first, long last) {
        if (last < first) {
            throw new IllegalArgumentException(
                    "last=%d: expected at least first=%d".formatted(last, first));
        }
        return new SearchFilter(BY_ID, 0, new long[] {first, last});
    }

    /// {@return a filter that each node makes of a number}
    ///
    /// @param tag what the [FilterResolver]s of the nodes know
    public static SearchFilter tag(long tag) {
        return new SearchFilter(TAGGED, tag, new long[0]);
    }

    /// {@return this filter, and that entries have to pass what nodes make of a number as well}
    ///
    /// @param tag what the [FilterResolver]s of the nodes know
    public SearchFilter withTag(long tag) {
        return new SearchFilter(flags | TAGGED, tag, bounds);
    }

    /// {@return the filter that lets pass the ids which this one does not; a tag stays as it is}
    ///
    /// @throws IllegalStateException if it does not go by ids
    public SearchFilter inverted() {
        if ((flags & BY_ID) == 0) {
            throw new IllegalStateException("filter=" + this + ": it does not go by ids");
        }
        return new SearchFilter(flags ^ INVERTED, tag, bounds);
    }

    /// {@return whether it lets every entry pass}
    public boolean isNone() {
        return flags == 0;
    }

    /// {@return how many runs of consecutive ids it names}
    public int ranges() {
        return bounds.length / 2;
    }

    int flags() {
        return flags;
    }

    long tag() {
        return tag;
    }

    /// The smallest and the largest id of each run, in turn.
    long boundAt(int index) {
        return bounds[index];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SearchFilter filter
                && filter.flags == flags
                && filter.tag == tag
                && Arrays.equals(filter.bounds, bounds);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * flags + Long.hashCode(tag)) + Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        String byTag = (flags & TAGGED) == 0 ? "" : " tag=" + tag;
        String not = (flags & INVERTED) == 0 ? "" : "not ";
        String byId = (flags & BY_ID) == 0 ? "" : " ids=" + not + Arrays.toString(bounds);
        return "SearchFilter[" + (byTag + byId).strip() + "]";
    }
}
