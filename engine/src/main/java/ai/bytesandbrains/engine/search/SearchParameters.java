package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.overlay.PeerId;

import java.util.List;
import java.util.Objects;

/// What a caller wants of a search.
///
/// @param k how many neighbours, from 1
/// @param askPeers how many peers to ask: a number from 0 (none but the local index), [#ALL] or
///     [#FEW]; of no meaning where peers are given
/// @param deadlineNs how long to wait for answers, in nanoseconds; after it the result is partial
/// @param encoding how the query travels
/// @param choice whom to ask
/// @param reach whether to ask anybody
/// @param given the peers to ask, with [PeerChoice#GIVEN]; empty otherwise
/// @param filter which entries may be found
/// @param rerank how many times k hits are measured again on their vectors, which are fetched from
///     the peers that have them: 0 for none, [#RERANK_CODES], or from 1
public record SearchParameters(
        int k,
        int askPeers,
        long deadlineNs,
        QueryEncoding encoding,
        PeerChoice choice,
        SearchReach reach,
        List<PeerId> given,
        SearchFilter filter,
        int rerank) {

    /// Hits that peers have measured by codes alone are measured again, among four times k; those
    /// that are said to be exact are not.
    public static final int RERANK_CODES = -1;

    /// The largest factor of hits to measure again.
    public static final int MAX_RERANK = 1 << 10;

    /// Every peer in the view is asked.
    public static final int ALL = Integer.MAX_VALUE;

    /// As many peers are asked as probably have nine tenths of what is near, which are few where
    /// everybody has something of his own. All in the view where data is spread at random.
    public static final int FEW = Integer.MAX_VALUE - 1;

    /// Checks the fields.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public SearchParameters {
        Objects.requireNonNull(encoding, "encoding");
        Objects.requireNonNull(choice, "choice");
        Objects.requireNonNull(reach, "reach");
        Objects.requireNonNull(filter, "filter");
        given = List.copyOf(given);
        if (rerank < RERANK_CODES || rerank > MAX_RERANK) {
            throw new IllegalArgumentException(
                    "rerank=%d: expected %d to %d".formatted(rerank, RERANK_CODES, MAX_RERANK));
        }
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
        if (given.isEmpty() != (choice != PeerChoice.GIVEN)) {
            throw new IllegalArgumentException(
                    "choice=%s given=%d peers: expected some with GIVEN, and none with another"
                            .formatted(choice, given.size()));
        }
    }

    /// A search of own index and peers that have most of what is near.
    ///
    /// @param k how many neighbours
    /// @param askPeers how many peers to ask, [#ALL] or [#FEW]
    /// @param deadlineNs how long to wait
    /// @param encoding how the query travels
    public SearchParameters(int k, int askPeers, long deadlineNs, QueryEncoding encoding) {
        this(
                k,
                askPeers,
                deadlineNs,
                encoding,
                PeerChoice.NEAREST,
                SearchReach.NETWORK,
                List.of(),
                SearchFilter.NONE,
                RERANK_CODES);
    }

    /// {@return `k` neighbours from all peers, two seconds, int8}
    ///
    /// @param k how many neighbours
    public static SearchParameters of(int k) {
        return new SearchParameters(k, ALL, 2_000_000_000L, QueryEncoding.INT8);
    }

    /// {@return the same with another number of peers}
    ///
    /// @param askPeers how many, [#ALL] or [#FEW]
    public SearchParameters withAskPeers(int askPeers) {
        return new SearchParameters(
                k, askPeers, deadlineNs, encoding, choice, reach, given, filter, rerank);
    }

    /// {@return the same with another deadline}
    ///
    /// @param deadlineNs how long to wait
    public SearchParameters withDeadlineNs(long deadlineNs) {
        return new SearchParameters(
                k, askPeers, deadlineNs, encoding, choice, reach, given, filter, rerank);
    }

    /// {@return the same with another encoding}
    ///
    /// @param encoding how the query travels
    public SearchParameters withEncoding(QueryEncoding encoding) {
        return new SearchParameters(
                k, askPeers, deadlineNs, encoding, choice, reach, given, filter, rerank);
    }

    /// {@return the same of random peers}
    public SearchParameters ofRandomPeers() {
        return with(PeerChoice.RANDOM, List.of());
    }

    /// {@return the same of certain peers; any that the node does not know make the result partial}
    ///
    /// @param peers whom to ask, at least one
    public SearchParameters ofPeers(List<PeerId> peers) {
        return with(PeerChoice.GIVEN, peers);
    }

    private SearchParameters with(PeerChoice choice, List<PeerId> given) {
        return new SearchParameters(
                k, askPeers, deadlineNs, encoding, choice, reach, given, filter, rerank);
    }

    /// {@return the same with another reach}
    ///
    /// @param reach whether to ask anybody
    public SearchParameters withReach(SearchReach reach) {
        return new SearchParameters(
                k, askPeers, deadlineNs, encoding, choice, reach, given, filter, rerank);
    }

    /// {@return the same with a filter}
    ///
    /// @param filter which entries may be found
    public SearchParameters withFilter(SearchFilter filter) {
        return new SearchParameters(
                k, askPeers, deadlineNs, encoding, choice, reach, given, filter, rerank);
    }

    /// {@return the same with another look at vectors}
    ///
    /// @param rerank how many times k hits are measured again: 0 for none, [#RERANK_CODES], or from
    ///     1, which also finds out who told a wrong distance
    public SearchParameters withRerank(int rerank) {
        return new SearchParameters(
                k, askPeers, deadlineNs, encoding, choice, reach, given, filter, rerank);
    }
}
