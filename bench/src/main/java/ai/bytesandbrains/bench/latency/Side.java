package ai.bytesandbrains.bench.latency;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.codecs.sbe.FrameDispatcher;
import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.MessageReader;
import ai.bytesandbrains.codecs.sbe.MessageWriter;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Protocol;
import ai.bytesandbrains.transport.aeron.AeronTransport;
import ai.bytesandbrains.transport.aeron.Transport;

import org.agrona.CloseHelper;

import java.util.random.RandomGenerator;

/// What a node is made of up to its protocols, for one protocol alone: identity, peers, transport,
/// writer, reader and dispatcher.
///
/// @param <M> the protocol's message interface
final class Side<M> implements AutoCloseable {

    private static final long NETWORK = 0x6c6174656e6379L;
    private static final int PEERS = 512;
    private static final int FRAGMENTS = 10;

    private final PeerTable peers = new PeerTable(PEERS);
    private final DropCounters drops = new DropCounters();
    private final Transport transport;
    private final Peer self;
    private final FrameStamp stamp;
    private final MessageWriter<M> writer;
    private final MessageReader<M> reader;
    private final Transport.FailureListener onFailure = Side::onFailure;
    private FrameDispatcher dispatcher;

    Side(
            final Channels channels,
            final MessageWriter<M> writer,
            final MessageReader<M> reader,
            final RandomGenerator random) {
        this.writer = writer;
        this.reader = reader;
        transport =
                AeronTransport.factory(channels.config(), Side::onError, channels.driver())
                        .open(peers, drops);
        self = new Peer(PeerId.random(random), transport.localAddress());
        stamp = new FrameStamp(NETWORK, self.id(), random.nextLong(), random.nextLong(), null);
        OwnLine.apart();
    }

    Peer self() {
        return self;
    }

    PeerTable peers() {
        return peers;
    }

    Outbox<M> outbox() {
        return (toPeer, message) -> transport.send(toPeer, message, writer, stamp).isTaken();
    }

    /// Lets the frames through to a protocol.
    void bind(final Protocol<M> protocol) {
        OwnLine.apart();
        dispatcher = new FrameDispatcher(NETWORK, self.id(), peers, drops).bind(protocol, reader);
        OwnLine.apart();
    }

    /// Takes another side into the peer table, for good.
    long know(final Peer other) {
        return peers.acquire(new PeerDescriptor().set(other));
    }

    /// The transport's part of a duty cycle.
    int poll() {
        final long nowNs = System.nanoTime();
        return transport.poll(dispatcher, nowNs, FRAGMENTS) + transport.maintain(nowNs, onFailure);
    }

    /// Fails if anything was dropped: a round trip would wait for it for ever.
    void requireNothingDropped() {
        if (drops.total() > 0) {
            throw new IllegalStateException("frames dropped: " + drops.total());
        }
    }

    private static void onError(final Throwable error) {
        throw new IllegalStateException("the Aeron client failed: " + error, error);
    }

    private static void onFailure(final long peer) {
        throw new IllegalStateException("the other side cannot be reached");
    }

    @Override
    public void close() {
        CloseHelper.closeAll(transport, peers);
    }
}
