package ai.bytesandbrains.bench.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;

/// The options of `bb synth`, as a mixin. [#validate()] must be called before the values are used.
public final class SynthOptions {
    static final int DEFAULT_DIMENSIONS = 128;
    private static final int MAX_ROWS = 100_000_000;
    private static final int MAX_DIMENSIONS = 8_192;
    private static final int MAX_QUERIES = 100_000;
    private static final int MAX_K = 1_000;

    @Parameters(
            paramLabel = "FOLDER",
            description = "Where base.fvecs, train.fvecs, query.fvecs and truth.ivecs go.")
    private Path folder;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Base vectors (default: 1000000).")
    private int rows;

    @Option(
            names = "--dimensions",
            paramLabel = "N",
            defaultValue = "128",
            description = "Dimensions (default: 128).")
    private int dimensions;

    @Option(
            names = "--train",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Vectors to train on (default: 100000).")
    private int train;

    @Option(
            names = "--queries",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Queries (default: 1000).")
    private int queries;

    @Option(
            names = "--k",
            paramLabel = "N",
            defaultValue = "100",
            description = "True neighbours of each query, by squared L2 (default: 100).")
    private int k;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of everything (default: 42).")
    private long seed;

    /// Made by picocli, which fills the fields.
    public SynthOptions() {}

    /// Checks every value and the combinations.
    ///
    /// @throws UsageException with the option, its value and what is allowed, on one line
    public void validate() {
        Ranges.check("--rows", rows, 1, MAX_ROWS);
        Ranges.check("--dimensions", dimensions, 1, MAX_DIMENSIONS);
        Ranges.check("--train", train, 1, MAX_ROWS);
        Ranges.check("--queries", queries, 1, MAX_QUERIES);
        Ranges.check("--k", k, 1, Math.min(MAX_K, rows));
    }

    Path folder() {
        return folder;
    }

    int rows() {
        return rows;
    }

    int dimensions() {
        return dimensions;
    }

    int train() {
        return train;
    }

    int queries() {
        return queries;
    }

    int k() {
        return k;
    }

    long seed() {
        return seed;
    }
}
