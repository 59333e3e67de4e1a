package ai.bytesandbrains.bench.fuzz;

import ai.bytesandbrains.codecs.sbe.DropReason;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.NodeSecrets;
import ai.bytesandbrains.engine.gossippq.VectorSource;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchFilter;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.transport.aeron.CodebookLearning;
import ai.bytesandbrains.transport.aeron.Node;
import ai.bytesandbrains.transport.aeron.NodeConfig;

import org.agrona.CloseHelper;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Whole nodes, with every protocol there is, on a [FuzzWire] and in a time of their own: they
/// gossip, search, learn a codebook and fetch a blob, while most of what they receive is damaged.
/// Everything in the thread of the caller; the same seed gives the same frames.
public final class FuzzRun implements AutoCloseable {

    private static final int NODES = 3;
    private static final int DIMENSIONS = 16;
    private static final int SUBSPACES = 4;
    private static final int ROWS = 50;
    private static final long STEP_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    /// Nodes that have had nothing to say for so long are not being tried any more.
    private static final int SILENT_STEPS = 1_000_000;

    private static final GossipConfig GOSSIP =
            GossipConfig.defaults().withTimes(2 * MS, 50 * MS, 5 * MS);
    private static final GossipPqConfig LEARNING =
            GossipPqConfig.of(Metric.L2, DIMENSIONS, SUBSPACES, 4)
                    .withSample(1024, 512)
                    .withRate(SUBSPACES, 20 * MS, 15 * MS)
                    .withRounds(5, 8)
                    .withBudgets(1024, 128);

    private final FuzzTally tally = new FuzzTally();
    private final SplittableRandom random;
    private final FuzzWire wire;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment query;
    private final List<SearchParameters> parameters = parameters();
    private final List<Index> indexes = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<BlobExchange> blobs = new ArrayList<>();
    private long nowNs = 1;
    private long op = OpTable.NULL_OP;
    private long searches;

    /// Makes the nodes and lets them join each other.
    ///
    /// @param copies damaged frames for each sound one
    /// @param seed of everything but the nodes' own secrets
    public FuzzRun(final int copies, final long seed) {
        random = new SplittableRandom(seed);
        wire = new FuzzWire(copies, random.split(), tally);
        query = arena.allocate((long) DIMENSIONS * Float.BYTES, 64);
        fill(query);
        for (int i = 0; i < NODES; i++) {
            indexes.add(index());
            blobs.add(new BlobExchange(random.split()));
            nodes.add(node(i));
        }
        final List<Peer> peers = nodes.stream().map(Node::peer).toList();
        nodes.forEach(
                node ->
                        node.bootstrap(
                                peers.stream().filter(p -> !p.equals(node.peer())).toList()));
    }

    private Node node(final int number) {
        final CodebookLearning learning =
                new CodebookLearning(
                        LEARNING, new NodeSecrets(number + 1, 77L * number), new Rows());
        return new Node(
                NodeConfig.of("fuzz")
                        .withGossip(GOSSIP)
                        .withExtension(learning)
                        .withExtension(blobs.get(number)),
                indexes.get(number),
                wire.end(),
                () -> nowNs);
    }

    /// So that there are frames of every kind: whole queries and small ones, filters, a look at
    /// the vectors of what was found, and nodes that are looked for first.
    private static List<SearchParameters> parameters() {
        final SearchParameters plain = SearchParameters.of(10).withDeadlineNs(20 * MS);
        final SearchFilter some = SearchFilter.ids(0, 7, 20, 29);
        return List.of(
                plain,
                plain.withRerank(2).withEncoding(QueryEncoding.FLOAT32),
                plain.withFilter(some).withRerank(3),
                plain.withFilter(some.inverted()).withAskPeers(1));
    }

    private Index index() {
        final Index index = new FlatIndex(Metric.L2.space(DIMENSIONS));
        final MemorySegment row = arena.allocate((long) DIMENSIONS * Float.BYTES, 64);
        for (int id = 0; id < ROWS; id++) {
            fill(row);
            index.add(id, row, 0);
        }
        return index;
    }

    private void fill(final MemorySegment vector) {
        for (int i = 0; i < DIMENSIONS; i++) {
            vector.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
    }

    /// Goes on until so many frames have been handed over, since the beginning.
    ///
    /// @param frames how many
    /// @throws IllegalStateException if the nodes fall silent
    public void runTo(final long frames) {
        long last = tally.frames();
        int silent = 0;
        while (last < frames) {
            step();
            silent = tally.frames() == last ? silent + 1 : 0;
            last = tally.frames();
            if (silent > SILENT_STEPS) {
                throw new IllegalStateException(
                        "the nodes are silent after %d frames".formatted(last));
            }
        }
    }

    private void step() {
        nowNs += STEP_NS;
        do {
            for (int i = 0; i < nodes.size(); i++) {
                nodes.get(i).doWork();
            }
        } while (wire.isBusy());
        if (op == OpTable.NULL_OP) {
            final int which = (int) (searches % parameters.size());
            op = nodes.getFirst().beginSearch(query, 0, parameters.get(which));
        } else if (nodes.getFirst().operations().isFinished(op)) {
            nodes.getFirst().operations().finish(op);
            op = OpTable.NULL_OP;
            searches++;
        }
    }

    /// {@return what has become of the frames}
    public FuzzTally tally() {
        return tally;
    }

    /// {@return how many frames all nodes together have dropped, by reason}
    public Map<DropReason, Long> drops() {
        final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        for (final DropReason reason : DropReason.values()) {
            drops.put(reason, nodes.stream().mapToLong(node -> node.drops().get(reason)).sum());
        }
        return drops;
    }

    /// {@return how many frames all nodes together have received, as they count them}
    public long received() {
        return nodes.stream().mapToLong(node -> node.transportCounters().framesReceived()).sum();
    }

    /// {@return exchanges of views that were completed}
    public long exchanges() {
        return nodes.stream().mapToLong(node -> node.status().exchangesCompleted()).sum();
    }

    /// {@return queries that were answered}
    public long queries() {
        return nodes.stream().mapToLong(node -> node.status().queriesAnswered()).sum();
    }

    /// {@return searches that have ended}
    public long searches() {
        return searches;
    }

    /// {@return blobs that came whole, although chunks of them were damaged}
    public long blobs() {
        return blobs.stream().mapToLong(BlobExchange::complete).sum();
    }

    /// What a node has to learn from.
    private final class Rows implements VectorSource {
        @Override
        public int rows() {
            return ROWS;
        }

        @Override
        public boolean copy(final int row, final MemorySegment into) {
            fill(into);
            return true;
        }
    }

    /// Closes the nodes.
    @Override
    public void close() {
        CloseHelper.closeAll(nodes);
        CloseHelper.closeAll(indexes);
        arena.close();
    }
}
