package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.Partition;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.sim.CodebookScenario;
import ai.bytesandbrains.engine.sim.Faults;
import ai.bytesandbrains.engine.space.Metric;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/// The options of `bb gossip-pq`, as a mixin.
final class GossipPqOptions {
    private static final int QUOTAS = 8;
    private static final int MAX_SAMPLE = 1 << 16;

    @Option(
            names = "--base",
            required = true,
            paramLabel = "FILE",
            description = "The vectors that are spread over the nodes.")
    private Path base;

    @Option(
            names = "--query",
            required = true,
            paramLabel = "FILE",
            description = "Vectors that nobody learns from: errors and recall are theirs.")
    private Path query;

    @Option(
            names = "--truth",
            paramLabel = "FILE",
            description = "True neighbours of the queries (default: computed).")
    private Path truth;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "A byte for each base vector: its topic, for bytopic and dirichlet.")
    private Path labels;

    @Option(
            names = "--metric",
            paramLabel = "l2|cosine|ip",
            defaultValue = "l2",
            converter = LowerCase.OfMetric.class,
            description = "The metric (default: l2).")
    private EvalOptions.MetricName metric;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "64",
            description = "Number of nodes (default: 64).")
    private int nodes;

    @Option(
            names = "--partition",
            paramLabel = "NAME",
            defaultValue = "iid",
            converter = LowerCase.OfPartition.class,
            description = "iid, bytopic, dirichlet, powerlaw or niche (default: iid).")
    private Partition partition;

    @Option(
            names = "--m",
            paramLabel = "M",
            defaultValue = "8",
            description = "Subspaces (default: 8).")
    private int subspaces;

    @Option(
            names = "--bits",
            paramLabel = "4|6|8",
            defaultValue = "8",
            description = "Bits of a subspace (default: 8).")
    private int bits;

    @Option(
            names = "--sample",
            paramLabel = "B",
            defaultValue = "8192",
            description = "Items in the sample of a subspace (default: 8192).")
    private int sample;

    @Option(
            names = "--quota",
            paramLabel = "Q",
            description = "Items of one node in it (default: B/8, and what makes B of all nodes).")
    private Integer quota;

    @Option(
            names = "--fanout",
            paramLabel = "F",
            description = "Exchanges that a node begins in a round (default: half of M).")
    private Integer fanout;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "200",
            description = "Rounds at the most (default: 200).")
    private int rounds;

    @Option(
            names = "--loss",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of messages that get lost (default: 0).")
    private double loss;

    @Option(
            names = "--silent",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of the nodes that is silent, others each round (default: 0).")
    private double silent;

    @Option(
            names = "--churn",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of the nodes replaced in a round (default: 0).")
    private double churn;

    @Option(
            names = "--restart",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of the nodes that starts empty again in a round (default: 0).")
    private double restart;

    @Option(
            names = "--split",
            paramLabel = "ROUNDS",
            defaultValue = "0",
            description = "Rounds in two halves at the start (default: 0).")
    private int split;

    @Option(
            names = "--poison",
            paramLabel = "N",
            defaultValue = "0",
            description = "Nodes that contribute noise in place of their vectors (default: 0).")
    private int poison;

    @Option(
            names = "--poison-norm",
            paramLabel = "X",
            defaultValue = "10",
            description = "Length of the noise in mean lengths of a vector (default: 10).")
    private double poisonNorm;

    @Option(
            names = "--centroids",
            paramLabel = "K",
            defaultValue = "0",
            description = "Contribute K local centroids for a subspace, not vectors (default: 0).")
    private int centroids;

    @Option(
            names = "--late",
            paramLabel = "N",
            defaultValue = "0",
            description = "Nodes that come when the codebook is final (default: 0).")
    private int late;

    @Option(
            names = "--push-sum",
            paramLabel = "I,R",
            split = ",",
            description =
                    "In place of the protocol: k-means of I iterations whose means are averaged by"
                            + " push-sum, R rounds each.")
    private int[] pushSum;

    @Option(
            names = "--untrained",
            description =
                    "Train and compare nothing: rounds and bytes alone, which do not depend on it.")
    private boolean untrained;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Decides everything left to chance (default: 42).")
    private long seed;

    /// Made by picocli, which fills the fields.
    GossipPqOptions() {}

    Path base() {
        return base;
    }

    Path query() {
        return query;
    }

    Path truth() {
        return truth;
    }

    Path labels() {
        return labels;
    }

    Metric metric() {
        return metric.metric();
    }

    int nodes() {
        return nodes;
    }

    Partition partition() {
        return partition;
    }

    int rounds() {
        return rounds;
    }

    int poison() {
        return poison;
    }

    double poisonNorm() {
        return poisonNorm;
    }

    int centroids() {
        return centroids;
    }

    int late() {
        return late;
    }

    boolean untrained() {
        return untrained;
    }

    long seed() {
        return seed;
    }

    /// Iterations, and rounds of each; null for the protocol.
    int[] pushSum() {
        return pushSum;
    }

    double loss() {
        return loss;
    }

    double silent() {
        return silent;
    }

    /// Checks what can be checked before a file is read.
    void check() {
        Ranges.check("--rounds", rounds, 1, 100_000);
        Ranges.check("--sample", sample, 1 << Math.clamp(bits, 1, 8), MAX_SAMPLE);
        Ranges.check("--poison", poison, 0, nodes);
        if (pushSum != null) {
            if (pushSum.length != 2 || centroids > 0 || late > 0 || split > 0 || untrained) {
                throw new UsageException(
                        "--push-sum takes I,R, and no --centroids, --late, --split, --untrained");
            }
            Ranges.check("--push-sum", pushSum[0], 1, 1000);
            Ranges.check("--push-sum", pushSum[1], 1, 1000);
        }
        if (!(poisonNorm > 0 && poisonNorm < 1e6)) {
            throw new UsageException("--poison-norm " + poisonNorm + " is not in 0..1000000");
        }
        final boolean byLabel = partition == Partition.BYTOPIC || partition == Partition.DIRICHLET;
        if (byLabel && labels == null) {
            throw new UsageException(
                    "--partition " + LowerCase.name(partition) + " needs --labels");
        }
    }

    /// The experiment.
    ///
    /// @throws UsageException if the options and the data do not go together
    CodebookScenario scenario(final int dimensions) {
        try {
            final int enough = (sample + nodes - 1) / nodes;
            final int most = quota != null ? quota : Math.clamp(sample / QUOTAS, enough, sample);
            final GossipPqConfig defaults =
                    GossipPqConfig.of(metric(), dimensions, subspaces, bits);
            final GossipPqConfig config =
                    defaults.withSample(sample, most)
                            .withRate(
                                    fanout == null ? defaults.fanout() : fanout,
                                    defaults.periodNs(),
                                    defaults.timeoutNs())
                            // In virtual time work takes none.
                            .withBudgets(Long.MAX_VALUE / 2, 1 << 20)
                            .withLocalCentroids(centroids);
            return new CodebookScenario(
                    config,
                    nodes,
                    late,
                    Faults.NONE.withMessages(loss, 0, 0, 0),
                    silent,
                    churn,
                    restart,
                    split,
                    seed);
        } catch (final IllegalArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
    }
}
