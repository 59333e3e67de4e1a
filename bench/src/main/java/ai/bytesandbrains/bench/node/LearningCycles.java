package ai.bytesandbrains.bench.node;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.transport.aeron.AeronConfig;
import ai.bytesandbrains.transport.aeron.AeronTransport;
import ai.bytesandbrains.transport.aeron.EmbeddedDriver;
import ai.bytesandbrains.transport.aeron.Node;
import ai.bytesandbrains.transport.aeron.NodeConfig;

import org.HdrHistogram.Histogram;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Real nodes over shared memory learn a codebook, on one thread that runs their duty cycles in
/// turn and takes the time of each: from the first one on that all are asked to learn, until all
/// have one and the same final codebook, and for a while after that.
///
/// For one thread.
public final class LearningCycles implements AutoCloseable {
    private static final String NETWORK = "learning";
    private static final int FIRST_STREAM = 1001;
    private static final long JOIN_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);
    private static final long PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final int DIGITS = 3;
    private static final GossipConfig GOSSIP =
            GossipConfig.defaults()
                    .withTimes(
                            TimeUnit.MILLISECONDS.toNanos(100),
                            TimeUnit.SECONDS.toNanos(1),
                            TimeUnit.MILLISECONDS.toNanos(300));

    private final EmbeddedDriver driver = EmbeddedDriver.launch();
    private final List<NodeLearning> learners = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();

    /// Cycles that found work, in nanoseconds.
    private final Histogram learning = new Histogram(HOUR_NS, DIGITS);

    private final Histogram afterwards = new Histogram(HOUR_NS, DIGITS);
    private double learnedSeconds;

    /// Starts the nodes, and lets them find each other.
    ///
    /// @param config what they learn
    /// @param vectors spread over them in turn; stays the caller's
    /// @param count number of nodes
    /// @throws IOException never: there are no journals
    public LearningCycles(final GossipPqConfig config, final NativeVectors vectors, final int count)
            throws IOException {
        try {
            for (int number = 0; number < count; number++) {
                add(config, share(vectors, number, count), number);
            }
            for (final Node node : nodes.subList(1, count)) {
                node.bootstrap(List.of(nodes.getFirst().peer()));
            }
            final long endNs = System.nanoTime() + JOIN_NS;
            while (!nodes.stream().allMatch(node -> node.status().viewLength() == count - 1)) {
                if (System.nanoTime() > endNs) {
                    throw new IllegalStateException("the nodes do not find each other");
                }
                nodes.forEach(Node::doWork);
            }
        } catch (final RuntimeException | IOException e) {
            close();
            throw e;
        }
    }

    private void add(final GossipPqConfig config, final NativeVectors share, final int number)
            throws IOException {
        final ErrorHandler errors =
                e -> {
                    throw new IllegalStateException(e);
                };
        final NodeLearning learner = new NodeLearning(config, share, null, errors);
        learners.add(learner);
        final NodeConfig node =
                NodeConfig.of(NETWORK)
                        .withGossip(GOSSIP)
                        .withExtension(learner.extension().waiting());
        final AeronConfig aeron = AeronConfig.ipc(driver.aeronDirectory(), FIRST_STREAM + number);
        nodes.add(new Node(node, learner.index(), AeronTransport.factory(aeron, errors)));
    }

    private static NativeVectors share(
            final NativeVectors vectors, final int number, final int count) {
        final int rows = (vectors.rows() - number + count - 1) / count;
        final NativeVectors share = new NativeVectors(rows, vectors.dimensions());
        for (int row = 0; row < rows; row++) {
            share.setRow(row, vectors.row(row * count + number));
        }
        return share;
    }

    /// Lets them learn.
    ///
    /// @param timeoutNs when to give up
    /// @param afterNs how long to go on when all have a final codebook
    /// @throws IllegalStateException if they have none by then
    public void run(final long timeoutNs, final long afterNs) {
        final long startNs = System.nanoTime();
        learners.forEach(each -> each.extension().begin());
        while (!isFinal()) {
            if (System.nanoTime() - startNs > timeoutNs) {
                throw new IllegalStateException("no final codebook in the time given");
            }
            cycle(learning);
        }
        final long finalNs = System.nanoTime();
        learnedSeconds = (finalNs - startNs) / 1e9;
        while (System.nanoTime() - finalNs < afterNs) {
            cycle(afterwards);
        }
    }

    private void cycle(final Histogram histogram) {
        int work = 0;
        for (final Node node : nodes) {
            final long beganNs = System.nanoTime();
            final int done = node.doWork();
            if (done > 0) {
                histogram.recordValue(Math.min(HOUR_NS, System.nanoTime() - beganNs));
            }
            work += done;
        }
        if (work == 0) {
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private boolean isFinal() {
        final Codebook one = learners.getFirst().learned().codebook();
        return one != null
                && learners.stream()
                        .map(NodeLearning::learned)
                        .allMatch(each -> each.isFinal() && each.codebook().hasSameId(one));
    }

    /// {@return rounds until the first node's codebook was final}
    public long rounds() {
        return learners.getFirst().learned().rounds();
    }

    /// {@return seconds from the first cycle to a final codebook everywhere}
    public double learnedSeconds() {
        return learnedSeconds;
    }

    /// {@return cycles with work while they learned, in nanoseconds}
    public Histogram learning() {
        return learning;
    }

    /// {@return cycles with work afterwards, in nanoseconds: rows are encoded then}
    public Histogram afterwards() {
        return afterwards;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(nodes);
        CloseHelper.closeAll(learners);
        driver.close();
    }
}
