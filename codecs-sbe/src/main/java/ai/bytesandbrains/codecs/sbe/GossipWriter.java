package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.GossipEncoder;
import ai.bytesandbrains.codecs.sbe.wire.GroupSizeEncodingEncoder;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderEncoder;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import org.agrona.MutableDirectBuffer;

/// Encodes gossip messages. One whose sender is not signed carries no proofs at all, and is a
/// message of the schema's first version, byte for byte.
public final class GossipWriter implements MessageWriter<GossipMessage> {

    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int GROUP = HEADER + GossipEncoder.BLOCK_LENGTH;
    private static final int PEERS = GROUP + GroupSizeEncodingEncoder.ENCODED_LENGTH;
    private static final int COUNT_SHIFT =
            Byte.SIZE * GroupSizeEncodingEncoder.numInGroupEncodingOffset();
    private static final int REQUEST_ID = GossipEncoder.requestIdEncodingOffset();
    private static final int KIND = GossipEncoder.kindEncodingOffset();
    private static final long UNSIGNED_HEADER = header(Descriptors.PROOF_VERSION - 1);
    private static final long SIGNED_HEADER = header(GossipEncoder.SCHEMA_VERSION);

    private final Words frame = new Words();
    private final PeerDescriptor descriptor = new PeerDescriptor();

    /// Makes a writer.
    public GossipWriter() {}

    @Override
    public int frameLength(GossipMessage message) {
        return frameLength(message.size(), message.isSigned(descriptor));
    }

    @Override
    public void write(
            GossipMessage message,
            long receiver,
            FrameStamp stamp,
            MutableDirectBuffer buffer,
            int offset) {
        int size = message.size();
        boolean signed = message.isSigned(descriptor);
        int length = frameLength(size, signed);
        frame.wrap(buffer, offset, length);
        frame.putLong(frame.at(0, HEADER), signed ? SIGNED_HEADER : UNSIGNED_HEADER);
        stamp.apply(frame, HEADER, GossipPeerSampling.PROTOCOL_ID, receiver, length);
        long fields = frame.at(HEADER, GossipEncoder.BLOCK_LENGTH);
        frame.putLong(fields + REQUEST_ID, message.requestId());
        frame.putByte(fields + KIND, message.kind().code());
        int stride = signed ? Descriptors.SIGNED : Descriptors.BARE;
        frame.putInt(frame.at(GROUP, PEERS - GROUP), size << COUNT_SHIFT | stride);
        for (int i = 0; i < size; i++) {
            message.peerAt(i, descriptor);
            writePeer(PEERS + i * stride, signed);
        }
    }

    private void writePeer(int at, boolean signed) {
        Descriptors.write(descriptor, frame, at);
        if (signed) {
            Descriptors.writeProof(descriptor, frame, at + Descriptors.BARE);
        }
    }

    private static int frameLength(int size, boolean signed) {
        return PEERS + size * (signed ? Descriptors.SIGNED : Descriptors.BARE);
    }

    private static long header(int version) {
        return MessageHeaders.of(GossipEncoder.BLOCK_LENGTH, GossipEncoder.TEMPLATE_ID, version);
    }
}
