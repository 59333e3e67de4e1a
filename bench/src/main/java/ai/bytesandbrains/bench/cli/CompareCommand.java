package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.compare.Comparison;
import ai.bytesandbrains.bench.compare.Task;
import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.Synthetic;
import ai.bytesandbrains.bench.data.VectorFiles;
import ai.bytesandbrains.bench.eval.Truth;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Simd;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// `bb compare`: the engine beside JVector on the same data in the same run.
@Command(
        name = "compare",
        description =
                "Measures the engine beside JVector, the limits of the machine, and itself without"
                        + " SIMD.",
        mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
    private final long start = System.nanoTime();

    @Mixin private Output output;
    @Mixin private CompareOptions options;

    @Override
    public Integer call() throws IOException {
        options.validate();
        try (NativeVectors base = base();
                NativeVectors queries = queries()) {
            if (queries.dimensions() != base.dimensions()) {
                throw new UsageException(
                        "--query has %d dimensions, --base has %d"
                                .formatted(queries.dimensions(), base.dimensions()));
            }
            options.validateFor(base.rows(), base.dimensions(), queries.rows());
            output.note("kernels: " + (Simd.warmUp() ? Simd.species() : Simd.reason()));
            output.print(compare(base, queries, truth(base, queries)));
        }
        return 0;
    }

    private NativeVectors base() throws IOException {
        if (options.base() != null) {
            return VectorFiles.vectors(options.base(), options.limit());
        }
        output.note("generating %d vectors".formatted(options.synthRows()));
        return synthetic().draw(options.synthRows(), Synthetic.BASE);
    }

    private NativeVectors queries() throws IOException {
        return options.base() == null
                ? synthetic().draw(options.queries(), Synthetic.QUERY)
                : VectorFiles.vectors(options.query(), options.queries());
    }

    private Synthetic synthetic() {
        return new Synthetic(options.synthDimensions(), options.seed());
    }

    private Truth truth(final NativeVectors base, final NativeVectors queries) {
        try (Progress progress = output.progress("true neighbours", queries.rows())) {
            return Truth.compute(Metric.L2, base, queries, options.k(), progress::stepTo);
        }
    }

    private CompareReport compare(
            final NativeVectors base, final NativeVectors queries, final Truth truth)
            throws IOException {
        try (Comparison comparison =
                new Comparison(
                        base,
                        queries,
                        truth,
                        options.m(),
                        options.k(),
                        options.seconds(),
                        options.withJVector(),
                        output::note)) {
            final List<Task> tasks = withScalar(comparison.run());
            return new CompareReport(
                    base.rows(),
                    base.dimensions(),
                    queries.rows(),
                    options.k(),
                    options.m(),
                    options.base() == null ? "synthetic" : options.base().toString(),
                    Simd.species(),
                    comparison.jVectorProvider(),
                    comparison.readBandwidthGBs(),
                    comparison.fmaPeakGflops(),
                    tasks,
                    comparison.answers(),
                    (System.nanoTime() - start) / 1e9);
        }
    }

    private List<Task> withScalar(final List<Task> tasks) throws IOException {
        if (!options.withScalar() || Simd.species().equals("scalar")) {
            return tasks;
        }
        output.note("the engine without SIMD, in a JVM of its own");
        final Map<String, Double> figures = new ScalarRun(options).figures();
        return tasks.stream().map(task -> task.withScalar(figures.get(task.task()))).toList();
    }
}
