package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.engine.space.Metric;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/// The options of `bb eval`, as a mixin. [#validate()] must be called before the values are used;
/// what depends on the data is checked by [#validateFor].
public final class EvalOptions {
    static final int MAX_K = 10_000;
    private static final int MAX_THREADS = 256;
    private static final int MAX_BATCH = 100_000;
    private static final int MAX_RERANK = 1_000;
    private static final int MAX_ITERATIONS = 1_000;
    private static final double MAX_SECONDS = 3_600;
    private static final int DEFAULT_M = 16;
    private static final int DEFAULT_BITS = 8;

    /// The metrics by the names of the command line.
    enum MetricName {
        L2(Metric.L2),
        COSINE(Metric.COSINE),
        IP(Metric.INNER_PRODUCT);

        private final Metric metric;

        MetricName(final Metric metric) {
            this.metric = metric;
        }

        Metric metric() {
            return metric;
        }
    }

    /// What is built.
    enum IndexName {
        FLAT,
        PQ
    }

    /// What the vectors are stored as, for exact distances.
    enum RowName {
        FLOAT32,
        INT8
    }

    @Option(
            names = "--base",
            required = true,
            paramLabel = "FILE",
            description =
                    "Vectors to search: fvecs, bvecs, ivecs, fbin, u8bin, i8bin, ibin, npy or IDX,"
                            + " .gz allowed.")
    private Path base;

    @Option(
            names = "--query",
            required = true,
            paramLabel = "FILE",
            description = "Queries, in any of these formats.")
    private Path query;

    @Option(
            names = "--truth",
            paramLabel = "FILE",
            description =
                    "True neighbours of each query, rows of the base, nearest first: ivecs, ibin or"
                            + " npy. Without it, and with --limit, they are computed.")
    private Path truth;

    @Option(
            names = "--train",
            paramLabel = "FILE",
            description = "Vectors to train on (default: the base).")
    private Path train;

    @Option(
            names = "--metric",
            paramLabel = "l2|cosine|ip",
            defaultValue = "l2",
            converter = LowerCase.OfMetric.class,
            description = "The metric (default: l2).")
    private MetricName metric;

    @Option(
            names = "--index",
            paramLabel = "flat|pq",
            defaultValue = "flat",
            converter = LowerCase.OfIndex.class,
            description = "What is built (default: flat).")
    private IndexName index;

    @Option(
            names = "--m",
            paramLabel = "N",
            description = "pq: subspaces, a divisor of the dimensions (default: 16).")
    private Integer m;

    @Option(
            names = "--bits",
            paramLabel = "4|6|8",
            description = "pq: bits for each subspace (default: 8).")
    private Integer bits;

    @Option(
            names = "--rerank",
            paramLabel = "R",
            description =
                    "pq: compute R*k candidates again on the stored rows; 0 keeps no rows (default:"
                            + " 0).")
    private Integer rerank;

    @Option(
            names = "--rows",
            paramLabel = "float32|int8",
            converter = LowerCase.OfRows.class,
            description = "What stored rows are: flat, and pq with --rerank (default: float32).")
    private RowName rows;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "pq: k-means iterations at most (default: the engine's).")
    private Integer iterations;

    @Option(
            names = "--k",
            paramLabel = "N",
            defaultValue = "10",
            description = "Neighbours per query, 1 to 10000 (default: 10).")
    private int k;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that train, encode and search, 1 to 256 (default: 1).")
    private int threads;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "1",
            description = "Queries handed over at a time (default: 1, one by one).")
    private int batch;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Base rows to use at most, from the first on (default: all).")
    private Integer limit;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "3",
            description = "How long to measure at least (default: 3).")
    private double seconds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of the training (default: 42).")
    private long seed;

    /// Made by picocli, which fills the fields.
    public EvalOptions() {}

    /// Checks every value and the combinations, before any file is read.
    ///
    /// @throws UsageException with the option, its value and what is allowed, on one line
    public void validate() {
        Ranges.check("--k", k, 1, MAX_K);
        Ranges.check("--threads", threads, 1, MAX_THREADS);
        Ranges.check("--batch", batch, 1, MAX_BATCH);
        if (limit != null) {
            Ranges.check("--limit", limit, 1, Integer.MAX_VALUE);
        }
        if (!(seconds >= 0 && seconds <= MAX_SECONDS)) {
            throw new UsageException("--seconds %s is not in 0..3600".formatted(seconds));
        }
        if (index == IndexName.PQ) {
            validatePq();
        } else {
            onlyForPq("--m", m);
            onlyForPq("--bits", bits);
            onlyForPq("--rerank", rerank);
            onlyForPq("--iterations", iterations);
            onlyForPq("--train", train);
        }
    }

    private void validatePq() {
        if (m != null) {
            Ranges.check("--m", m, 1, Integer.MAX_VALUE);
        }
        if (bits() != 4 && bits() != 6 && bits() != 8) {
            throw new UsageException("--bits %d is none of 4, 6, 8".formatted(bits));
        }
        if (rerank != null) {
            Ranges.check("--rerank", rerank, 0, MAX_RERANK);
        }
        if (iterations != null) {
            Ranges.check("--iterations", iterations, 0, MAX_ITERATIONS);
        }
        if (rows != null && rerank() == 0) {
            throw new UsageException(
                    "--rows %s needs --rerank: without it pq keeps no rows"
                            .formatted(LowerCase.name(rows)));
        }
    }

    private static void onlyForPq(final String option, final Object value) {
        if (value != null) {
            throw new UsageException("%s %s is for --index pq only".formatted(option, value));
        }
    }

    /// Checks what depends on the data.
    ///
    /// @param baseRows vectors to search
    /// @param dimensions of base and queries
    /// @param queries number of queries
    /// @throws UsageException with the option, its value and what is allowed, on one line
    public void validateFor(final int baseRows, final int dimensions, final int queries) {
        if (index == IndexName.PQ && (m() > dimensions || dimensions % m() != 0)) {
            throw new UsageException(
                    "--m %d does not divide the %d dimensions".formatted(m(), dimensions));
        }
        if (k > baseRows) {
            throw new UsageException(
                    "--k %d, but there are only %d vectors".formatted(k, baseRows));
        }
        if (batch > queries) {
            throw new UsageException(
                    "--batch %d, but there are only %d queries".formatted(batch, queries));
        }
        if (batch == 1 && threads > queries) {
            throw new UsageException(
                    "--threads %d, but there are only %d queries".formatted(threads, queries));
        }
    }

    Path base() {
        return base;
    }

    Path query() {
        return query;
    }

    Path truth() {
        return truth;
    }

    Path train() {
        return train;
    }

    MetricName metricName() {
        return metric;
    }

    Metric metric() {
        return metric.metric;
    }

    IndexName index() {
        return index;
    }

    boolean isPq() {
        return index == IndexName.PQ;
    }

    int m() {
        return m == null ? DEFAULT_M : m;
    }

    int bits() {
        return bits == null ? DEFAULT_BITS : bits;
    }

    int rerank() {
        return rerank == null ? 0 : rerank;
    }

    RowName rows() {
        return rows == null ? RowName.FLOAT32 : rows;
    }

    /// Null where the engine decides.
    Integer iterations() {
        return iterations;
    }

    int k() {
        return k;
    }

    int threads() {
        return threads;
    }

    int batch() {
        return batch;
    }

    int limit() {
        return limit == null ? Integer.MAX_VALUE : limit;
    }

    double seconds() {
        return seconds;
    }

    long seed() {
        return seed;
    }
}
