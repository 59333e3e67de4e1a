package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.index.SearchOptions;

/// The bounds that a node sets to searches; they size its memory.
///
/// @param concurrentSearches the most searches of its own at once
/// @param maxK the most neighbours in one result, its own and those it answers
/// @param maxPeers the most peers one search asks; with "all" no more than these
/// @param waitingAnswers the most answers that wait for a peer to take them
/// @param queriesPerSecond how many queries of one asker are searched in a second; above that it is
///     told that the node is overloaded; a wish for vectors counts as one
/// @param answerRerank over codes: how many times the wanted number of candidates are compared
///     again on the own rows before an answer, as in [SearchOptions]; 0 answers by codes alone,
///     which is right where rows are far away: the asker then fetches those that matter
public record SearchLimits(
        int concurrentSearches,
        int maxK,
        int maxPeers,
        int waitingAnswers,
        int queriesPerSecond,
        int answerRerank) {

    private static final int MANY_QUERIES = 100_000;
    private static final int MOST_RERANKED = 1 << 10;
    private static final int MOST_QUERIES = 1_000_000_000;

    /// Checks the fields.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public SearchLimits {
        check("concurrentSearches", concurrentSearches, 1 << 16);
        check("maxK", maxK, 1 << 12);
        check("maxPeers", maxPeers, 1 << 12);
        check("waitingAnswers", waitingAnswers, 1 << 12);
        check("queriesPerSecond", queriesPerSecond, MOST_QUERIES);
        if (answerRerank < SearchOptions.DEFAULT_RERANK || answerRerank > MOST_RERANKED) {
            throw new IllegalArgumentException(
                    "answerRerank=%d: expected %d to %d"
                            .formatted(answerRerank, SearchOptions.DEFAULT_RERANK, MOST_RERANKED));
        }
    }

    /// Bounds with 100,000 queries of one asker in a second.
    ///
    /// @param concurrentSearches the most searches of its own at once
    /// @param maxK the most neighbours in one result
    /// @param maxPeers the most peers one search asks
    /// @param waitingAnswers the most answers that wait
    public SearchLimits(int concurrentSearches, int maxK, int maxPeers, int waitingAnswers) {
        this(
                concurrentSearches,
                maxK,
                maxPeers,
                waitingAnswers,
                MANY_QUERIES,
                SearchOptions.DEFAULT_RERANK);
    }

    /// {@return the same with another limit on askers}
    ///
    /// @param queriesPerSecond how many queries of one asker are searched in a second
    public SearchLimits withQueriesPerSecond(int queriesPerSecond) {
        return new SearchLimits(
                concurrentSearches, maxK, maxPeers, waitingAnswers, queriesPerSecond, answerRerank);
    }

    /// {@return the same with another look at own rows before an answer}
    ///
    /// @param answerRerank how many times the wanted number of candidates; 0 for codes alone
    public SearchLimits withAnswerRerank(int answerRerank) {
        return new SearchLimits(
                concurrentSearches, maxK, maxPeers, waitingAnswers, queriesPerSecond, answerRerank);
    }

    /// {@return 16 searches, 256 neighbours, 64 peers, 64 waiting answers, 100,000 queries of one
    /// asker in a second}
    public static SearchLimits defaults() {
        return new SearchLimits(16, 256, 64, 64);
    }

    private static void check(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + "=" + value + ": expected 1 to " + most);
        }
    }
}
