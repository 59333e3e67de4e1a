package ai.bytesandbrains.bench.node;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.codecs.sbe.NetworkKey;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.transport.aeron.AeronConfig;
import ai.bytesandbrains.transport.aeron.AeronTransport;
import ai.bytesandbrains.transport.aeron.EmbeddedDriver;
import ai.bytesandbrains.transport.aeron.ErrorLog;
import ai.bytesandbrains.transport.aeron.IdleMode;
import ai.bytesandbrains.transport.aeron.Node;
import ai.bytesandbrains.transport.aeron.NodeConfig;

import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.SystemEpochClock;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// A node on a thread of its own, on a driver of its own or on an external one, until it is closed
/// or fails.
public final class NodeProcess implements AutoCloseable {

    private final EmbeddedDriver driver;
    private final AutoCloseable content;
    private final Node node;
    private final AgentRunner runner;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final ErrorLog errors = new ErrorLog(SystemEpochClock.INSTANCE, this::onNewError);
    private final ErrorHandler told;
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean closed;

    /// What a node is made of.
    ///
    /// @param place where it listens
    /// @param network the name of its network
    /// @param id its identity; null for that of its address
    /// @param aeronDirectory of an external driver; null for a driver in this process
    /// @param gossip parameters of gossip
    /// @param idle what its thread does when there is nothing to do
    /// @param key of its network; null for a network without one
    public record Setup(
            PeerText.Place place,
            String network,
            PeerId id,
            String aeronDirectory,
            GossipConfig gossip,
            IdleMode idle,
            NetworkKey key) {

        private NodeConfig nodeConfig(final NodeLearning learning) {
            NodeConfig config = NodeConfig.of(network).withGossip(gossip).withKey(key);
            if (learning != null) {
                config = config.withExtension(learning.extension());
            }
            if (learning != null && learning.id() != null) {
                return config.withId(learning.id());
            }
            if (id != null) {
                return config.withId(id);
            }
            return place.isFixed()
                    ? config.withId(PeerText.idOf(network, place.address()))
                    : config;
        }

        private AeronConfig aeronConfig(final String directory) {
            return place.isUdp()
                    ? AeronConfig.udp(directory, place.host(), place.port(), place.stream())
                    : AeronConfig.ipc(directory, place.stream());
        }
    }

    /// Starts a node.
    ///
    /// @param setup what it is made of
    /// @param metric what its vectors are measured in
    /// @param dimensions of a vector
    /// @param vectors what it holds, under their row numbers; copied; null for nothing
    /// @param told hears of every error once
    /// @throws RuntimeException if the driver is not there or cannot listen at that place; nothing
    ///     is left open then
    public NodeProcess(
            final Setup setup,
            final Metric metric,
            final int dimensions,
            final NativeVectors vectors,
            final ErrorHandler told) {
        this(setup, index(metric, dimensions, vectors), null, told);
    }

    /// Starts a node that learns a codebook.
    ///
    /// @param setup what it is made of; the identity of a journal goes before its own
    /// @param learning what it holds and learns with; closed with the node, or if there is none
    /// @param told hears of every error once
    /// @throws RuntimeException as the other form
    public NodeProcess(final Setup setup, final NodeLearning learning, final ErrorHandler told) {
        this(setup, learning.index(), learning, told);
    }

    private NodeProcess(
            final Setup setup,
            final Index index,
            final NodeLearning learning,
            final ErrorHandler told) {
        this.told = told;
        content = learning == null ? index : learning;
        EmbeddedDriver launched = null;
        try {
            launched = setup.aeronDirectory() == null ? EmbeddedDriver.launch() : null;
            final String directory =
                    launched == null ? setup.aeronDirectory() : launched.aeronDirectory();
            node =
                    new Node(
                            setup.nodeConfig(learning),
                            index,
                            AeronTransport.factory(setup.aeronConfig(directory), errors));
        } catch (final RuntimeException e) {
            CloseHelper.quietCloseAll(launched, content);
            throw e;
        }
        driver = launched;
        runner = new AgentRunner(setup.idle().strategy(), errors, null, node);
        AgentRunner.startOnThread(runner);
    }

    private static Index index(
            final Metric metric, final int dimensions, final NativeVectors vectors) {
        final Index index = new FlatIndex(metric.space(dimensions));
        try {
            for (int row = 0; vectors != null && row < vectors.rows(); row++) {
                index.add(row, vectors.segment(), vectors.offset(row));
            }
        } catch (final RuntimeException e) {
            index.close();
            throw e;
        }
        return index;
    }

    /// {@return the node}
    public Node node() {
        return node;
    }

    /// {@return the directory of the driver in this process, null if the driver is another's}
    public String ownDirectory() {
        return driver == null ? null : driver.aeronDirectory();
    }

    /// Waits until the node is closed or has failed.
    ///
    /// @throws InterruptedException if the thread is interrupted
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /// Waits until the node is closed or has failed, or time is over.
    ///
    /// @param timeoutNs how long at the most
    /// @return whether it is closed or has failed
    /// @throws InterruptedException if the thread is interrupted
    public boolean awaitEnd(final long timeoutNs) throws InterruptedException {
        return ended.await(timeoutNs, TimeUnit.NANOSECONDS);
    }

    /// Fails if the node has.
    ///
    /// @throws IllegalStateException with the failure as its cause
    public void requireHealthy() {
        final Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("the node failed: " + failed.getMessage(), failed);
        }
    }

    private void onNewError(final Throwable error) {
        told.onError(error);
        if (error instanceof AgentTerminationException) {
            failure.compareAndSet(null, error);
            ended.countDown();
        }
    }

    /// Stops the node and its own driver; nothing is left behind. Any thread.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            ended.countDown();
            CloseHelper.closeAll(runner, content, driver);
        }
    }
}
