package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.VectorFiles;
import ai.bytesandbrains.bench.node.LearningCycles;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.space.Simd;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// `bb learn`: what learning a codebook costs a real node in each duty cycle.
@Command(
        name = "learn",
        description =
                "Real nodes on one thread learn a codebook, twice: how long their duty cycles take,"
                        + " in a process that has just begun and in one that has done it before.",
        mixinStandardHelpOptions = true)
final class LearnCommand implements Callable<Integer> {
    private static final long TIMEOUT_NS = TimeUnit.MINUTES.toNanos(4);
    private static final long AFTER_NS = TimeUnit.SECONDS.toNanos(3);
    private static final int MAX_NODES = 16;
    private static final int MAX_PERIOD_MS = 10_000;

    @Mixin private Output output;

    @Option(
            names = "--base",
            required = true,
            paramLabel = "FILE",
            description = "The vectors that are spread over the nodes.")
    private Path base;

    @Option(
            names = "--metric",
            paramLabel = "l2|cosine|ip",
            defaultValue = "l2",
            converter = LowerCase.OfMetric.class,
            description = "The metric (default: l2).")
    private EvalOptions.MetricName metric;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Vectors at the most (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "4",
            description = "Number of nodes, 2 to 16 (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--m",
            paramLabel = "M",
            defaultValue = "8",
            description = "Subspaces (default: ${DEFAULT-VALUE}).")
    private int subspaces;

    @Option(
            names = "--bits",
            paramLabel = "4|6|8",
            defaultValue = "8",
            description = "Bits of a subspace (default: ${DEFAULT-VALUE}).")
    private int bits;

    @Option(
            names = "--sample",
            paramLabel = "B",
            defaultValue = "8192",
            description = "Items in the sample of a subspace (default: ${DEFAULT-VALUE}).")
    private int sample;

    @Option(
            names = "--period-ms",
            paramLabel = "MS",
            defaultValue = "200",
            description = "From one round of learning to the next (default: ${DEFAULT-VALUE}).")
    private int periodMs;

    /// Made by picocli, which fills the fields.
    LearnCommand() {}

    @Override
    public Integer call() throws IOException {
        Ranges.check("--nodes", nodes, 2, MAX_NODES);
        Ranges.check("--limit", limit, 2 * nodes, Integer.MAX_VALUE);
        Ranges.check("--period-ms", periodMs, 1, MAX_PERIOD_MS);
        Simd.warmUp();
        try (NativeVectors vectors = VectorFiles.vectors(base, limit)) {
            final GossipPqConfig config = config(vectors.dimensions());
            final LearnReport.Run first = run(config, vectors, "first");
            final LearnReport.Run second = run(config, vectors, "second");
            output.print(
                    new LearnReport(
                            nodes,
                            vectors.rows(),
                            vectors.dimensions(),
                            subspaces,
                            bits,
                            sample,
                            periodMs,
                            first,
                            second));
        }
        return 0;
    }

    private GossipPqConfig config(final int dimensions) {
        final long periodNs = TimeUnit.MILLISECONDS.toNanos(periodMs);
        try {
            final GossipPqConfig defaults =
                    GossipPqConfig.of(metric.metric(), dimensions, subspaces, bits);
            return defaults.withSample(sample, Math.min(sample, 2 * sample / nodes))
                    .withRate(defaults.fanout(), periodNs, 2 * periodNs)
                    .withRounds(20, 15);
        } catch (final IllegalArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    private LearnReport.Run run(
            final GossipPqConfig config, final NativeVectors vectors, final String name)
            throws IOException {
        output.note(name + " run");
        try (LearningCycles cycles = new LearningCycles(config, vectors, nodes)) {
            cycles.run(TIMEOUT_NS, AFTER_NS);
            return LearnReport.Run.of(cycles);
        }
    }
}
