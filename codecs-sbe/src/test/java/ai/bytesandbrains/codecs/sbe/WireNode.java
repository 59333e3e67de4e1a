package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossip.GossipListener;
import ai.bytesandbrains.engine.gossip.GossipLogic;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.gossip.GossipState;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.search.FederatedSearch;
import ai.bytesandbrains.engine.search.SearchLimits;
import ai.bytesandbrains.engine.search.SearchOperations;
import ai.bytesandbrains.engine.space.Metric;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Random;

/// A whole node but for the transport: gossip and search behind a dispatcher, and writers in front
/// of whoever takes the frames.
final class WireNode implements AutoCloseable {

    static final int DIMENSIONS = 32;
    static final int TABLE_CAPACITY = 160;

    /// Takes frames; the buffer is used again after the call.
    @FunctionalInterface
    interface FrameSink {
        boolean take(long receiver, DirectBuffer buffer, int length);
    }

    final int number;
    final PeerTable table = new PeerTable(TABLE_CAPACITY);
    final DropCounters drops = new DropCounters();
    final FrameDispatcher dispatcher;
    final GossipConfig config;
    final GossipLogic logic;
    final GossipPeerSampling gossip;
    final FlatIndex index = new FlatIndex(Metric.COSINE.space(DIMENSIONS));
    final SearchOperations operations;
    final FederatedSearch search;

    private final GossipState state;
    private final FrameStamp stamp;
    private final FrameSink sink;
    private final UnsafeBuffer scratch = new UnsafeBuffer(new byte[1 << 16]);

    WireNode(int number, GossipConfig config, FrameSink sink, long seed) {
        this.number = number;
        this.config = config;
        this.sink = sink;
        Random random = new Random(seed);
        stamp = new FrameStamp(Wire.NETWORK, Peers.peer(number).id(), seed);
        state = new GossipState(config, 1);
        logic =
                new GossipLogic(
                        config,
                        state,
                        table,
                        random,
                        outbox(new GossipWriter()),
                        GossipListener.NONE);
        gossip = new GossipPeerSampling(logic, 0, Peers.peer(number), 0);
        SearchLimits limits = new SearchLimits(2, 32, 16, 4);
        operations = new SearchOperations(Peers.peer(number).id(), index.space(), limits);
        search =
                new FederatedSearch(
                        Peers.peer(number),
                        operations,
                        index,
                        table,
                        gossip,
                        random,
                        outbox(new SearchWriter()));
        dispatcher = new FrameDispatcher(Wire.NETWORK, Peers.peer(number).id(), table, drops);
        dispatcher.bind(gossip, new GossipReader()).bind(search, new SearchReader());
        for (int id = 0; id < 100; id++) {
            index.add(id, vector(random));
        }
    }

    static float[] vector(Random random) {
        float[] vector = new float[DIMENSIONS];
        for (int i = 0; i < DIMENSIONS; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    @Override
    public void close() {
        search.stop(0);
        search.close();
        operations.close();
        index.close();
        gossip.close();
        int held = table.size();
        state.close();
        table.close();
        if (held != 0) {
            throw new AssertionError(held + " peers are still referred to");
        }
    }

    private <M> Outbox<M> outbox(MessageWriter<M> writer) {
        return (to, message) -> {
            long receiver = table.shortIdOf(to);
            int length = writer.frameLength(message);
            writer.write(message, receiver, stamp, scratch, 0);
            return sink.take(receiver, scratch, length);
        };
    }
}
