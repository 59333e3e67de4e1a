package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.SemanticWriter;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.semantic.FindOperations;
import ai.bytesandbrains.engine.semantic.SemanticConfig;
import ai.bytesandbrains.engine.space.Metric;

import java.util.concurrent.TimeUnit;

/// How a [Node] tells others what it has, and remembers what they have.
///
/// @param profiles the most profiles of the node, 1 to [SemanticConfig#MAX_PROFILES]; 0 for a node
///     that takes no part: it asks random peers, and nobody asks it by what it has
/// @param remembered profiles of others that are kept beside those of near peers, about half a
///     kilobyte each at 384 dimensions; while all of the network's fit, a search asks the best
///     peers straight away
/// @param finds the most finds at once
/// @param refreshNs how often profiles are computed again if the number of entries stays about the
///     same; a change of an eighth does it sooner
public record ProfileConfig(int profiles, int remembered, int finds, long refreshNs) {

    private static final int MOST_OTHERS = 10;
    private static final int RANDOM_SHARE = 2;

    /// A list of whom a node knows has room for so many peers, or is not worth its bytes.
    private static final int LEAST_DIGEST_PEERS = 32;

    /// Checks the fields.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public ProfileConfig {
        check("profiles", profiles, 0, SemanticConfig.MAX_PROFILES);
        check("remembered", remembered, 1, 4_096);
        check("finds", finds, 1, 1 << 10);
        if (refreshNs < 1) {
            throw new IllegalArgumentException("refreshNs=" + refreshNs + ": expected at least 1");
        }
    }

    /// {@return eight profiles, 2,048 remembered, 8 finds, every five minutes}
    public static ProfileConfig defaults() {
        return new ProfileConfig(8, 2_048, 8, TimeUnit.MINUTES.toNanos(5));
    }

    /// {@return no part in the semantic overlay}
    public static ProfileConfig none() {
        return new ProfileConfig(0, 1, 1, 1);
    }

    /// {@return the same with another number of profiles}
    ///
    /// @param profiles how many
    public ProfileConfig withProfiles(int profiles) {
        return new ProfileConfig(profiles, remembered, finds, refreshNs);
    }

    /// {@return the same with another interval}
    ///
    /// @param refreshNs how often profiles are computed again
    public ProfileConfig withRefreshNs(long refreshNs) {
        return new ProfileConfig(profiles, remembered, finds, refreshNs);
    }

    /// The parameters of the overlay, with messages that a frame can carry; null if there are no
    /// profiles, or a frame carries less than two.
    ///
    /// @param signed whether messages carry a proof for each peer
    SemanticConfig overlay(
            Metric metric, int dimensions, GossipConfig gossip, int maxFrame, boolean signed) {
        boolean measured =
                metric == Metric.L2 || metric == Metric.COSINE || metric == Metric.INNER_PRODUCT;
        int proof = SemanticWriter.proofsLength(1) - SemanticWriter.proofsLength(0);
        int room =
                maxFrame - SemanticWriter.frameLength(dimensions, 0, true) - (signed ? proof : 0);
        int entry = SemanticWriter.entryLength(dimensions) + (signed ? proof : 0);
        int fit = room / entry;
        int own = Math.min(profiles, fit / 2);
        if (!measured || own < 1) {
            return null;
        }
        int others = Math.min(MOST_OTHERS, fit - own);
        int digestPeers = digestPeers(room - (own + others) * entry);
        while (digestPeers < LEAST_DIGEST_PEERS && others > RANDOM_SHARE) {
            others--;
            digestPeers = digestPeers(room - (own + others) * entry);
        }
        long timeoutNs = Math.min(gossip.periodNs(), gossip.requestTimeoutNs());
        return SemanticConfig.of(metric == Metric.L2 ? metric : Metric.COSINE, dimensions)
                .withProfiles(own)
                .withSeen(remembered)
                .withEntries(others, others / RANDOM_SHARE)
                .withDigest(digestPeers < LEAST_DIGEST_PEERS ? 0 : digestPeers)
                .withTimes(gossip.periodNs(), timeoutNs);
    }

    /// How many peers there is room for in a list.
    private static int digestPeers(int room) {
        int each = SemanticWriter.digestLength(2) - SemanticWriter.digestLength(1);
        int header = SemanticWriter.digestLength(1) - each;
        return Math.clamp((room - header) / each, 0, SemanticConfig.MAX_DIGEST_PEERS);
    }

    /// The most peers that the overlay refers to at once.
    int maxReferencedPeers(int searches) {
        if (profiles == 0) {
            return 0;
        }
        SemanticConfig most =
                SemanticConfig.of(Metric.L2, 1).withProfiles(profiles).withSeen(remembered);
        return most.maxReferencedPeers() + FindOperations.maxReferencedPeers(finds + searches);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s=%d: expected %d to %d".formatted(name, value, least, most));
        }
    }
}
