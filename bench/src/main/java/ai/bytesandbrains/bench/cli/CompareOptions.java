package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.compare.Comparison;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The options of `bb compare`, as a mixin. [#validate()] must be called before the values are
/// used.
public final class CompareOptions {
    static final int DEFAULT_ROWS = 200_000;
    private static final int MAX_ROWS = 10_000_000;
    private static final int MIN_ROWS = 1_000;
    private static final int MAX_DIMENSIONS = 8_192;
    private static final int MAX_QUERIES = 10_000;
    private static final double MAX_SECONDS = 600;

    @Option(
            names = "--base",
            paramLabel = "FILE",
            description = "Vectors to search (default: synthetic ones).")
    private Path base;

    @Option(names = "--query", paramLabel = "FILE", description = "Queries; goes with --base.")
    private Path query;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description =
                    "Vectors: how many to generate, or to read at most (default: 200000, all of a"
                            + " file).")
    private Integer rows;

    @Option(
            names = "--dimensions",
            paramLabel = "N",
            description = "Dimensions of synthetic vectors (default: 128).")
    private Integer dimensions;

    @Option(
            names = "--queries",
            paramLabel = "N",
            defaultValue = "200",
            description = "Queries to use at most, 100 to 10000 (default: 200).")
    private int queries;

    @Option(
            names = "--m",
            paramLabel = "N",
            defaultValue = "16",
            description =
                    "Subspaces of the 8-bit codes, a divisor of the dimensions (default: 16).")
    private int m;

    @Option(
            names = "--k",
            paramLabel = "N",
            defaultValue = "10",
            description = "Neighbours per query, 1 to 1000 (default: 10).")
    private int k;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "3",
            description = "How long each side of a task is measured (default: 3).")
    private double seconds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of the synthetic vectors (default: 42).")
    private long seed;

    @Option(names = "--no-jvector", description = "Measure the engine alone.")
    private boolean noJVector;

    @Option(
            names = "--no-scalar",
            description = "Leave out the run of the engine without SIMD, in a JVM of its own.")
    private boolean noScalar;

    /// Made by picocli, which fills the fields.
    public CompareOptions() {}

    /// Checks every value and the combinations.
    ///
    /// @throws UsageException with the option, its value and what is allowed, on one line
    public void validate() {
        if ((base == null) != (query == null)) {
            throw new UsageException("--base and --query go together");
        }
        if (base != null && dimensions != null) {
            throw new UsageException(
                    "--dimensions %d is for synthetic vectors only, not with --base"
                            .formatted(dimensions));
        }
        if (rows != null) {
            Ranges.check("--rows", rows, MIN_ROWS, MAX_ROWS);
        }
        if (dimensions != null) {
            Ranges.check("--dimensions", dimensions, 1, MAX_DIMENSIONS);
        }
        Ranges.check("--queries", queries, Comparison.BATCH, MAX_QUERIES);
        Ranges.check("--m", m, 1, MAX_DIMENSIONS);
        Ranges.check("--k", k, 1, MIN_ROWS);
        if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
            throw new UsageException("--seconds %s is not in 0..600".formatted(seconds));
        }
        if (base == null) {
            validateFor(synthRows(), synthDimensions(), queries);
        }
    }

    /// Checks what depends on the data.
    ///
    /// @param baseRows vectors to search
    /// @param baseDimensions of base and queries
    /// @param queryRows number of queries
    /// @throws UsageException with the option, its value and what is allowed, on one line
    public void validateFor(final int baseRows, final int baseDimensions, final int queryRows) {
        if (m > baseDimensions || baseDimensions % m != 0) {
            throw new UsageException(
                    "--m %d does not divide the %d dimensions".formatted(m, baseDimensions));
        }
        if (baseRows < MIN_ROWS || queryRows < Comparison.BATCH) {
            throw new UsageException(
                    "%d vectors and %d queries, needed are %d and %d at least"
                            .formatted(baseRows, queryRows, MIN_ROWS, Comparison.BATCH));
        }
    }

    Path base() {
        return base;
    }

    Path query() {
        return query;
    }

    /// Rows to read at most.
    int limit() {
        return rows == null ? Integer.MAX_VALUE : rows;
    }

    int synthRows() {
        return rows == null ? DEFAULT_ROWS : rows;
    }

    int synthDimensions() {
        return dimensions == null ? SynthOptions.DEFAULT_DIMENSIONS : dimensions;
    }

    int queries() {
        return queries;
    }

    int m() {
        return m;
    }

    int k() {
        return k;
    }

    double seconds() {
        return seconds;
    }

    long seed() {
        return seed;
    }

    boolean withJVector() {
        return !noJVector;
    }

    boolean withScalar() {
        return !noScalar;
    }

    /// What another process needs to do the same on the same data.
    List<String> dataArguments() {
        final List<String> arguments = new ArrayList<>();
        if (base != null) {
            arguments.addAll(List.of("--base", base.toString(), "--query", query.toString()));
        }
        if (rows != null) {
            arguments.addAll(List.of("--rows", rows.toString()));
        }
        if (dimensions != null) {
            arguments.addAll(List.of("--dimensions", dimensions.toString()));
        }
        arguments.addAll(List.of("--queries", String.valueOf(queries), "--m", String.valueOf(m)));
        arguments.addAll(List.of("--k", String.valueOf(k), "--seed", String.valueOf(seed)));
        arguments.addAll(List.of("--seconds", String.valueOf(seconds)));
        return arguments;
    }
}
