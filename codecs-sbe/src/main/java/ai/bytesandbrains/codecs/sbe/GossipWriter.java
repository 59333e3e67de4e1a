package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.GossipEncoder;
import ai.bytesandbrains.codecs.sbe.wire.GossipKind;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderEncoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorEncoder;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import org.agrona.MutableDirectBuffer;

/// Encodes gossip messages.
public final class GossipWriter implements MessageWriter<GossipMessage> {

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final GossipEncoder encoder = new GossipEncoder();
    private final PeerDescriptor descriptor = new PeerDescriptor();

    /// Makes a writer.
    public GossipWriter() {}

    @Override
    public int frameLength(GossipMessage message) {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + GossipEncoder.BLOCK_LENGTH
                + GossipEncoder.PeersEncoder.HEADER_SIZE
                + message.size() * PeerDescriptorEncoder.ENCODED_LENGTH;
    }

    @Override
    public void write(
            GossipMessage message,
            long receiver,
            FrameStamp stamp,
            MutableDirectBuffer buffer,
            int offset) {
        encoder.wrapAndApplyHeader(buffer, offset, header);
        stamp.apply(
                encoder.frame(), GossipPeerSampling.PROTOCOL_ID, receiver, frameLength(message));
        encoder.requestId(message.requestId()).kind(GossipKind.get((short) message.kind().code()));
        int size = message.size();
        GossipEncoder.PeersEncoder peers = encoder.peersCount(size);
        for (int i = 0; i < size; i++) {
            message.peerAt(i, descriptor);
            Descriptors.write(descriptor, peers.next().peer());
        }
    }
}
