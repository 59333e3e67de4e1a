package ai.bytesandbrains.bench.federated;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.search.SearchLimits;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.transport.aeron.MemoryNetwork;
import ai.bytesandbrains.transport.aeron.Node;
import ai.bytesandbrains.transport.aeron.NodeConfig;
import ai.bytesandbrains.transport.aeron.ProfileConfig;

import org.agrona.CloseHelper;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Nodes with a share of the data each, and one without data, which asks them. All run in the
/// caller's thread, in steps of a virtual millisecond. Their chance is cryptographic, so two runs
/// differ a little.
public final class FederatedNetwork implements AutoCloseable {
    private static final int MAILBOX_BYTES = 1 << 17;
    private static final int STEPS_PER_PERIOD = 10;
    private static final int MAX_K = 128;
    private static final int MAX_PEERS = 256;
    private static final int SEEDS = 3;
    private static final int MAX_STEPS = 10_000;
    private static final GossipConfig GOSSIP =
            GossipConfig.defaults().withTimes(ms(STEPS_PER_PERIOD), ms(60), ms(5));

    private final MemoryNetwork memory = new MemoryNetwork(MAILBOX_BYTES);
    private final List<Index> indexes = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Node asker;
    private long nowNs;

    /// Brings the nodes into being; each knows some others.
    ///
    /// @param dimensions floats in a row
    /// @param rows the data; stays the caller's
    /// @param nodeOf the node of each row, from 0
    /// @param count number of nodes
    /// @param profiles the most profiles of a node
    /// @param seed decides who knows whom at first
    public FederatedNetwork(
            final int dimensions,
            final MemorySegment rows,
            final int[] nodeOf,
            final int count,
            final int profiles,
            final long seed) {
        final NodeConfig config =
                NodeConfig.of("federated")
                        .withGossip(GOSSIP)
                        .withSearch(new SearchLimits(1, MAX_K, MAX_PEERS, 2))
                        .withProfiles(
                                ProfileConfig.defaults()
                                        .withProfiles(profiles)
                                        .withRefreshNs(TimeUnit.HOURS.toNanos(1)));
        for (int node = 0; node <= count; node++) {
            indexes.add(new FlatIndex(Metric.COSINE.space(dimensions)));
        }
        for (int row = 0; row < nodeOf.length; row++) {
            indexes.get(nodeOf[row]).add(row, rows, (long) row * dimensions * Float.BYTES);
        }
        final SplittableRandom random = new SplittableRandom(seed);
        try {
            for (int node = 0; node <= count; node++) {
                final NodeConfig own = config.withId(PeerId.random(random));
                nodes.add(new Node(own, indexes.get(node), memory.mailbox(node + 1), () -> nowNs));
            }
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
        asker = nodes.getLast();
        for (int node = 1; node <= count; node++) {
            for (int i = 0; i < SEEDS; i++) {
                nodes.get(node).bootstrap(List.of(nodes.get(random.nextInt(node)).peer()));
            }
        }
    }

    /// Lets so much time pass.
    ///
    /// @param periods in periods of the gossip
    public void pass(final int periods) {
        for (int i = 0; i < periods * STEPS_PER_PERIOD; i++) {
            step();
        }
    }

    /// Asks, and lets time pass until the answer is there.
    ///
    /// @param query the vector
    /// @param parameters what is wanted
    /// @return what was found
    public SearchResult ask(final float[] query, final SearchParameters parameters) {
        final long op = asker.beginSearch(MemorySegment.ofArray(query), 0, parameters);
        if (op == OpTable.NULL_OP) {
            throw new IllegalStateException("the asker takes no search");
        }
        int steps = 0;
        while (!asker.operations().isFinished(op)) {
            step();
            if (++steps > MAX_STEPS) {
                throw new IllegalStateException("a search does not end");
            }
        }
        final SearchResult result = asker.operations().result(op);
        asker.operations().finish(op);
        return result;
    }

    /// {@return bytes that all nodes have sent so far, in all protocols}
    public long bytesSent() {
        return nodes.stream().mapToLong(node -> node.transportCounters().bytesSent()).sum();
    }

    private void step() {
        nowNs += ms(1);
        nodes.forEach(Node::doWork);
    }

    private static long ms(final int milliseconds) {
        return TimeUnit.MILLISECONDS.toNanos(milliseconds);
    }

    @Override
    public void close() {
        CloseHelper.closeAll(nodes);
        CloseHelper.closeAll(indexes);
    }
}
