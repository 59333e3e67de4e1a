package ai.bytesandbrains.engine.search;

import java.util.Objects;

/// What a caller wants of a search.
///
/// @param k how many neighbours, from 1
/// @param askPeers how many peers to ask: [#ALL], or a random choice of that many, from 0 (none but
///     the local index)
/// @param deadlineNs how long to wait for answers, in nanoseconds; after it the result is partial
/// @param encoding how the query travels
public record SearchParameters(int k, int askPeers, long deadlineNs, QueryEncoding encoding) {

    /// Every peer in the view is asked.
    public static final int ALL = Integer.MAX_VALUE;

    /// Checks the fields.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public SearchParameters {
        Objects.requireNonNull(encoding, "encoding");
        if (k < 1) {
            throw new IllegalArgumentException("k=" + k + ": expected at least 1");
        }
        if (askPeers < 0) {
            throw new IllegalArgumentException("askPeers=" + askPeers + ": expected at least 0");
        }
        if (deadlineNs <= 0 || deadlineNs > 1L << 50) {
            throw new IllegalArgumentException(
                    "deadlineNs=" + deadlineNs + ": expected 1 to " + (1L << 50));
        }
    }

    /// {@return `k` neighbours from all peers, two seconds, int8}
    ///
    /// @param k how many neighbours
    public static SearchParameters of(int k) {
        return new SearchParameters(k, ALL, 2_000_000_000L, QueryEncoding.INT8);
    }

    /// {@return the same with another number of peers}
    ///
    /// @param askPeers how many, or [#ALL]
    public SearchParameters withAskPeers(int askPeers) {
        return new SearchParameters(k, askPeers, deadlineNs, encoding);
    }

    /// {@return the same with another deadline}
    ///
    /// @param deadlineNs how long to wait
    public SearchParameters withDeadlineNs(long deadlineNs) {
        return new SearchParameters(k, askPeers, deadlineNs, encoding);
    }

    /// {@return the same with another encoding}
    ///
    /// @param encoding how the query travels
    public SearchParameters withEncoding(QueryEncoding encoding) {
        return new SearchParameters(k, askPeers, deadlineNs, encoding);
    }
}
