package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.engine.semantic.FindParameters;
import ai.bytesandbrains.engine.space.Metric;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/// The options of `bb overlay`, as a mixin. [#validate()] must be called before the values are
/// used.
public final class OverlayOptions {
    private static final int MAX_NODES = 200_000;
    private static final int MAX_CYCLES = 10_000;
    private static final int MAX_FINDS = 10_000;

    /// The metrics by the names of the command line.
    enum MetricName {
        L2(Metric.L2),
        COSINE(Metric.COSINE);

        private final Metric metric;

        MetricName(final Metric metric) {
            this.metric = metric;
        }
    }

    @Option(
            names = "--base",
            paramLabel = "FILE",
            description =
                    "A profile for each node: fvecs, bvecs, fbin, u8bin, i8bin, npy or IDX, .gz"
                            + " allowed (default: the bundled vectors).")
    private Path base;

    @Option(
            names = "--query",
            paramLabel = "FILE",
            description = "Vectors to find peers for (default: the bundled queries).")
    private Path query;

    @Option(
            names = "--metric",
            paramLabel = "l2|cosine",
            defaultValue = "cosine",
            converter = LowerCase.OfOverlayMetric.class,
            description = "What profiles are compared in (default: cosine).")
    private MetricName metric;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Number of nodes, the first rows of the base (default: 1000).")
    private int nodes;

    @Option(
            names = "--cycles",
            paramLabel = "N",
            defaultValue = "20",
            description = "Periods to run (default: 20).")
    private int cycles;

    @Option(
            names = "--beam",
            paramLabel = "L",
            defaultValue = "10",
            description =
                    "A find goes on until the best L peers have answered, 10 to 64 (default: 10).")
    private int beam;

    @Option(
            names = "--finds",
            paramLabel = "N",
            defaultValue = "300",
            description = "Queries, each from a random node (default: 300).")
    private int finds;

    @Option(names = "--farthest", description = "Find the farthest peers, not the nearest.")
    private boolean farthest;

    @Option(
            names = "--churn",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of the nodes replaced in each cycle (default: 0).")
    private double churn;

    @Option(
            names = "--loss",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of messages that get lost (default: 0).")
    private double loss;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Decides everything left to chance (default: 42).")
    private long seed;

    /// Made by picocli, which fills the fields.
    public OverlayOptions() {}

    /// Checks the values.
    ///
    /// @throws UsageException that names the option and its value
    void validate() {
        Ranges.check("--nodes", nodes, 20, MAX_NODES);
        Ranges.check("--cycles", cycles, 1, MAX_CYCLES);
        Ranges.check("--beam", beam, OverlayRun.K, FindParameters.MAX_BEAM);
        Ranges.check("--finds", finds, 1, MAX_FINDS);
        checkShare("--churn", churn);
        checkShare("--loss", loss);
        if ((base == null) != (query == null)) {
            throw new UsageException("--base and --query go together");
        }
    }

    private static void checkShare(final String option, final double value) {
        if (!(value >= 0 && value < 1)) {
            throw new UsageException(option + " " + value + " is not in 0..1");
        }
    }

    Path base() {
        return base;
    }

    Path query() {
        return query;
    }

    Metric metric() {
        return metric.metric;
    }

    int nodes() {
        return nodes;
    }

    int cycles() {
        return cycles;
    }

    int beam() {
        return beam;
    }

    int finds() {
        return finds;
    }

    boolean isFarthest() {
        return farthest;
    }

    double churn() {
        return churn;
    }

    double loss() {
        return loss;
    }

    long seed() {
        return seed;
    }
}
