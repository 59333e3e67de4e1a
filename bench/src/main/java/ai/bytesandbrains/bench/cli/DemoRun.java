package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.Vectors;
import ai.bytesandbrains.bench.data.WordNetMini;
import ai.bytesandbrains.bench.demo.DemoNetwork;
import ai.bytesandbrains.bench.demo.QueryRun;
import ai.bytesandbrains.bench.demo.Views;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;
import ai.bytesandbrains.transport.aeron.Node;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// The phases of `bb demo` on a network that has just been started: peers find each other, the JVM
/// warms up, queries are asked and measured, a codebook is learned, some queries are shown.
final class DemoRun {
    /// How many of the true neighbours count for recall.
    static final int RECALL_AT = 10;

    private static final int WARM_UP_QUERIES = 1_500;
    private static final long WARM_UP_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(4);

    private final Output output;
    private final DemoOptions options;
    private final DemoNetwork network;
    private final QueryRun queries;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /// The peers that can be asked; those that come to harm are taken out.
    private final List<Integer> able;

    private List<Integer> paused = List.of();
    private long resumeAtNs;

    DemoRun(
            final Output output,
            final DemoOptions options,
            final DemoNetwork network,
            final QueryRun queries) {
        this.output = output;
        this.options = options;
        this.network = network;
        this.queries = queries;
        able = new ArrayList<>(IntStream.range(0, network.size()).boxed().toList());
    }

    /// Everything but [#show].
    ///
    /// @param startNs when the command was started
    DemoReport run(final Vectors base, final long startNs) {
        final DemoReport.Discovery discovery = discover();
        warmUp();
        final DemoReport.Cost cost = ask();
        network.requireHealthy();
        final DemoNetwork.Traffic traffic = network.traffic();
        final DemoReport.Answers answers =
                new DemoReport.Answers(
                        options.k() < RECALL_AT ? null : queries.recall(),
                        queries.peersAskedMean(),
                        queries.partial(),
                        queries.percentileUs(50),
                        queries.percentileUs(99),
                        queries.percentileUs(99.9));
        final DemoReport.Slowest slowest =
                new DemoReport.Slowest(queries.slowestUs(50), queries.slowestUs(99));
        final DemoCodebook codebook =
                options.codes()
                        ? new DemoLearningRun(output, options, network, queries, able).run(base)
                        : DemoCodebook.ofVectors((double) base.dimensions() * Float.BYTES);
        return new DemoReport(
                DemoReport.Setup.of(options, base.rows()),
                discovery,
                answers,
                slowest,
                cost,
                new DemoReport.Traffic(traffic.messages(), traffic.bytes(), traffic.dropped()),
                codebook,
                (System.nanoTime() - startNs) / 1e9);
    }

    /// Tells the peers of their seed and waits until they have found each other.
    private DemoReport.Discovery discover() {
        final long start = System.nanoTime();
        final Views views = DiscoveryRun.discover(network, output);
        return new DemoReport.Discovery(
                views.areFull() ? (System.nanoTime() - start) / 1e9 : null, views.shareFull());
    }

    /// Lets the JIT compiler see the whole path, so that times and allocation are those of a node
    /// that has run for a while. A network that is too slow for all of it gets a part.
    private void warmUp() {
        final long start = System.nanoTime();
        try (Progress progress = output.progress("warm-up queries", WARM_UP_QUERIES)) {
            for (int i = 0;
                    i < WARM_UP_QUERIES && System.nanoTime() - start < WARM_UP_TIMEOUT_NS;
                    i++) {
                queries.ask(network.node(i % network.size()), i % options.queries());
                progress.step();
            }
        }
        queries.reset();
    }

    /// Asks every query so often, each time at the next peer that runs, and does in the middle what
    /// `--kill` and `--pause` ask for.
    private DemoReport.Cost ask() {
        final int total = options.queries() * options.rounds();
        final long[] threadIds = network.threadIds();
        try (Progress progress = output.progress("queries", total)) {
            final DemoNetwork.Traffic trafficBefore = network.traffic();
            final long peersBefore = allocatedByPeers(threadIds);
            // Asking the JVM allocates too: the own thread is asked last before and first after.
            final long ownBefore = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < total; i++) {
                if (isDisturbed() && i == total / 2) {
                    disturb();
                }
                if (!paused.isEmpty() && System.nanoTime() - resumeAtNs >= 0) {
                    resume();
                }
                queries.ask(network.node(able.get(i % able.size())), i % options.queries());
                queries.noteSlowest(network.takeSlowestSearchNs());
                progress.step();
            }
            final long own = threads.getCurrentThreadAllocatedBytes() - ownBefore;
            final double allocated = own + allocatedByPeers(threadIds) - peersBefore;
            final DemoNetwork.Traffic traffic = network.traffic();
            resume();
            return new DemoReport.Cost(
                    (double) (traffic.messages() - trafficBefore.messages()) / total,
                    (double) (traffic.bytes() - trafficBefore.bytes()) / total,
                    isDisturbed() ? null : allocated / total);
        }
    }

    private boolean isDisturbed() {
        return options.kill() + options.pause() > 0;
    }

    /// Kills and pauses peers chosen by the seed; they are asked no more.
    private void disturb() {
        Collections.shuffle(able, new SplittableRandom(options.seed()));
        for (int i = 0; i < options.kill(); i++) {
            network.kill(able.removeLast());
        }
        paused = new ArrayList<>();
        for (int i = 0; i < options.pause(); i++) {
            final int victim = able.removeLast();
            network.pause(victim, true);
            paused.add(victim);
        }
        resumeAtNs = System.nanoTime() + PAUSE_NS;
    }

    private void resume() {
        paused.forEach(peer -> network.pause(peer, false));
        paused = List.of();
    }

    private long allocatedByPeers(final long[] threadIds) {
        return Arrays.stream(threads.getThreadAllocatedBytes(threadIds)).sum();
    }

    /// Prints some queries with what was found and by whom.
    void show(final WordNetMini data, final SearchParameters parameters) {
        final Node asked = network.node(able.getFirst());
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
            output.text(new ShownQuery(data.queryTexts().get(query), hits).render() + "\n");
        }
    }
}
