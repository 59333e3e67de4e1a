package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.ToIntFunction;

/// Carries gossip messages in a form that is small and quick to read: nodes of the simulation as
/// numbers, everybody else in full.
///
/// Layout: request id 8, kind 4, size 4, then for each peer number 4 and age 4. A number below zero
/// says that the peer is number `-1 - number` of the strangers that follow, 64 bytes each: identity
/// 32, IP 16, address kind 4, port 4, stream 4, unused 4.
public final class GossipCarrier implements Carrier<GossipMessage> {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int KIND = 8;
    private static final int SIZE = 12;
    private static final int PEERS = 16;
    private static final int PEER_BYTES = 8;
    private static final int STRANGER_BYTES = 56;

    /// Nobody reads it; a compiler cannot know.
    long touched;

    private final Simulation simulation;
    private final int maxPeers;
    private final ToIntFunction<GossipMessage> wireBytes;
    private final PeerDescriptor descriptor = new PeerDescriptor();
    private final Read read = new Read();

    /// Makes a carrier.
    ///
    /// @param simulation whose nodes the peers are
    /// @param maxPeers the most peers in a message
    /// @param wireBytes how long a message is on a real wire
    public GossipCarrier(
            Simulation simulation, int maxPeers, ToIntFunction<GossipMessage> wireBytes) {
        this.simulation = simulation;
        this.maxPeers = maxPeers;
        this.wireBytes = wireBytes;
    }

    /// {@return the bytes that this form takes for nodes of the simulation}
    ///
    /// @param peers how many
    static int bytesOf(int peers) {
        return PEERS + peers * PEER_BYTES;
    }

    @Override
    public int maxBytes() {
        return PEERS + maxPeers * (PEER_BYTES + STRANGER_BYTES);
    }

    @Override
    public int write(long from, long to, GossipMessage message, MemorySegment into, long offset) {
        int size = Math.min(message.size(), maxPeers);
        into.set(LONG, offset, message.requestId());
        into.set(INT, offset + KIND, message.kind().code());
        into.set(INT, offset + SIZE, size);
        int strangersAt = PEERS + size * PEER_BYTES;
        int strangers = 0;
        for (int i = 0; i < size; i++) {
            message.peerAt(i, descriptor);
            int number = simulation.numberOf(descriptor);
            if (number < 0) {
                number = -1 - strangers;
                writeStranger(into, offset + strangersAt + (long) strangers * STRANGER_BYTES);
                strangers++;
            }
            long at = offset + PEERS + (long) i * PEER_BYTES;
            into.set(INT, at, number);
            into.set(INT, at + Integer.BYTES, descriptor.age());
        }
        return strangersAt + strangers * STRANGER_BYTES;
    }

    @Override
    public GossipMessage read(long from, long to, MemorySegment bytes, long offset, int length) {
        read.bytes = bytes;
        read.offset = offset;
        read.touchPeers();
        return read;
    }

    @Override
    public int wireBytes(GossipMessage message, int written) {
        return wireBytes.applyAsInt(message);
    }

    private void writeStranger(MemorySegment into, long at) {
        into.set(LONG, at, descriptor.shortId());
        into.set(LONG, at + 8, descriptor.id1());
        into.set(LONG, at + 16, descriptor.id2());
        into.set(LONG, at + 24, descriptor.id3());
        into.set(LONG, at + 32, descriptor.ipHigh());
        into.set(LONG, at + 40, descriptor.ipLow());
        into.set(LONG, at + 48, descriptor.place());
    }

    private final class Read implements GossipMessage {

        private MemorySegment bytes;
        private long offset;

        /// The receiver will look all of them up, one after the other: this is quicker.
        private void touchPeers() {
            int size = size();
            for (int i = 0; i < size; i++) {
                int number = bytes.get(INT, offset + PEERS + (long) i * PEER_BYTES);
                touched += simulation.table().touch(number);
            }
        }

        @Override
        public GossipKind kind() {
            return GossipKind.ofCode(bytes.get(INT, offset + KIND));
        }

        @Override
        public long requestId() {
            return bytes.get(LONG, offset);
        }

        @Override
        public int size() {
            return bytes.get(INT, offset + SIZE);
        }

        @Override
        public void peerAt(int index, PeerDescriptor into) {
            long at = offset + PEERS + (long) index * PEER_BYTES;
            int number = bytes.get(INT, at);
            if (number >= 0) {
                simulation.describe(number, into);
                into.handle(simulation.handleOf(number));
            } else {
                long strangers = offset + PEERS + (long) size() * PEER_BYTES;
                readStranger(strangers + (-1L - number) * STRANGER_BYTES, into);
            }
            into.age(bytes.get(INT, at + Integer.BYTES));
        }

        private void readStranger(long at, PeerDescriptor into) {
            into.id(
                            bytes.get(LONG, at),
                            bytes.get(LONG, at + 8),
                            bytes.get(LONG, at + 16),
                            bytes.get(LONG, at + 24))
                    .address(
                            bytes.get(LONG, at + 32),
                            bytes.get(LONG, at + 40),
                            bytes.get(LONG, at + 48));
        }
    }
}
