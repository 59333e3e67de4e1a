package ai.bytesandbrains.engine.index;

import java.util.Objects;

/// What a search is to find.
///
/// Immutable and safe for any thread. [#of] returns shared objects for `k` up to 1,024, so the
/// forms of `search` that take a plain `k` allocate nothing.
///
/// @param k how many are wanted, at least 1; fewer are found if fewer pass
/// @param filter which entries may be found
/// @param rerank over codes: how many times `k` candidates are compared again on the stored rows; 0
///     for none, [#DEFAULT_RERANK] for what the index thinks right. Indexes that are exact already
///     and those without rows take no notice
public record SearchOptions(int k, RowFilter filter, int rerank) {
    /// Leaves the number of candidates to the index.
    public static final int DEFAULT_RERANK = -1;

    private static final int CACHED = 1024;
    private static final SearchOptions[] CACHE = new SearchOptions[CACHED + 1];

    static {
        for (int k = 1; k <= CACHED; k++) {
            CACHE[k] = new SearchOptions(k, RowFilter.ALL, DEFAULT_RERANK);
        }
    }

    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if `k` is not positive or `rerank` below
    ///     [#DEFAULT_RERANK]
    public SearchOptions {
        Objects.requireNonNull(filter, "filter");
        if (k <= 0) {
            throw new IllegalArgumentException("k=" + k + " must be positive");
        }
        if (rerank < DEFAULT_RERANK) {
            throw new IllegalArgumentException(
                    "rerank=" + rerank + " must be 0 or more, or DEFAULT_RERANK=-1");
        }
    }

    /// {@return options for the `k` nearest of all entries; allocates for `k` above 1,024 only}
    ///
    /// @param k how many are wanted
    /// @throws IllegalArgumentException if `k` is not positive
    public static SearchOptions of(int k) {
        return k > 0 && k <= CACHED ? CACHE[k] : new SearchOptions(k, RowFilter.ALL, -1);
    }

    /// {@return these options with another filter; allocates}
    ///
    /// @param other which entries may be found
    public SearchOptions withFilter(RowFilter other) {
        return new SearchOptions(k, other, rerank);
    }

    /// {@return these options with another number of candidates; allocates}
    ///
    /// @param factor how many times `k` candidates are compared again, 0 for none
    /// @throws IllegalArgumentException if `factor` is below [#DEFAULT_RERANK]
    public SearchOptions withRerank(int factor) {
        return new SearchOptions(k, filter, factor);
    }
}
