package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.WordNetMini;
import ai.bytesandbrains.bench.demo.DemoNetwork;
import ai.bytesandbrains.bench.demo.QueryRun;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;
import ai.bytesandbrains.engine.space.Simd;
import ai.bytesandbrains.transport.aeron.Node;

import com.sun.management.ThreadMXBean;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// `bb demo`: peers that know one seed peer find each other and answer real queries together.
@Command(
        name = "demo",
        description = "Peers find each other by gossip and answer queries together.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final int RECALL_AT = 10;
    private static final int WARM_UP_QUERIES = 1_500;
    private static final long DISCOVERY_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(4);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(2);

    @Mixin private Output output;
    @Mixin private DemoOptions options;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Override
    public Integer call() throws IOException {
        options.validate();
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
        final SearchParameters parameters =
                new SearchParameters(
                        options.k(),
                        options.asksAll() ? SearchParameters.ALL : options.askPeers(),
                        TimeUnit.MILLISECONDS.toNanos(options.deadlineMs()),
                        QueryEncoding.INT8);
        try (DemoNetwork network =
                        DemoNetwork.start(
                                options.transport() == DemoOptions.Transport.UDP,
                                data.base(),
                                nodeOf,
                                options.peers(),
                                options.seed());
                QueryRun run =
                        new QueryRun(
                                data.queries(),
                                data.groundTruth(),
                                Math.min(RECALL_AT, options.k()),
                                parameters)) {
            final DemoReport.Discovery discovery = discover(network);
            warmUp(network, run);
            final List<Integer> able =
                    new ArrayList<>(IntStream.range(0, network.size()).boxed().toList());
            final double allocated = ask(network, run, able);
            network.requireHealthy();
            show(network.node(able.getFirst()), network, data, parameters);
            final DemoNetwork.Traffic traffic = network.traffic();
            output.print(
                    new DemoReport(
                            DemoReport.Setup.of(options, data.base().rows()),
                            discovery,
                            new DemoReport.Answers(
                                    options.k() < RECALL_AT ? null : run.recall(),
                                    run.peersAskedMean(),
                                    run.partial(),
                                    run.percentileUs(50),
                                    run.percentileUs(99),
                                    run.percentileUs(99.9),
                                    allocated),
                            new DemoReport.Traffic(
                                    traffic.messages(), traffic.bytes(), traffic.dropped()),
                            new DemoReport.Codebook(
                                    null, null, (double) data.base().dimensions() * Float.BYTES),
                            (System.nanoTime() - start) / 1e9));
        }
        return 0;
    }

    /// Tells the peers of their seed and waits until they have found each other.
    private DemoReport.Discovery discover(final DemoNetwork network) {
        final long start = System.nanoTime();
        network.bootstrap();
        boolean found = false;
        try (Progress progress = output.progress("gossip: places in views", network.viewGoal())) {
            while (!found && System.nanoTime() - start < DISCOVERY_TIMEOUT_NS) {
                network.requireHealthy();
                final int sum = network.viewSum();
                progress.stepTo(sum);
                found = sum == network.viewGoal();
                if (!found) {
                    LockSupport.parkNanos(POLL_NS);
                }
            }
        }
        return new DemoReport.Discovery(
                found ? (System.nanoTime() - start) / 1e9 : null, network.viewsFull());
    }

    /// Lets the JIT compiler see the whole path, so that times and allocation are those of a node
    /// that has run for a while.
    private void warmUp(final DemoNetwork network, final QueryRun run) {
        try (Progress progress = output.progress("warm-up queries", WARM_UP_QUERIES)) {
            for (int i = 0; i < WARM_UP_QUERIES; i++) {
                run.ask(network.node(i % network.size()), i % options.queries());
                progress.step();
            }
        }
        run.reset();
    }

    /// Asks every query so often, each time at the next peer that runs, and does in the middle what
    /// `--kill` and `--pause` ask for.
    ///
    /// @param able the peers that can be asked; those that come to harm are taken out
    /// @return bytes that the peers' threads and this one allocated, per query; NaN if peers came
    ///     or went meanwhile
    private double ask(final DemoNetwork network, final QueryRun run, final List<Integer> able) {
        final int total = options.queries() * options.rounds();
        final long[] threadIds = network.threadIds();
        final boolean disturbed = options.kill() + options.pause() > 0;
        List<Integer> paused = List.of();
        long resumeAt = 0;
        try (Progress progress = output.progress("queries", total)) {
            final long before = allocated(threadIds);
            for (int i = 0; i < total; i++) {
                if (disturbed && i == total / 2) {
                    paused = disturb(network, able);
                    resumeAt = System.nanoTime() + PAUSE_NS;
                }
                if (!paused.isEmpty() && System.nanoTime() - resumeAt >= 0) {
                    paused.forEach(peer -> network.pause(peer, false));
                    paused = List.of();
                }
                run.ask(network.node(able.get(i % able.size())), i % options.queries());
                progress.step();
            }
            final long after = allocated(threadIds);
            paused.forEach(peer -> network.pause(peer, false));
            return disturbed ? Double.NaN : (double) (after - before) / total;
        }
    }

    /// Kills and pauses peers chosen by the seed; they are asked no more.
    ///
    /// @return the paused ones
    private List<Integer> disturb(final DemoNetwork network, final List<Integer> able) {
        Collections.shuffle(able, new SplittableRandom(options.seed()));
        for (int i = 0; i < options.kill(); i++) {
            final int victim = able.removeLast();
            network.kill(victim);
        }
        final List<Integer> paused = new ArrayList<>();
        for (int i = 0; i < options.pause(); i++) {
            final int victim = able.removeLast();
            network.pause(victim, true);
            paused.add(victim);
        }
        return paused;
    }

    private long allocated(final long[] threadIds) {
        return Arrays.stream(threads.getThreadAllocatedBytes(threadIds)).sum()
                + threads.getCurrentThreadAllocatedBytes();
    }

    /// Prints some queries with what was found and by whom.
    private void show(
            final Node asked,
            final DemoNetwork network,
            final WordNetMini data,
            final SearchParameters parameters) {
        for (int query = 0; query < options.show() && !output.json(); query++) {
            final SearchResult result = asked.search(data.queries().row(query), parameters);
            final List<ShownQuery.Hit> hits =
                    result.hits().stream()
                            .map(
                                    hit ->
                                            new ShownQuery.Hit(
                                                    hit.distance(),
                                                    network.nameOf(hit.peer()),
                                                    data.texts().get(Math.toIntExact(hit.id()))))
                            .toList();
            output.text(new ShownQuery(data.queryTexts().get(query), hits).render());
            output.text("\n");
        }
    }
}
