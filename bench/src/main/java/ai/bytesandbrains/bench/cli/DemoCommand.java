package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.WordNetMini;
import ai.bytesandbrains.bench.demo.DemoNetwork;
import ai.bytesandbrains.bench.demo.QueryRun;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.space.Simd;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// `bb demo`: peers that know one seed peer find each other and answer real queries together.
@Command(
        name = "demo",
        description = "Peers find each other by gossip and answer queries together.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    @Mixin private Output output;
    @Mixin private DemoOptions options;
    @Mixin private AskOptions asking;
    @Mixin private PageOptions page;

    @Override
    public Integer call() throws IOException {
        options.validate();
        asking.validate(options);
        page.validate(options, asking);
        if (asking.isAsked()) {
            new AskRun(output, options, asking).run(parameters());
            return 0;
        }
        final long start = System.nanoTime();
        final WordNetMini data = WordNetMini.load();
        output.note(
                "%d vectors of %d dimensions (%s) for %d peers; SIMD: %s"
                        .formatted(
                                data.base().rows(),
                                data.base().dimensions(),
                                LowerCase.name(options.partition()),
                                options.peers(),
                                Simd.species()));
        Simd.warmUp();
        final int[] nodeOf = data.nodeOf(options.partition(), options.peers(), options.seed());
        final SearchParameters parameters = parameters();
        final DemoNetwork network =
                DemoNetwork.start(
                        options.transport() == DemoOptions.Transport.UDP,
                        data.base(),
                        nodeOf,
                        options.peers(),
                        options.seed());
        try (network;
                QueryRun queries =
                        new QueryRun(
                                data.queries(),
                                data.groundTruth(),
                                Math.min(DemoRun.RECALL_AT, options.k()),
                                parameters)) {
            final DemoRun run = new DemoRun(output, options, network, queries);
            final DemoReport report = run.run(data.base(), start);
            run.show(data, parameters);
            if (page.html() != null) {
                new DemoPage(options, network, data, nodeOf).write(page.html(), parameters);
            }
            output.print(report);
        } catch (final IllegalStateException e) {
            if (network.isInterrupted()) {
                return INTERRUPTED;
            }
            // A peer that has failed explains better than whoever noticed.
            network.requireHealthy();
            throw e;
        }
        return 0;
    }

    private SearchParameters parameters() {
        return new SearchParameters(
                options.k(),
                options.wantedPeers(),
                TimeUnit.MILLISECONDS.toNanos(options.deadlineMs()),
                QueryEncoding.INT8);
    }
}
