package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.sim.SbeCarrier;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.sim.Carrier;
import ai.bytesandbrains.engine.sim.CycleFigures;
import ai.bytesandbrains.engine.sim.DegreeHistory;
import ai.bytesandbrains.engine.sim.Draws;
import ai.bytesandbrains.engine.sim.GossipCarrier;
import ai.bytesandbrains.engine.sim.GossipSimulation;
import ai.bytesandbrains.engine.sim.OverlayMetrics;
import ai.bytesandbrains.engine.sim.Scenario;
import ai.bytesandbrains.engine.sim.Simulation;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One run of a scenario and what is noted on the way.
final class SimRun implements AutoCloseable {
    /// Above so many nodes a look at all views after every cycle would take longer than the cycle.
    private static final int MAX_WATCHED = 200_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Scenario scenario;
    private final SimOptions options;
    private final GossipSimulation simulation;
    private final boolean watched;
    private final DegreeHistory history;
    private final Draws draws;
    private final List<CycleFigures> course = new ArrayList<>();
    private long runNs;
    private long allocatedBytes;
    private long allocatedExchanges;

    SimRun(final Scenario scenario, final SimOptions options) {
        this.scenario = scenario;
        this.options = options;
        simulation = new GossipSimulation(scenario, this::carrier);
        watched = scenario.nodes() <= MAX_WATCHED;
        history = new DegreeHistory(simulation.followed());
        draws = options.draws() ? new Draws(simulation.followed(), scenario.maxNodes()) : null;
    }

    /// Runs a cycle.
    ///
    /// @return false if there is none left
    boolean step() {
        if (simulation.cycle() == scenario.cycles()) {
            return false;
        }
        final long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
        final long exchangesBefore = simulation.counters().completed();
        final long start = System.nanoTime();
        simulation.runCycle();
        runNs += System.nanoTime() - start;
        // By then the code is compiled, and queues have found their size.
        if (2 * simulation.cycle() > scenario.cycles()) {
            allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
            allocatedExchanges += simulation.counters().completed() - exchangesBefore;
        }
        if (watched) {
            course.add(simulation.figures());
            simulation.follow(history);
        }
        if (draws != null) {
            simulation.draw(draws);
        }
        return true;
    }

    /// The figures of each cycle; empty if there were too many nodes to look at.
    List<CycleFigures> course() {
        return course;
    }

    /// How many nodes have the in-degree that is the index.
    int[] inDegrees() {
        return simulation.inDegreeHistogram();
    }

    /// All figures.
    ///
    /// @param startNs when the command began
    SimReport report(final long startNs) {
        final OverlayMetrics metrics = simulation.metrics();
        final SimReport.Overlay overlay =
                SimReport.Overlay.of(metrics, simulation.figures().crossing());
        final SimReport.Course happened = happened();
        final SimReport.Sampling sampling = sampling();
        final String digest = "%016x".formatted(simulation.digest());
        return new SimReport(
                setup(), overlay, happened, sampling, cost(startNs), scenario.seed(), digest);
    }

    @Override
    public void close() {
        simulation.close();
    }

    private Carrier<GossipMessage> carrier(final Simulation network) {
        final int maxPeers = scenario.gossip().exchangeSize();
        if (options.wire() == SimOptions.Wire.SBE) {
            return new SbeCarrier(network, maxPeers);
        }
        final int header = SbeCarrier.frameBytes(0);
        final int perPeer = SbeCarrier.frameBytes(1) - header;
        return new GossipCarrier(network, maxPeers, message -> header + perPeer * message.size());
    }

    private SimReport.Setup setup() {
        return new SimReport.Setup(
                scenario.nodes(),
                scenario.cycles(),
                scenario.gossip().viewSize(),
                scenario.gossip().healing(),
                scenario.gossip().swap(),
                LowerCase.name(options.exchange()),
                LowerCase.name(options.wire()));
    }

    private SimReport.Course happened() {
        final double nodeCycles = (double) scenario.nodes() * scenario.cycles();
        return new SimReport.Course(
                healedAfter(),
                scenario.kill() == 0 ? null : (Integer) simulation.cutOffByDeaths(),
                simulation.counters().completed(),
                simulation.counters().refused(),
                simulation.counters().timeouts(),
                simulation.channel().lost(),
                simulation.channel().malformed(),
                simulation.channel().messages() / nodeCycles,
                simulation.channel().bytes() / nodeCycles);
    }

    /// Null if nobody died, or dead nodes were still known at the end.
    private Integer healedAfter() {
        if (scenario.kill() == 0 || course.isEmpty()) {
            return null;
        }
        int healed = scenario.cycles();
        while (healed > 0 && course.get(healed - 1).deadLinksPerView() == 0) {
            healed--;
        }
        return healed == scenario.cycles() ? null : healed + 1 - scenario.cycles() / 2;
    }

    private SimReport.Sampling sampling() {
        return new SimReport.Sampling(
                autocorrelation(1),
                autocorrelation(10),
                autocorrelation(50),
                draws == null ? null : draws.draws(),
                draws == null ? null : draws.distinctMean(),
                draws == null ? null : Draws.ideal(scenario.nodes(), draws.draws()));
    }

    private Double autocorrelation(final int lag) {
        final double value = history.autocorrelation(lag);
        return Double.isNaN(value) ? null : (Double) value;
    }

    private SimReport.Cost cost(final long startNs) {
        final double second = TimeUnit.SECONDS.toNanos(1);
        return new SimReport.Cost(
                (System.nanoTime() - startNs) / second,
                runNs / second,
                simulation.bytesPerNode(),
                allocatedExchanges == 0
                        ? null
                        : (Double) ((double) allocatedBytes / allocatedExchanges));
    }
}
