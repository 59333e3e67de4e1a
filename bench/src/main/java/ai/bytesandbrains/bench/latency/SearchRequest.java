package ai.bytesandbrains.bench.latency;

import ai.bytesandbrains.codecs.sbe.SearchWriter;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchOperations;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.transport.aeron.AeronTransport;
import ai.bytesandbrains.transport.aeron.Node;
import ai.bytesandbrains.transport.aeron.NodeConfig;

import org.agrona.CloseHelper;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.random.RandomGenerator;

/// A search of a node that asks one other: two whole nodes, each in the loop of its side's thread.
/// The indexes are small, since it is the way there and back that is measured.
final class SearchRequest implements RoundTrip {

    private static final int DIMENSIONS = 384;
    private static final int ROWS = 64;
    private static final int K = 10;
    private static final long DEADLINE_NS = 2_000_000_000L;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment query = arena.allocate(DIMENSIONS * Float.BYTES, 64);
    private final SearchParameters parameters =
            new SearchParameters(K, 1, DEADLINE_NS, QueryEncoding.INT8);
    private final Index askingIndex;
    private final Index answeringIndex;
    private final Node asking;
    private final Node answering;
    private final SearchOperations operations;
    private long op = OpTable.NULL_OP;

    /// Opens both sides; they join each other as soon as both run.
    SearchRequest(final Channels channels, final RandomGenerator random) {
        askingIndex = index(random);
        answeringIndex = index(random);
        asking = node(channels, askingIndex);
        answering = node(channels, answeringIndex);
        operations = asking.operations();
        fill(query, random);
        asking.bootstrap(List.of(answering.peer()));
    }

    /// {@return bytes of the frame that asks}
    static int requestBytes() {
        return SearchWriter.requestLength(QueryEncoding.INT8, DIMENSIONS, 0);
    }

    /// {@return bytes of the frame that answers}
    static int responseBytes() {
        return SearchWriter.responseLength(K);
    }

    @Override
    public String name() {
        return "search";
    }

    @Override
    public boolean start() {
        op = asking.beginSearch(query, 0, parameters);
        return op != OpTable.NULL_OP;
    }

    @Override
    public boolean poll() {
        asking.doWork();
        if (op == OpTable.NULL_OP || !operations.isFinished(op)) {
            return false;
        }
        if (operations.peersAnswered(op) != 1) {
            // Not joined yet, or an answer came too late: no round trip.
            operations.finish(op);
            op = asking.beginSearch(query, 0, parameters);
            return false;
        }
        operations.finish(op);
        op = OpTable.NULL_OP;
        return true;
    }

    @Override
    public int respond() {
        return answering.doWork();
    }

    @Override
    public void rest() {
        asking.doWork();
        answering.doWork();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(asking, answering, askingIndex, answeringIndex, arena);
    }

    private static Node node(final Channels channels, final Index index) {
        return new Node(
                NodeConfig.of("latency"),
                index,
                AeronTransport.factory(
                        channels.config(), SearchRequest::onError, channels.driver()));
    }

    private static Index index(final RandomGenerator random) {
        final Index index = new FlatIndex(Metric.L2.space(DIMENSIONS));
        try (Arena rows = Arena.ofConfined()) {
            final MemorySegment row = rows.allocate(DIMENSIONS * Float.BYTES, 64);
            for (int id = 0; id < ROWS; id++) {
                fill(row, random);
                index.add(id, row, 0);
            }
        }
        return index;
    }

    private static void fill(final MemorySegment vector, final RandomGenerator random) {
        for (int i = 0; i < DIMENSIONS; i++) {
            vector.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - .5f);
        }
    }

    private static void onError(final Throwable error) {
        throw new IllegalStateException("the Aeron client failed: " + error, error);
    }
}
