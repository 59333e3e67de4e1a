package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.space.Metric;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The options of a node that learns a codebook with the others, as a mixin.
final class LearningOptions {
    private static final int MAX_PERIOD_MS = 600_000;
    private static final int QUOTAS = 8;

    /// What an answer may take however short the period is.
    private static final long LEAST_TIMEOUT_MS = 100;

    @Option(
            names = "--codes",
            paramLabel = "M",
            defaultValue = "0",
            description =
                    "Learn a codebook of M subspaces together with the others, and go over to codes"
                            + " (default: vectors). These options are the same on all nodes.")
    private int subspaces;

    @Option(
            names = "--code-bits",
            paramLabel = "4|6|8",
            defaultValue = "8",
            description = "Bits of a subspace (default: ${DEFAULT-VALUE}).")
    private int bits;

    @Option(
            names = "--codes-sample",
            paramLabel = "B",
            defaultValue = "8192",
            description = "Items in the sample of a subspace (default: ${DEFAULT-VALUE}).")
    private int sample;

    @Option(
            names = "--codes-quota",
            paramLabel = "Q",
            description = "Items of one node in it (default: an eighth).")
    private Integer quota;

    @Option(
            names = "--codes-period-ms",
            paramLabel = "MS",
            defaultValue = "10000",
            description = "From one round of learning to the next (default: ${DEFAULT-VALUE}).")
    private int periodMs;

    @Option(
            names = "--codes-rounds",
            paramLabel = "N",
            defaultValue = "30",
            description =
                    "Rounds before the first training; after twice as many without a change a"
                            + " codebook is final (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--centroids",
            paramLabel = "K",
            defaultValue = "0",
            description =
                    "Contribute K local centroids of at least five vectors for a subspace, not"
                            + " vectors (default: 0).")
    private int centroids;

    @Option(
            names = "--journal",
            paramLabel = "FILE",
            description =
                    "Keep identity, sample and codebooks there, to go on after a restart; with"
                            + " --codes.")
    private Path journal;

    /// Made by picocli, which fills the fields.
    LearningOptions() {}

    boolean learns() {
        return subspaces != 0;
    }

    Path journal() {
        return journal;
    }

    /// Checks what can be checked before a file is read.
    ///
    /// @param id an identity that was given, or null
    void check(final String id) {
        Ranges.check("--codes-period-ms", periodMs, 1, MAX_PERIOD_MS);
        if (journal != null && !learns()) {
            throw new UsageException("--journal keeps what is learned: it needs --codes M");
        }
        if (journal != null && id != null) {
            throw new UsageException(
                    "--id and --journal: the journal keeps an identity of its own");
        }
    }

    /// What is to be learned.
    ///
    /// @throws UsageException if options and data do not go together
    GossipPqConfig config(final Metric metric, final int dimensions) {
        final long periodNs = TimeUnit.MILLISECONDS.toNanos(periodMs);
        final long leastNs = TimeUnit.MILLISECONDS.toNanos(LEAST_TIMEOUT_MS);
        try {
            final GossipPqConfig defaults = GossipPqConfig.of(metric, dimensions, subspaces, bits);
            return defaults.withSample(sample, quota == null ? Math.max(1, sample / QUOTAS) : quota)
                    .withRate(defaults.fanout(), periodNs, Math.max(leastNs, 3 * periodNs / 10))
                    .withRounds(rounds, 2 * rounds)
                    .withLocalCentroids(centroids);
        } catch (final IllegalArgumentException e) {
            throw new UsageException("--codes: " + e.getMessage(), e);
        }
    }
}
