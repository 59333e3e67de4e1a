package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.Vectors;
import ai.bytesandbrains.bench.demo.DemoNetwork;
import ai.bytesandbrains.bench.demo.QueryRun;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchParameters;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// How long a search over shared memory takes, beside the longest of the peers' own searches for
/// the same query: what it would take if asking and merging cost nothing and every peer had a
/// processor.
final class FederatedTimes {
    private static final int K = 10;
    private static final int WARM_UP_QUERIES = 1_500;
    private static final int QUERIES = 2_000;
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(2);

    /// In these exchanges everybody hears of everybody's profiles.
    private static final int PERIODS = 30;

    private final FederatedOptions options;
    private final FederatedData data;
    private final Output output;

    FederatedTimes(final FederatedOptions options, final FederatedData data, final Output output) {
        this.options = options;
        this.data = data;
        this.output = output;
    }

    /// Starts the peers, warms them up and asks.
    Figures run() {
        final int peers = data.nodes();
        final Vectors rows = vectors();
        final Vectors queries = queries();
        final List<Asked> asked = new ArrayList<>();
        try (DemoNetwork network =
                DemoNetwork.start(false, rows, data.nodeOf(), peers, options.seed())) {
            discover(network);
            for (final String ask : options.ask()) {
                final SearchParameters parameters =
                        new SearchParameters(K, wanted(ask), DEADLINE_NS, QueryEncoding.INT8);
                try (QueryRun run = new QueryRun(queries, data.truth(), K, parameters)) {
                    ask(network, run, "warm-up, " + ask, WARM_UP_QUERIES);
                    run.reset();
                    ask(network, run, "asking " + ask, QUERIES);
                    asked.add(Asked.of(ask, run));
                }
                network.requireHealthy();
            }
        }
        return new Figures(peers, rows.rows(), rows.dimensions(), QUERIES, asked, options.seed());
    }

    private void discover(final DemoNetwork network) {
        DiscoveryRun.discover(network, output);
        LockSupport.parkNanos(PERIODS * DemoNetwork.PERIOD_NS);
    }

    private void ask(
            final DemoNetwork network, final QueryRun run, final String title, final int count) {
        try (Progress progress = output.progress(title, count)) {
            network.takeSlowestSearchNs();
            for (int i = 0; i < count; i++) {
                run.ask(network.node(i % network.size()), i % data.queries().length);
                run.noteSlowest(network.takeSlowestSearchNs());
                progress.step();
            }
        }
    }

    private static int wanted(final String ask) {
        if (FederatedOptions.isAll(ask)) {
            return SearchParameters.ALL;
        }
        return FederatedOptions.isFew(ask) ? SearchParameters.FEW : FederatedOptions.number(ask);
    }

    private Vectors vectors() {
        final float[] values = data.rows().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        return new Vectors(values.length / data.dimensions(), data.dimensions(), values);
    }

    private Vectors queries() {
        final int dimensions = data.dimensions();
        final float[] values = new float[data.queries().length * dimensions];
        for (int i = 0; i < data.queries().length; i++) {
            System.arraycopy(data.queries()[i], 0, values, i * dimensions, dimensions);
        }
        return new Vectors(data.queries().length, dimensions, values);
    }

    /// What asking so many peers took, in microseconds.
    ///
    /// @param ask what was asked for
    /// @param recallAt10 share of the true ten nearest that were found
    /// @param peersAskedMean other peers asked
    /// @param partial queries with an answer missing
    /// @param p50Us median of a search
    /// @param p99Us 99th percentile of a search
    /// @param slowestSearchP50Us median of the slowest peer's own search
    /// @param slowestSearchP99Us 99th percentile of the slowest peer's own search
    /// @param p99Ratio the one 99th percentile by the other
    record Asked(
            String ask,
            double recallAt10,
            double peersAskedMean,
            long partial,
            double p50Us,
            double p99Us,
            double slowestSearchP50Us,
            double slowestSearchP99Us,
            double p99Ratio) {
        static Asked of(final String ask, final QueryRun run) {
            return new Asked(
                    ask,
                    run.recall(),
                    run.peersAskedMean(),
                    run.partial(),
                    run.percentileUs(50),
                    run.percentileUs(99),
                    run.slowestUs(50),
                    run.slowestUs(99),
                    run.percentileUs(99) / run.slowestUs(99));
        }
    }

    /// All figures.
    ///
    /// @param peers number of peers, each asking in turn
    /// @param vectors number of rows
    /// @param dimensions of a row
    /// @param queries asked of each kind
    /// @param asked a line for each number of peers
    /// @param seed of the run
    record Figures(
            int peers, int vectors, int dimensions, int queries, List<Asked> asked, long seed)
            implements Report {
        @Override
        public String table() {
            final TextTable table =
                    new TextTable()
                            .heading("searches over shared memory")
                            .row("peers", peers)
                            .row("vectors", vectors)
                            .row("queries of each kind", queries)
                            .heading("p50 / p99 of a search, of the slowest peer's own");
            for (final Asked line : asked) {
                table.row(
                        "ask " + line.ask(),
                        "%.0f / %.0f us   own %.0f / %.0f us   p99 %.2f x   asked %.1f   partial %d"
                                .formatted(
                                        line.p50Us(),
                                        line.p99Us(),
                                        line.slowestSearchP50Us(),
                                        line.slowestSearchP99Us(),
                                        line.p99Ratio(),
                                        line.peersAskedMean(),
                                        line.partial()));
            }
            return table.heading("run").row("seed", seed).toString();
        }
    }
}
