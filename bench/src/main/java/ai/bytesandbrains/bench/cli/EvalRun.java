package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.MalformedFileException;
import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.VectorFiles;
import ai.bytesandbrains.bench.eval.IndexBuild;
import ai.bytesandbrains.bench.eval.QueryLoop;
import ai.bytesandbrains.bench.eval.Truth;
import ai.bytesandbrains.bench.measure.Roofline;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.SearchOptions;
import ai.bytesandbrains.engine.space.Simd;

import java.io.IOException;
import java.nio.file.Path;

/// The phases of `bb eval`: read, measure the machine, train, encode, fill, find the truth, warm
/// up, search.
final class EvalRun {
    /// Warming up takes as long as measuring, but not longer than this.
    private static final double MAX_WARM_UP_SECONDS = 5;

    private final Output output;
    private final EvalOptions options;
    private final long start = System.nanoTime();

    EvalRun(final Output output, final EvalOptions options) {
        this.output = output;
        this.options = options;
    }

    EvalReport run() throws IOException {
        try (NativeVectors base = read("--base", options.base(), options.limit());
                NativeVectors queries = read("--query", options.query(), Integer.MAX_VALUE)) {
            if (queries.dimensions() != base.dimensions()) {
                throw new UsageException(
                        "--query has %d dimensions, --base has %d"
                                .formatted(queries.dimensions(), base.dimensions()));
            }
            options.validateFor(base.rows(), base.dimensions(), queries.rows());
            final Truth given = givenTruth(base, queries);
            output.note("kernels: " + (Simd.warmUp() ? Simd.species() : Simd.reason()));
            final double bandwidth =
                    Roofline.readBandwidthGBs(options.threads(), Roofline.DEFAULT_BYTES);
            final double peak = Roofline.fmaPeakGflops(options.threads());
            try (IndexBuild build = build(base)) {
                return search(base, queries, given, build, bandwidth, peak);
            }
        }
    }

    private NativeVectors read(final String option, final Path file, final int limit)
            throws IOException {
        final NativeVectors vectors = VectorFiles.vectors(file, limit);
        output.note(
                "%s: %d vectors of %d dimensions"
                        .formatted(option, vectors.rows(), vectors.dimensions()));
        return vectors;
    }

    /// The truth of the file, or null where there is none that fits the vectors in use.
    private Truth givenTruth(final NativeVectors base, final NativeVectors queries)
            throws IOException {
        if (options.truth() == null) {
            return null;
        }
        if (base.rows() == options.limit()) {
            output.note("--truth is not used: with --limit the true neighbours are others");
            return null;
        }
        final Truth truth = new Truth(VectorFiles.idLists(options.truth(), base.rows()));
        if (truth.queries() != queries.rows() || truth.columns() < options.k()) {
            throw new MalformedFileException(
                    options.truth().toString(),
                    "%d lists of %d neighbours, needed are %d lists of --k %d at least"
                            .formatted(
                                    truth.queries(), truth.columns(), queries.rows(), options.k()));
        }
        return truth;
    }

    private IndexBuild build(final NativeVectors base) throws IOException {
        final IndexBuild.Shape shape =
                new IndexBuild.Shape(
                        options.metric(),
                        options.isPq() ? options.m() : 0,
                        options.bits(),
                        options.iterations(),
                        options.rerank() > 0,
                        options.rows() == EvalOptions.RowName.INT8,
                        options.threads(),
                        options.seed());
        final IndexBuild build;
        try {
            build = new IndexBuild(shape, base.dimensions(), base.rows());
        } catch (final IllegalArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
        try {
            if (options.isPq()) {
                output.note("training");
                trainAndEncode(build, base);
            }
            fill(build, base);
            return build;
        } catch (final IOException | RuntimeException e) {
            build.close();
            throw e;
        }
    }

    private void trainAndEncode(final IndexBuild build, final NativeVectors base)
            throws IOException {
        try {
            if (options.train() == null) {
                build.train(base);
            } else {
                try (NativeVectors samples = read("--train", options.train(), Integer.MAX_VALUE)) {
                    if (samples.dimensions() != base.dimensions()) {
                        throw new UsageException(
                                "--train has %d dimensions, --base has %d"
                                        .formatted(samples.dimensions(), base.dimensions()));
                    }
                    build.train(samples);
                }
            }
            build.encode(base);
        } catch (final IllegalArgumentException e) {
            // The engine names the vector, the metric and the numbers.
            throw new UsageException("training: " + e.getMessage(), e);
        }
    }

    private void fill(final IndexBuild build, final NativeVectors base) {
        try (Progress progress = output.progress("adding", base.rows())) {
            build.fill(base, progress::stepTo);
        } catch (final IllegalArgumentException e) {
            throw new UsageException("--base: " + e.getMessage(), e);
        }
    }

    private EvalReport search(
            final NativeVectors base,
            final NativeVectors queries,
            final Truth given,
            final IndexBuild build,
            final double bandwidth,
            final double peak) {
        final Truth truth = given == null ? computeTruth(base, queries) : given;
        final SearchOptions searchOptions =
                SearchOptions.of(options.k()).withRerank(options.rerank());
        final Index index = build.index();
        try (QueryLoop loop =
                new QueryLoop(index, queries, searchOptions, options.batch(), options.threads())) {
            output.note("warm-up");
            loop.warmUp(Math.min(options.seconds(), MAX_WARM_UP_SECONDS));
            output.note("searching");
            final QueryLoop.Result result = loop.measure(options.seconds());
            final double recall = loop.recall(truth);
            return report(base, queries, given != null, build, result, recall, bandwidth, peak);
        } catch (final IllegalArgumentException e) {
            throw new UsageException("--query: " + e.getMessage(), e);
        }
    }

    private Truth computeTruth(final NativeVectors base, final NativeVectors queries) {
        try (Progress progress = output.progress("true neighbours", queries.rows())) {
            return Truth.compute(options.metric(), base, queries, options.k(), progress::stepTo);
        } catch (final IllegalArgumentException e) {
            throw new UsageException("--base, --query: " + e.getMessage(), e);
        }
    }

    private EvalReport report(
            final NativeVectors base,
            final NativeVectors queries,
            final boolean truthGiven,
            final IndexBuild build,
            final QueryLoop.Result result,
            final double recall,
            final double bandwidth,
            final double peak) {
        final boolean isPq = options.isPq();
        final boolean keepsRows = !isPq || options.rerank() > 0;
        final boolean isExactFloat = !isPq && options.rows() == EvalOptions.RowName.FLOAT32;
        return new EvalReport(
                new EvalReport.Setup(
                        LowerCase.name(options.index()),
                        LowerCase.name(options.metricName()),
                        base.rows(),
                        base.dimensions(),
                        queries.rows(),
                        options.k(),
                        isPq ? options.m() : null,
                        isPq ? options.bits() : null,
                        isPq ? options.rerank() : null,
                        keepsRows ? LowerCase.name(options.rows()) : null,
                        options.threads(),
                        options.batch(),
                        truthGiven ? "file" : "computed",
                        options.seed()),
                new EvalReport.Answers(
                        recall,
                        result.perSecond(),
                        result.percentileUs(50),
                        result.percentileUs(99),
                        result.percentileUs(99.9),
                        result.queries(),
                        result.allocatedBytesPerQuery()),
                build.figures(),
                new EvalReport.Limits(
                        Simd.species(),
                        Simd.reason(),
                        bandwidth,
                        peak,
                        result.perSecond() * build.scannedBytesPerQuery() / 1e9,
                        isExactFloat
                                ? result.perSecond() * 2e-9 * base.rows() * base.dimensions()
                                : null),
                (System.nanoTime() - start) / 1e9);
    }
}
