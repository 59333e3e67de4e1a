package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.FrameDispatcher;
import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.MessageWriter;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.search.SearchParameters;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Frames of every kind as real nodes send them, and where the fields of their headers lie
/// (schema.xml says the same).
final class RecordedFrames {

    static final int TEMPLATE_ID = 2;
    static final int SCHEMA_ID = 4;
    static final int PROTOCOL_ID = 8;
    static final int VERSION_MAJOR = 10;
    static final int LENGTH = 12;
    static final int NETWORK_ID = 16;
    static final int SENDER = 24;
    static final int RECEIVER = 32;
    static final int GOSSIP = 1;
    static final int SEARCH_REQUEST = 100;
    /// First byte of the first peer of a gossip message: its identity.
    static final int FIRST_PEER = 8 + 48 + 8 + 1 + 4;

    private RecordedFrames() {}

    /// Lets two nodes talk and keeps what they send, addressed to `receiver`.
    static List<byte[]> record(int dimensions, Peer receiver) {
        List<byte[]> frames = new ArrayList<>();
        ManualClock clock = new ManualClock();
        MemoryNetwork network = new MemoryNetwork(1 << 16);
        GossipConfig gossip =
                GossipConfig.defaults().withTimes(Cluster.ms(10), Cluster.ms(60), Cluster.ms(5));
        try (Cluster cluster = new Cluster(dimensions, 20, 1)) {
            cluster.beforeStep(() -> clock.advance(Cluster.ms(1)));
            for (int i = 1; i <= 2; i++) {
                Transport.Factory mailbox = network.mailbox(i);
                cluster.add(
                        gossip,
                        (peers, drops) -> new Recorder(mailbox.open(peers, drops), frames),
                        clock);
            }
            cluster.join();
            for (int i = 0; i < 10; i++) {
                cluster.search(i % 2, cluster.query(), SearchParameters.of(5));
                cluster.until("some exchanges are over", steps(15));
            }
        }
        for (byte[] frame : frames) {
            put(frame, RECEIVER, receiver.id().shortId());
        }
        return frames;
    }

    static byte[] firstOf(List<byte[]> frames, int template) {
        return frames.stream()
                .filter(frame -> frame[TEMPLATE_ID] == template)
                .findFirst()
                .orElseThrow()
                .clone();
    }

    static void put(byte[] frame, int at, long value) {
        new UnsafeBuffer(frame).putLong(at, value, ByteOrder.LITTLE_ENDIAN);
    }

    static void putLength(byte[] frame, int length) {
        new UnsafeBuffer(frame).putInt(LENGTH, length, ByteOrder.LITTLE_ENDIAN);
    }

    /// Writes a frame's real length into its header if it is long enough to have one.
    static void putLengthIfThere(byte[] frame) {
        if (frame.length >= LENGTH + Integer.BYTES) {
            putLength(frame, frame.length);
        }
    }

    private static BooleanSupplier steps(int count) {
        int[] left = {count};
        return () -> left[0]-- == 0;
    }

    /// A transport that keeps a copy of what goes out.
    private static final class Recorder implements Transport {

        private final Transport delegate;
        private final List<byte[]> frames;

        Recorder(Transport delegate, List<byte[]> frames) {
            this.delegate = delegate;
            this.frames = frames;
        }

        @Override
        public <M> SendResult send(
                long toPeer, M message, MessageWriter<M> writer, FrameStamp stamp) {
            byte[] frame = new byte[stamp.frameLength(writer, message)];
            stamp.write(writer, message, 0, new UnsafeBuffer(frame), 0);
            frames.add(frame);
            return delegate.send(toPeer, message, writer, stamp);
        }

        @Override
        public <M> SendResult probe(
                PeerDescriptor to, M message, MessageWriter<M> writer, FrameStamp stamp) {
            return delegate.probe(to, message, writer, stamp);
        }

        @Override
        public Address localAddress() {
            return delegate.localAddress();
        }

        @Override
        public int maxFrameLength() {
            return delegate.maxFrameLength();
        }

        @Override
        public int maxConnections() {
            return delegate.maxConnections();
        }

        @Override
        public int poll(FrameDispatcher dispatcher, long nowNs, int limit) {
            return delegate.poll(dispatcher, nowNs, limit);
        }

        @Override
        public int maintain(long nowNs, FailureListener listener) {
            return delegate.maintain(nowNs, listener);
        }

        @Override
        public TransportCounters counters() {
            return delegate.counters();
        }

        @Override
        public void close() {
            delegate.close();
        }
    }
}
