package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.MalformedFileException;
import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.Partition;
import ai.bytesandbrains.bench.data.Partitions;
import ai.bytesandbrains.bench.data.VectorFiles;
import ai.bytesandbrains.bench.eval.Truth;
import ai.bytesandbrains.bench.gossippq.CodebookQuality;
import ai.bytesandbrains.bench.gossippq.Niches;
import ai.bytesandbrains.bench.gossippq.Poison;
import ai.bytesandbrains.bench.gossippq.PushSum;
import ai.bytesandbrains.bench.gossippq.Rows;
import ai.bytesandbrains.bench.gossippq.Untrained;
import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.VectorSource;
import ai.bytesandbrains.engine.sim.CodebookScenario;
import ai.bytesandbrains.engine.sim.CodebookSimulation;
import ai.bytesandbrains.engine.space.Metric;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;

/// One run of `bb gossip-pq`: read and spread the data, simulate, train centrally, compare.
final class GossipPqRun implements AutoCloseable {
    private static final int CENTRAL_ITERATIONS = 25;
    private static final int TRUTH = 10;

    private final GossipPqOptions options;
    private final NativeVectors base;
    private final NativeVectors queries;
    private final CodebookScenario scenario;
    private final CodebookSimulation simulation;

    /// In place of the protocol; null unless asked for.
    private final PushSum pushSum;

    private Integer rounds;
    private Integer frozenRounds;
    private Integer joinRounds;
    private double megabytes;
    private double messages;

    GossipPqRun(final GossipPqOptions options) throws IOException {
        this.options = options;
        base = VectorFiles.vectors(options.base(), Integer.MAX_VALUE);
        queries = VectorFiles.vectors(options.query(), Integer.MAX_VALUE);
        if (queries.dimensions() != base.dimensions()) {
            throw new UsageException(
                    "--query has %d dimensions, --base %d"
                            .formatted(queries.dimensions(), base.dimensions()));
        }
        if (options.metric() == Metric.COSINE) {
            normalise("--base", base);
            normalise("--query", queries);
        }
        scenario = options.scenario(base.dimensions());
        final VectorSource[] sources = sources();
        simulation =
                options.untrained()
                        ? new CodebookSimulation(scenario, sources, new Untrained(scenario.pq()))
                        : new CodebookSimulation(scenario, sources);
        pushSum = options.pushSum() == null ? null : pushSum(sources);
    }

    private PushSum pushSum(final VectorSource[] sources) {
        if (sources[0].rows() < scenario.pq().centroids()) {
            throw new UsageException(
                    "--push-sum starts with the %d vectors of one node, fewer than centroids"
                            .formatted(sources[0].rows()));
        }
        return new PushSum(
                scenario.pq(), sources, options.loss(), options.silent(), options.seed());
    }

    private void average(final Output output) {
        final int iterations = options.pushSum()[0];
        try (Progress progress = output.progress("iterations", iterations)) {
            for (int i = 0; i < iterations; i++) {
                pushSum.iterate(options.pushSum()[1]);
                progress.step();
            }
        }
        rounds = iterations * options.pushSum()[1];
        megabytes = pushSum.bytes() / 1e6 / scenario.nodes();
        messages = (double) pushSum.messages() / scenario.nodes();
    }

    private Codebook codebook(final int node) {
        return pushSum == null ? simulation.node(node).codebook() : pushSum.codebook(node);
    }

    /// Lets the nodes learn.
    void simulate(final Output output) {
        if (pushSum != null) {
            average(output);
            return;
        }
        final int nodes = scenario.nodes();
        final boolean wait = scenario.late() > 0 || scenario.splitRounds() > 0;
        try (Progress progress = output.progress("rounds", options.rounds())) {
            while (simulation.round() < options.rounds() && (rounds == null || wait)) {
                simulation.runRound();
                progress.step();
                if (rounds == null && simulation.isIdentical(0, nodes, false)) {
                    rounds = simulation.round();
                    noteTraffic();
                }
                if (wait && frozenRounds == null && simulation.isIdentical(0, nodes, true)) {
                    frozenRounds = simulation.round();
                    simulation.addLate();
                }
                if (frozenRounds != null && joined(nodes)) {
                    break;
                }
            }
        }
        if (rounds == null) {
            noteTraffic();
        }
    }

    private boolean joined(final int nodes) {
        if (scenario.late() > 0
                && simulation.isIdentical(0, nodes + scenario.late(), true)
                && simulation.round() > frozenRounds) {
            joinRounds = simulation.round() - frozenRounds;
        }
        return scenario.late() == 0 || joinRounds != null;
    }

    private void noteTraffic() {
        megabytes = simulation.channel().bytes() / 1e6 / scenario.nodes();
        messages = (double) simulation.channel().messages() / scenario.nodes();
    }

    GossipPqReport report(final Output output, final long startNs) throws IOException {
        final Codebook first = options.untrained() ? null : codebook(0);
        final GossipPqReport.Quality quality =
                first == null
                        ? new GossipPqReport.Quality(null, null, null, null)
                        : quality(output, first);
        return new GossipPqReport(
                setup(),
                course(),
                quality,
                first == null ? null : first.idHex(),
                (System.nanoTime() - startNs) / 1e9,
                options.seed());
    }

    @Override
    public void close() {
        simulation.close();
        base.close();
        queries.close();
    }

    private GossipPqReport.Setup setup() {
        final GossipPqConfig pq = scenario.pq();
        return new GossipPqReport.Setup(
                pushSum == null ? "sample" : "push-sum",
                scenario.nodes(),
                base.rows(),
                base.dimensions(),
                LowerCase.name(options.partition()),
                pq.subspaces(),
                pq.bits(),
                pq.sampleSize(),
                pq.originQuota(),
                pq.fanout(),
                pq.localCentroids(),
                options.poison());
    }

    private GossipPqReport.Course course() {
        long taken = 0;
        long useless = 0;
        for (int node = 0; node < scenario.nodes(); node++) {
            taken += simulation.node(node).counters().itemsTaken();
            useless += simulation.node(node).counters().itemsUseless();
        }
        final Map<String, Codebook> codebooks = new LinkedHashMap<>();
        final Map<String, Integer> counts = new LinkedHashMap<>();
        for (int node = 0; node < scenario.nodes(); node++) {
            final Codebook codebook = codebook(node);
            if (codebook != null) {
                codebooks.put(codebook.idHex(), codebook);
                counts.merge(codebook.idHex(), 1, Integer::sum);
            }
        }
        return new GossipPqReport.Course(
                rounds,
                frozenRounds,
                joinRounds,
                simulation.node(0).epoch(),
                counts.values().stream().anyMatch(count -> count == scenario.nodes()),
                codebooks.size(),
                agreement(codebooks, counts),
                megabytes,
                messages,
                simulation.node(0).sampleSize(0),
                taken + useless == 0 ? 0 : (double) useless / (taken + useless));
    }

    /// Over all pairs of nodes that have a codebook; null if there is no pair.
    private Double agreement(
            final Map<String, Codebook> codebooks, final Map<String, Integer> counts) {
        double sum = 0;
        long pairs = 0;
        for (final Codebook a : codebooks.values()) {
            for (final Codebook b : codebooks.values()) {
                final long ofA = counts.get(a.idHex());
                final long each = a.hasSameId(b) ? ofA * (ofA - 1) : ofA * counts.get(b.idHex());
                pairs += each;
                sum += each == 0 ? 0 : each * CodebookQuality.agreement(a, b, queries);
            }
        }
        return pairs == 0 ? null : (Double) (sum / pairs);
    }

    private GossipPqReport.Quality quality(final Output output, final Codebook learned)
            throws IOException {
        output.note("central training");
        final Codebook central = central();
        final double[] errors = CodebookQuality.errors(learned, queries);
        final double[] least = CodebookQuality.errors(central, queries);
        double mean = 0;
        double largest = 0;
        for (int m = 0; m < errors.length; m++) {
            final double ratio = errors[m] / least[m];
            mean += ratio / errors.length;
            largest = Math.max(largest, ratio);
        }
        output.note("recall");
        final Truth truth = truth();
        return new GossipPqReport.Quality(
                mean,
                largest,
                CodebookQuality.recallAt10(learned, base, queries, truth),
                CodebookQuality.recallAt10(central, base, queries, truth));
    }

    private Codebook central() {
        final GossipPqConfig pq = scenario.pq();
        final PqConfig config =
                PqConfig.of(pq.metric(), pq.dimensions(), pq.subspaces(), pq.bits(), options.seed())
                        .withIterations(CENTRAL_ITERATIONS)
                        .withMaxPointsPerCentroid(base.rows());
        final ProductQuantizer quantizer = new ProductQuantizer(config);
        quantizer.train(base.segment(), 0, base.strideBytes(), base.rows());
        return quantizer.codebook();
    }

    private Truth truth() throws IOException {
        return options.truth() == null
                ? Truth.compute(options.metric(), base, queries, TRUTH, _ -> {})
                : new Truth(VectorFiles.idLists(options.truth(), base.rows()));
    }

    private VectorSource[] sources() throws IOException {
        final int nodes = scenario.nodes();
        final int[][] rows = new int[nodes][];
        final int[] nodeOf;
        try {
            nodeOf =
                    options.partition() == Partition.NICHE
                            ? Niches.compute(base, nodes, options.seed())
                            : Partitions.compute(
                                    options.partition(), nodes, topics(), options.seed());
        } catch (final IllegalArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
        final int[] sizes = Partitions.sizes(nodeOf, nodes);
        for (int node = 0; node < nodes; node++) {
            rows[node] = new int[sizes[node]];
        }
        for (int row = nodeOf.length - 1; row >= 0; row--) {
            rows[nodeOf[row]][--sizes[nodeOf[row]]] = row;
        }
        final VectorSource[] sources = new VectorSource[nodes + scenario.late()];
        for (int node = 0; node < sources.length; node++) {
            final int[] own = rows[node % nodes];
            sources[node] =
                    node < options.poison()
                            ? new Poison(
                                    own.length,
                                    base,
                                    scenario.pq().subspaces(),
                                    options.poisonNorm(),
                                    options.seed() + 1_000_003L * node)
                            : new Rows(base, own);
        }
        return sources;
    }

    private int[] topics() throws IOException {
        final int[] topics = new int[base.rows()];
        if (options.labels() != null) {
            final byte[] labels = Files.readAllBytes(options.labels());
            if (labels.length != topics.length) {
                throw new MalformedFileException(
                        options.labels().toString(),
                        "%d labels for %d vectors".formatted(labels.length, topics.length));
            }
            for (int row = 0; row < topics.length; row++) {
                topics[row] = labels[row] & 0xff;
            }
        }
        return topics;
    }

    private static void normalise(final String option, final NativeVectors vectors) {
        for (int row = 0; row < vectors.rows(); row++) {
            double sum = 0;
            for (int d = 0; d < vectors.dimensions(); d++) {
                final double x = at(vectors, row, d);
                sum += x * x;
            }
            if (sum == 0) {
                throw new UsageException(
                        "%s row %d is zero: it has no direction".formatted(option, row));
            }
            final double factor = 1 / Math.sqrt(sum);
            for (int d = 0; d < vectors.dimensions(); d++) {
                final float x = (float) (at(vectors, row, d) * factor);
                vectors.segment().set(ValueLayout.JAVA_FLOAT, vectors.offset(row) + 4L * d, x);
            }
        }
    }

    private static float at(final NativeVectors vectors, final int row, final int d) {
        return vectors.segment().get(ValueLayout.JAVA_FLOAT, vectors.offset(row) + 4L * d);
    }
}
