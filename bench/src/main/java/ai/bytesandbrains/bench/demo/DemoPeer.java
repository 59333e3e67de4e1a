package ai.bytesandbrains.bench.demo;

import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.transport.aeron.Node;

import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;

import java.util.concurrent.TimeUnit;

/// One peer: a node on a thread of its own, and the index with its share of the data.
final class DemoPeer implements AutoCloseable {
    private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(1);
    private static final long MAX_PARK_NS = TimeUnit.MICROSECONDS.toNanos(500);

    private final String name;
    private final TimedIndex index;
    private final Node node;
    private final PausableAgent agent;
    private final AgentRunner runner;
    private final Thread thread;
    private boolean closed;

    /// Starts the node. The index is this peer's from now on, even when starting fails.
    DemoPeer(
            final String name,
            final Index index,
            final NodeFactory nodes,
            final ErrorHandler errors) {
        this.name = name;
        this.index = new TimedIndex(index);
        try {
            node = nodes.create(this.index);
        } catch (final RuntimeException e) {
            index.close();
            throw e;
        }
        agent = new PausableAgent(node);
        // Many agents share few cores: those that have nothing to do must sleep.
        runner =
                new AgentRunner(
                        new BackoffIdleStrategy(1, 1, MIN_PARK_NS, MAX_PARK_NS),
                        errors,
                        null,
                        agent);
        thread = AgentRunner.startOnThread(runner);
    }

    /// Makes a node over an index.
    @FunctionalInterface
    interface NodeFactory {
        Node create(Index index);
    }

    String name() {
        return name;
    }

    Node node() {
        return node;
    }

    /// {@return how long the peer's own search took last; 0 if there was none since}
    long takeSearchNs() {
        return index.takeLastNs();
    }

    long threadId() {
        return thread.threadId();
    }

    void pause(final boolean hang) {
        agent.pause(hang);
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            runner.close();
            index.close();
        }
    }
}
