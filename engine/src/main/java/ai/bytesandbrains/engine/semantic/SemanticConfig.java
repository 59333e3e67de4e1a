package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Metric;

import java.util.Objects;

/// The parameters of the semantic overlay.
///
/// @param metric what profiles are compared in: [Metric#L2] or [Metric#COSINE], which is also the
///     one for embeddings that are compared by inner product
/// @param dimensions components of a profile, from 1 to [EmbeddingSpace#MAX_DIMENSIONS]
/// @param profiles how many profiles a node may have, from 1 to [#MAX_PROFILES]
/// @param nearSize the nearest peers kept for each profile
/// @param prunedSize R, the most peers kept for each profile that lie in different directions
/// @param alpha how much farther than a kept peer another one may seem before it counts as the same
///     direction, from 1
/// @param messageEntries m, the most profiles of others in a message
/// @param randomEntries how many of these are any that the sender knows, and not those that are
///     near: by them all profiles of a small network get known to everybody, from 0 to
///     `messageEntries`
/// @param digestPeers the most peers in the list of whom it knows that a node adds to an exchange,
///     so that it gets what it lacks and nothing else; 0 for none. As long as what there is fits
///     into what it remembers, that takes the place of the entries that it would send
/// @param seenSize profiles kept for a while that came by and are in no view: others may want them,
///     and searches choose by them; the time of a choice grows with how many there are
/// @param maxAge cycles after which nobody believes in a peer that has not been heard of; with
///     `randomEntries` more, by how rarely a node hears of each peer that it knows
/// @param periodNs T, the time between two exchanges that a node starts
/// @param requestTimeoutNs how long an answer may take, at most T
/// @param exchangesPerPeriod how many exchanges of others are answered in a time of T
/// @param findsPerPeriod how many finds of others are answered in a time of T
public record SemanticConfig(
        Metric metric,
        int dimensions,
        int profiles,
        int nearSize,
        int prunedSize,
        float alpha,
        int messageEntries,
        int randomEntries,
        int digestPeers,
        int seenSize,
        int maxAge,
        long periodNs,
        long requestTimeoutNs,
        int exchangesPerPeriod,
        int findsPerPeriod) {

    /// The most profiles of a node.
    public static final int MAX_PROFILES = 8;

    /// The most profiles in a message, the sender's own not counted.
    public static final int MAX_MESSAGE_ENTRIES = 32;

    /// The most peers in a list of those whom a node knows.
    public static final int MAX_DIGEST_PEERS = 256;

    private static final int MAX_VIEW = 256;
    private static final int MAX_SEEN = 4_096;
    private static final int MAX_COUNT = 1 << 20;
    private static final long MAX_TIME_NS = 1L << 50;

    /// Checks every field.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public SemanticConfig {
        Objects.requireNonNull(metric, "metric");
        require(
                metric == Metric.L2 || metric == Metric.COSINE,
                "metric=" + metric + ": expected L2 or COSINE");
        requireRange("dimensions", dimensions, 1, EmbeddingSpace.MAX_DIMENSIONS);
        requireRange("profiles", profiles, 1, MAX_PROFILES);
        requireRange("nearSize", nearSize, 1, MAX_VIEW);
        requireRange("prunedSize", prunedSize, 1, MAX_VIEW);
        require(alpha >= 1 && alpha <= 10, "alpha=" + alpha + ": expected a number from 1 to 10");
        requireRange("messageEntries", messageEntries, 1, MAX_MESSAGE_ENTRIES);
        requireRange("randomEntries", randomEntries, 0, messageEntries);
        requireRange("digestPeers", digestPeers, 0, MAX_DIGEST_PEERS);
        requireRange("seenSize", seenSize, 1, MAX_SEEN);
        requireRange("maxAge", maxAge, 2, MAX_COUNT);
        requireTime("periodNs", periodNs);
        requireTime("requestTimeoutNs", requestTimeoutNs);
        require(
                requestTimeoutNs <= periodNs,
                "requestTimeoutNs=%d periodNs=%d: expected no more than a period"
                        .formatted(requestTimeoutNs, periodNs));
        requireRange("exchangesPerPeriod", exchangesPerPeriod, 1, MAX_COUNT);
        requireRange("findsPerPeriod", findsPerPeriod, 1, MAX_COUNT);
    }

    /// {@return one profile a node, 20 near and 24 pruned peers, alpha 1.2, 10 entries in a
    /// message, T = 10 s}
    ///
    /// @param metric what profiles are compared in
    /// @param dimensions components of a profile
    public static SemanticConfig of(Metric metric, int dimensions) {
        return new SemanticConfig(
                metric,
                dimensions,
                1,
                20,
                24,
                1.2f,
                10,
                0,
                0,
                256,
                24,
                10_000_000_000L,
                3_000_000_000L,
                8,
                1_024);
    }

    /// {@return this configuration with another number of profiles}
    ///
    /// @param profiles how many a node may have
    public SemanticConfig withProfiles(int profiles) {
        return with(profiles, nearSize, prunedSize, alpha, seenSize, periodNs, requestTimeoutNs);
    }

    /// {@return this configuration with other views}
    ///
    /// @param nearSize the nearest peers
    /// @param prunedSize R
    /// @param alpha the pruning factor
    public SemanticConfig withViews(int nearSize, int prunedSize, float alpha) {
        return with(profiles, nearSize, prunedSize, alpha, seenSize, periodNs, requestTimeoutNs);
    }

    /// {@return this configuration with another memory of profiles that are in no view}
    ///
    /// @param seenSize how many
    public SemanticConfig withSeen(int seenSize) {
        return with(profiles, nearSize, prunedSize, alpha, seenSize, periodNs, requestTimeoutNs);
    }

    /// {@return this configuration with other messages}
    ///
    /// @param messageEntries m, the most profiles of others
    /// @param randomEntries how many of them are any, and not those that are near
    public SemanticConfig withEntries(int messageEntries, int randomEntries) {
        return new SemanticConfig(
                metric,
                dimensions,
                profiles,
                nearSize,
                prunedSize,
                alpha,
                messageEntries,
                randomEntries,
                digestPeers,
                seenSize,
                maxAge,
                periodNs,
                requestTimeoutNs,
                exchangesPerPeriod,
                findsPerPeriod);
    }

    /// {@return this configuration with another list of whom a node knows in its exchanges}
    ///
    /// @param digestPeers the most peers in it, 0 for no list
    public SemanticConfig withDigest(int digestPeers) {
        return new SemanticConfig(
                metric,
                dimensions,
                profiles,
                nearSize,
                prunedSize,
                alpha,
                messageEntries,
                randomEntries,
                digestPeers,
                seenSize,
                maxAge,
                periodNs,
                requestTimeoutNs,
                exchangesPerPeriod,
                findsPerPeriod);
    }

    /// {@return this configuration with other times}
    ///
    /// @param periodNs T
    /// @param requestTimeoutNs how long an answer may take
    public SemanticConfig withTimes(long periodNs, long requestTimeoutNs) {
        return with(profiles, nearSize, prunedSize, alpha, seenSize, periodNs, requestTimeoutNs);
    }

    private SemanticConfig with(
            int profiles,
            int nearSize,
            int prunedSize,
            float alpha,
            int seenSize,
            long periodNs,
            long requestTimeoutNs) {
        return new SemanticConfig(
                metric,
                dimensions,
                profiles,
                nearSize,
                prunedSize,
                alpha,
                messageEntries,
                randomEntries,
                digestPeers,
                seenSize,
                maxAge,
                periodNs,
                requestTimeoutNs,
                exchangesPerPeriod,
                findsPerPeriod);
    }

    /// {@return how many peers a node can hold references to at once, without its finds}
    public int maxReferencedPeers() {
        return 2 + profiles * (nearSize + prunedSize) + seenSize + IncomingEntries.capacityOf(this);
    }

    private static void requireTime(String name, long value) {
        require(
                value > 0 && value <= MAX_TIME_NS,
                name + "=" + value + ": expected 1 to " + MAX_TIME_NS);
    }

    private static void requireRange(String name, int value, int least, int most) {
        require(
                value >= least && value <= most,
                name + "=" + value + ": expected " + least + " to " + most);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
