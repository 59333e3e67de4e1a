package ai.bytesandbrains.bench.sim;

import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.GossipReader;
import ai.bytesandbrains.codecs.sbe.GossipWriter;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.sim.Carrier;
import ai.bytesandbrains.engine.sim.Simulation;

import org.agrona.concurrent.UnsafeBuffer;

import java.lang.foreign.MemorySegment;

/// Carries the messages of a simulation as the frames that real nodes send: each one is encoded
/// when it is sent, and checked and decoded when it arrives, by the code that real nodes use.
public final class SbeCarrier implements Carrier<GossipMessage> {
    private static final long NETWORK = 1;

    private final Simulation simulation;
    private final PeerTable table;
    private final int maxBytes;
    private final GossipWriter writer = new GossipWriter();
    private final GossipReader reader = new GossipReader();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    // Two: a node answers while it still reads what it was asked.
    private final UnsafeBuffer outbound = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer inbound = new UnsafeBuffer(0, 0);
    private FrameStamp[] stamps = new FrameStamp[0];

    /// Makes a carrier.
    ///
    /// @param simulation whose messages they are
    /// @param maxPeers the most peers in a message
    public SbeCarrier(final Simulation simulation, final int maxPeers) {
        this.simulation = simulation;
        table = simulation.table();
        maxBytes = frameBytes(maxPeers);
    }

    /// How long a frame is.
    ///
    /// @param peers how many peers it carries
    /// @return bytes
    public static int frameBytes(final int peers) {
        return new GossipWriter().frameLength(new Sized(peers));
    }

    @Override
    public int maxBytes() {
        return maxBytes;
    }

    @Override
    public int write(
            final long from,
            final long to,
            final GossipMessage message,
            final MemorySegment into,
            final long offset) {
        outbound.wrap(into.address() + offset, maxBytes);
        writer.write(message, table.shortIdOf(to), stampOf(from), outbound, 0);
        return writer.frameLength(message);
    }

    @Override
    public GossipMessage read(
            final long from,
            final long to,
            final MemorySegment bytes,
            final long offset,
            final int length) {
        inbound.wrap(bytes.address() + offset, length);
        header.wrap(inbound, 0);
        final boolean sound =
                reader.wrap(header, table.shortIdOf(from), inbound, 0, length) == null;
        return sound ? reader.message() : null;
    }

    private FrameStamp stampOf(final long from) {
        if (stamps.length == 0) {
            stamps = new FrameStamp[simulation.table().capacity()];
        }
        final int node = simulation.nodeOf(from);
        if (stamps[node] == null) {
            stamps[node] = new FrameStamp(NETWORK, table.idOf(from), node);
        }
        return stamps[node];
    }

    /// A message of unsigned descriptors of which nothing but their number matters.
    private record Sized(int size) implements GossipMessage {
        @Override
        public GossipKind kind() {
            return GossipKind.REPLY;
        }

        @Override
        public long requestId() {
            return 0;
        }

        @Override
        public void peerAt(final int index, final PeerDescriptor into) {
            into.id(index + 1L, 0, 0, 0).age(0);
        }
    }
}
