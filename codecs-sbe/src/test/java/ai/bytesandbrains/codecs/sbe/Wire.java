package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Protocol;
import ai.bytesandbrains.engine.search.FederatedSearch;
import ai.bytesandbrains.engine.search.SearchMessage;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// A sender, a dispatcher, and protocols that record what reaches them.
final class Wire implements AutoCloseable {

    static final long NETWORK = 77;
    static final int SENDER = 5;
    static final int RECEIVER = 6;

    // Where the fields of a frame are, from its start: the layout in schema.xml.
    static final int BLOCK_LENGTH = 0;
    static final int TEMPLATE = 2;
    static final int SCHEMA = 4;
    static final int VERSION = 6;
    static final int PROTOCOL = 8;
    static final int MAJOR = 10;
    static final int MINOR = 11;
    static final int LENGTH = 12;
    static final int NETWORK_ID = 16;
    static final int SENDER_ID = 24;
    static final int RECEIVER_ID = 32;
    static final int BODY = 56;

    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
    private static final int POISON_BYTES = 256;

    final PeerTable table = new PeerTable(64);
    final DropCounters drops = new DropCounters();
    final FrameDispatcher dispatcher =
            new FrameDispatcher(NETWORK, Peers.peer(RECEIVER).id(), table, drops);
    final List<Long> senders = new ArrayList<>();
    final List<Gossip> gossip = new ArrayList<>();
    final List<SearchMessage> search = new ArrayList<>();

    final Protocol<GossipMessage> gossipProtocol =
            new Recorder<>(GossipPeerSampling.PROTOCOL_ID) {
                @Override
                void take(long from, GossipMessage message) {
                    senders.add(from);
                    gossip.add(Gossip.copy(message));
                }
            };
    final Protocol<SearchMessage> searchProtocol =
            new Recorder<>(FederatedSearch.PROTOCOL_ID) {
                @Override
                void take(long from, SearchMessage message) {
                    senders.add(from);
                    search.add(Search.copy(message));
                }
            };

    private final FrameStamp stamp = new FrameStamp(NETWORK, Peers.peer(SENDER).id(), 123);
    private final GossipWriter gossipWriter = new GossipWriter();
    private final SearchWriter searchWriter = new SearchWriter();
    private final UnsafeBuffer around = new UnsafeBuffer(ByteBuffer.allocateDirect(1 << 17));
    private final UnsafeBuffer window = new UnsafeBuffer(0, 0);

    /// A wire without protocols.
    static Wire bare() {
        return new Wire();
    }

    /// A wire whose protocols record.
    static Wire recording() {
        Wire wire = new Wire();
        wire.dispatcher
                .bind(wire.gossipProtocol, new GossipReader())
                .bind(wire.searchProtocol, new SearchReader());
        return wire;
    }

    /// A protocol that keeps copies of what reaches it.
    static Protocol<GossipMessage> gossipInto(List<Gossip> messages) {
        return new Recorder<>(GossipPeerSampling.PROTOCOL_ID) {
            @Override
            void take(long from, GossipMessage message) {
                messages.add(Gossip.copy(message));
            }
        };
    }

    byte[] frame(GossipMessage message) {
        return frame(message, gossipWriter);
    }

    byte[] frame(SearchMessage message) {
        return frame(message, searchWriter);
    }

    byte[] randomFrame(Random random) {
        return random.nextBoolean()
                ? frame(Gossip.random(random, SENDER))
                : frame(Search.random(random, SENDER));
    }

    long sender() {
        return table.acquire(new PeerDescriptor().set(Peers.peer(SENDER)));
    }

    int delivered() {
        return gossip.size() + search.size();
    }

    int take(byte[] frame) {
        return take(frame, 0);
    }

    /// Hands a frame over from the middle of a buffer of poison outside the heap, through a window
    /// of exactly its size: a read outside throws.
    int take(byte[] frame, int at) {
        around.setMemory(0, frame.length + 2 * POISON_BYTES, (byte) 0xa5);
        around.putBytes(POISON_BYTES, frame);
        window.wrap(around, POISON_BYTES - at, frame.length + at);
        return dispatcher.onFrame(window, at, frame.length, 0);
    }

    /// Hands a frame over, which has to be dropped, for this reason and no other.
    void assertDropped(byte[] frame, DropReason reason) {
        assertThat(take(frame)).isZero();
        assertThat(delivered()).isZero();
        for (DropReason each : DropReason.values()) {
            assertThat(drops.get(each)).as("%s", each).isEqualTo(each == reason ? 1 : 0);
        }
        assertThat(drops.total()).isEqualTo(1);
    }

    static void putLong(byte[] frame, int at, long value) {
        new UnsafeBuffer(frame).putLong(at, value, LITTLE);
    }

    static void putInt(byte[] frame, int at, int value) {
        new UnsafeBuffer(frame).putInt(at, value, LITTLE);
    }

    static void putShort(byte[] frame, int at, int value) {
        new UnsafeBuffer(frame).putShort(at, (short) value, LITTLE);
    }

    static int getShort(byte[] frame, int at) {
        return new UnsafeBuffer(frame).getShort(at, LITTLE) & 0xffff;
    }

    /// The frame with bytes put into it, and its length put right.
    static byte[] widened(byte[] frame, int at, int bytes) {
        byte[] wide = new byte[frame.length + bytes];
        System.arraycopy(frame, 0, wide, 0, at);
        Arrays.fill(wide, at, at + bytes, (byte) 0x5a);
        System.arraycopy(frame, at, wide, at + bytes, frame.length - at);
        putInt(wide, LENGTH, wide.length);
        return wide;
    }

    @Override
    public void close() {
        table.close();
    }

    private <M> byte[] frame(M message, MessageWriter<M> writer) {
        int length = writer.frameLength(message);
        byte[] around = new byte[length + 2 * POISON_BYTES];
        UnsafeBuffer buffer = new UnsafeBuffer(around, 0, POISON_BYTES + length);
        writer.write(message, RECEIVER, stamp, buffer, POISON_BYTES);
        return Arrays.copyOfRange(around, POISON_BYTES, POISON_BYTES + length);
    }

    abstract static class Recorder<M> implements Protocol<M> {

        private final int protocolId;

        Recorder(int protocolId) {
            this.protocolId = protocolId;
        }

        abstract void take(long from, M message);

        @Override
        public int protocolId() {
            return protocolId;
        }

        @Override
        public int poll(long nowNs) {
            return 0;
        }

        @Override
        public int onMessage(long fromPeer, M message, long nowNs) {
            take(fromPeer, message);
            return 1;
        }

        @Override
        public long nextDeadlineNs(long nowNs) {
            return Long.MAX_VALUE;
        }

        @Override
        public void onConnectionFailed(long peer, long nowNs) {}
    }
}
