package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.VectorFiles;
import ai.bytesandbrains.bench.data.Vectors;
import ai.bytesandbrains.bench.data.WordNetMini;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.semantic.FindParameters;
import ai.bytesandbrains.engine.semantic.SemanticConfig;
import ai.bytesandbrains.engine.sim.Faults;
import ai.bytesandbrains.engine.sim.FindFigures;
import ai.bytesandbrains.engine.sim.SemanticSimulation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One run of the overlay and what is noted on the way.
final class OverlayRun implements AutoCloseable {
    /// Peers that count as found.
    static final int K = 10;

    private static final int SAMPLES = 300;
    private static final int NOTED_CYCLES = 5;
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(5);

    private final OverlayOptions options;
    private final SemanticSimulation simulation;
    private final float[][] queries;
    private final List<OverlayReport.Moment> course = new ArrayList<>();
    private final long startNs = System.nanoTime();
    private int cycle;

    private OverlayRun(
            final OverlayOptions options, final float[][] profiles, final float[][] queries) {
        this.options = options;
        this.queries = queries;
        final Faults faults = Faults.NONE.withMessages(options.loss(), 0, 0, 0);
        simulation =
                new SemanticSimulation(
                        SemanticConfig.of(options.metric(), profiles[0].length),
                        GossipConfig.defaults(),
                        profiles,
                        faults,
                        options.churn(),
                        options.cycles(),
                        queries.length,
                        options.seed());
    }

    /// Reads the vectors and brings the nodes into being.
    ///
    /// @throws IOException if a file cannot be read
    /// @throws UsageException if there are too few vectors
    static OverlayRun prepare(final OverlayOptions options) throws IOException {
        if (options.base() == null) {
            final WordNetMini data = WordNetMini.load();
            return new OverlayRun(
                    options,
                    rows("bundled vectors", data.base(), options.nodes(), options.nodes()),
                    rows("bundled queries", data.queries(), 1, options.finds()));
        }
        try (NativeVectors base = VectorFiles.vectors(options.base(), options.nodes());
                NativeVectors query = VectorFiles.vectors(options.query(), options.finds())) {
            if (base.dimensions() != query.dimensions()) {
                throw new UsageException(
                        "%s has %d dimensions, %s has %d"
                                .formatted(
                                        options.base(),
                                        base.dimensions(),
                                        options.query(),
                                        query.dimensions()));
            }
            requireRows(options.base().toString(), base.rows(), options.nodes());
            return new OverlayRun(options, rows(base), rows(query));
        }
    }

    /// Lets one period pass.
    void cycle() {
        simulation.runCycle();
        cycle++;
        if (cycle % NOTED_CYCLES == 0 || cycle == options.cycles()) {
            final double nodeCycles = (double) cycle * options.nodes();
            course.add(
                    new OverlayReport.Moment(
                            cycle,
                            simulation.nearViewRecall(Math.min(SAMPLES, options.nodes()), K),
                            simulation.channel().bytes() / nodeCycles));
        }
    }

    /// Finds peers for all queries and gives all figures.
    OverlayReport report() {
        final FindParameters parameters =
                new FindParameters(K, options.beam(), options.isFarthest(), DEADLINE_NS);
        final FindFigures found = simulation.find(queries, parameters, 2 * DEADLINE_NS);
        return new OverlayReport(
                options.nodes(),
                options.cycles(),
                queries[0].length,
                course.getLast().nearRecallAt10(),
                options.beam(),
                queries.length,
                found.recall(),
                found.asked(),
                found.answered(),
                found.hops(),
                found.elapsedNs() / TimeUnit.MILLISECONDS.toNanos(1),
                course.getLast().bytesPerNodeCycle(),
                List.copyOf(course),
                (System.nanoTime() - startNs) / (double) TimeUnit.SECONDS.toNanos(1),
                options.seed(),
                "%016x".formatted(simulation.simulation().digest()));
    }

    @Override
    public void close() {
        simulation.close();
    }

    private static float[][] rows(
            final String name, final Vectors vectors, final int least, final int most) {
        requireRows(name, vectors.rows(), least);
        final float[][] rows = new float[Math.min(most, vectors.rows())][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = vectors.row(row);
        }
        return rows;
    }

    private static float[][] rows(final NativeVectors vectors) {
        final float[][] rows = new float[vectors.rows()][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = vectors.row(row);
        }
        return rows;
    }

    private static void requireRows(final String name, final int rows, final int least) {
        if (rows < least) {
            throw new UsageException(
                    "--nodes %d: %s has %d rows only".formatted(least, name, rows));
        }
    }
}
