package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.DescriptorProofEncoder;
import ai.bytesandbrains.codecs.sbe.wire.GossipEncoder;
import ai.bytesandbrains.codecs.sbe.wire.GossipKind;
import ai.bytesandbrains.codecs.sbe.wire.GroupSizeEncodingEncoder;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderEncoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorEncoder;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import org.agrona.MutableDirectBuffer;

/// Encodes gossip messages. One whose sender is not signed carries no proofs at all, and is a
/// message of the schema's first version, byte for byte.
public final class GossipWriter implements MessageWriter<GossipMessage> {

    private static final int UNSIGNED_VERSION = Descriptors.PROOF_VERSION - 1;

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final GossipEncoder encoder = new GossipEncoder();
    private final GroupSizeEncodingEncoder group = new GroupSizeEncodingEncoder();
    private final PeerDescriptorEncoder peer = new PeerDescriptorEncoder();
    private final DescriptorProofEncoder proof = new DescriptorProofEncoder();
    private final PeerDescriptor descriptor = new PeerDescriptor();

    /// Makes a writer.
    public GossipWriter() {}

    @Override
    public int frameLength(GossipMessage message) {
        return frameLength(message.size(), isSigned(message));
    }

    @Override
    public void write(
            GossipMessage message,
            long receiver,
            FrameStamp stamp,
            MutableDirectBuffer buffer,
            int offset) {
        int size = message.size();
        boolean signed = isSigned(message);
        encoder.wrapAndApplyHeader(buffer, offset, header);
        if (!signed) {
            header.version(UNSIGNED_VERSION);
        }
        stamp.apply(
                encoder.frame(),
                GossipPeerSampling.PROTOCOL_ID,
                receiver,
                frameLength(size, signed));
        encoder.requestId(message.requestId()).kind(GossipKind.get((short) message.kind().code()));
        int stride = signed ? Descriptors.SIGNED : Descriptors.BARE;
        // The generated group encoder knows entries of one length only.
        int at = encoder.limit();
        group.wrap(buffer, at).blockLength(stride).numInGroup(size);
        at += GroupSizeEncodingEncoder.ENCODED_LENGTH;
        for (int i = 0; i < size; i++, at += stride) {
            message.peerAt(i, descriptor);
            Descriptors.write(descriptor, peer.wrap(buffer, at));
            if (signed) {
                proof.wrap(buffer, at + Descriptors.BARE);
                Descriptors.writeProof(descriptor, proof);
            }
        }
    }

    private boolean isSigned(GossipMessage message) {
        if (message.size() == 0) {
            return false;
        }
        message.peerAt(0, descriptor);
        return descriptor.isSigned();
    }

    private static int frameLength(int size, boolean signed) {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + GossipEncoder.BLOCK_LENGTH
                + GroupSizeEncodingEncoder.ENCODED_LENGTH
                + size * (signed ? Descriptors.SIGNED : Descriptors.BARE);
    }
}
