package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.federated.FederatedNetwork;
import ai.bytesandbrains.bench.federated.RoutingStudy;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;
import ai.bytesandbrains.engine.space.Simd;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// `bb federated`: how much of what is near a search finds by asking so many peers.
@Command(
        name = "federated",
        description = "How much a search finds by asking so many peers, beside the best choice.",
        mixinStandardHelpOptions = true)
final class FederatedCommand implements Callable<Integer> {
    private static final int K = 10;
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(1);

    @Mixin private Output output;
    @Mixin private FederatedOptions options;

    @Override
    public Integer call() throws IOException {
        options.validate();
        final long start = System.nanoTime();
        final FederatedData data = FederatedData.load(options);
        Simd.warmUp();
        if (options.rules()) {
            output.print(rules(data));
            return 0;
        }
        if (options.ipc() != null) {
            output.print(new FederatedTimes(options, data, output).run());
            return 0;
        }
        try (FederatedNetwork network =
                new FederatedNetwork(
                        data.dimensions(),
                        data.rows(),
                        data.nodeOf(),
                        data.nodes(),
                        options.profiles(),
                        options.seed())) {
            long beforeLast = 0;
            try (Progress progress = output.progress("periods", options.periods())) {
                for (int i = 0; i < options.periods(); i++) {
                    beforeLast = network.bytesSent();
                    network.pass(1);
                    progress.step();
                }
            }
            final long sent = network.bytesSent();
            final double nodes = data.nodes() + 1;
            final List<Asked> asked = new ArrayList<>();
            for (final String ask : options.ask()) {
                asked.add(run(network, data, ask));
            }
            output.print(
                    new Figures(
                            options.partition(),
                            data.nodes(),
                            data.nodeOf().length,
                            data.queries().length,
                            options.profiles(),
                            options.periods(),
                            sent / nodes / options.periods(),
                            (sent - beforeLast) / nodes,
                            asked,
                            (System.nanoTime() - start) / 1e9,
                            options.seed()));
        }
        return 0;
    }

    private Rules rules(final FederatedData data) {
        final int[] asked = options.ask().stream().mapToInt(FederatedOptions::number).toArray();
        final RoutingStudy study =
                new RoutingStudy(
                        data.dimensions(),
                        data.rows(),
                        data.nodeOf(),
                        data.nodes(),
                        options.profiles(),
                        data.queries(),
                        data.truth());
        return new Rules(
                options.partition(),
                data.nodes(),
                Arrays.stream(asked).boxed().toList(),
                study.run(asked));
    }

    private Asked run(final FederatedNetwork network, final FederatedData data, final String ask) {
        final boolean few = FederatedOptions.isFew(ask);
        final int wanted = few ? SearchParameters.FEW : FederatedOptions.number(ask);
        final SearchParameters parameters =
                new SearchParameters(K, wanted, DEADLINE_NS, QueryEncoding.INT8);
        double recall = 0;
        double best = 0;
        long contacted = 0;
        long partial = 0;
        try (Progress progress = output.progress("asking " + ask, data.queries().length)) {
            for (int i = 0; i < data.queries().length; i++) {
                final SearchResult result = network.ask(data.queries()[i], parameters);
                recall += recall(result, data.truth()[i]);
                best += oracle(data, i, result.peersContacted());
                contacted += result.peersContacted();
                partial += result.isPartial() ? 1 : 0;
                progress.step();
            }
        }
        final double queries = data.queries().length;
        return new Asked(ask, recall / queries, best / queries, contacted / queries, partial);
    }

    private static double recall(final SearchResult result, final int[] truth) {
        long hits = 0;
        for (final SearchResult.Hit hit : result.hits()) {
            hits += Arrays.stream(truth, 0, K).anyMatch(id -> id == hit.id()) ? 1 : 0;
        }
        return (double) hits / K;
    }

    /// What the best choice of as many nodes finds, made by somebody who knows the answers.
    private static double oracle(final FederatedData data, final int query, final int nodes) {
        final int[] counts = new int[data.nodes()];
        for (int i = 0; i < K; i++) {
            counts[data.nodeOf()[data.truth()[query][i]]]++;
        }
        Arrays.sort(counts);
        int hits = 0;
        for (int i = 0; i < Math.min(nodes, counts.length); i++) {
            hits += counts[counts.length - 1 - i];
        }
        return (double) hits / K;
    }

    /// What came of choosing by several rules.
    ///
    /// @param partition how rows are spread
    /// @param nodes number of nodes
    /// @param asked numbers of peers
    /// @param rules a line for each rule
    record Rules(String partition, int nodes, List<Integer> asked, List<RoutingStudy.Line> rules)
            implements Report {
        @Override
        public String table() {
            final TextTable table =
                    new TextTable()
                            .heading(
                                    "recall@10 with all profiles of %d nodes known, %s, asking %s"
                                            .formatted(nodes, partition, asked));
            for (final RoutingStudy.Line line : rules) {
                table.row(
                        line.rule(),
                        line.recallAt10().stream()
                                .map("%.3f"::formatted)
                                .collect(Collectors.joining("  ")));
            }
            return table.toString();
        }
    }

    /// What came of asking so many peers.
    ///
    /// @param ask what was asked for
    /// @param recallAt10 share of the true ten nearest that were found
    /// @param oracleAt10 what the best choice of as many peers would have found
    /// @param peersAskedMean peers that received anything because of a query
    /// @param partial queries with an answer missing
    record Asked(
            String ask,
            double recallAt10,
            double oracleAt10,
            double peersAskedMean,
            long partial) {}

    /// All figures.
    ///
    /// @param partition how rows are spread
    /// @param nodes number of nodes, the asker not counted
    /// @param vectors number of rows
    /// @param queries number of queries
    /// @param profiles most profiles of a node
    /// @param periods periods before the first question
    /// @param bytesPerNodePeriod bytes that a node sent in a period, in all protocols, the mean
    /// @param bytesPerNodeLastPeriod the same in the last period before the first question
    /// @param asked a line for each number of peers
    /// @param wallSeconds how long it took
    /// @param seed of the run
    record Figures(
            String partition,
            int nodes,
            int vectors,
            int queries,
            int profiles,
            int periods,
            double bytesPerNodePeriod,
            double bytesPerNodeLastPeriod,
            List<Asked> asked,
            double wallSeconds,
            long seed)
            implements Report {
        @Override
        public String table() {
            final TextTable table =
                    new TextTable()
                            .heading("federated search")
                            .row("partition", partition)
                            .row("nodes", nodes)
                            .row("vectors", vectors)
                            .row("queries", queries)
                            .row("sent by a node in a period", bytesPerNodePeriod, " bytes")
                            .row("in the last one", bytesPerNodeLastPeriod, " bytes")
                            .heading("recall@10, by peers asked");
            for (final Asked line : asked) {
                table.row(
                        "ask " + line.ask(),
                        "%.3f   best choice %.3f   asked %.1f   partial %d"
                                .formatted(
                                        line.recallAt10(),
                                        line.oracleAt10(),
                                        line.peersAskedMean(),
                                        line.partial()));
            }
            return table.heading("run")
                    .row("wall time", wallSeconds, " s")
                    .row("seed", seed)
                    .toString();
        }
    }
}
