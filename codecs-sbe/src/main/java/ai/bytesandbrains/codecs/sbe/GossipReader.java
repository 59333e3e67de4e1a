package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.DescriptorProofDecoder;
import ai.bytesandbrains.codecs.sbe.wire.GossipDecoder;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorDecoder;
import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import org.agrona.DirectBuffer;

/// Decodes gossip messages.
public final class GossipReader implements MessageReader<GossipMessage> {

    /// 170 signed peers, far more than any exchange has.
    private static final int MAX_FRAME_LENGTH = 1 << 15;

    private final GossipDecoder decoder = new GossipDecoder();
    private final GroupView peers = new GroupView();
    private final PeerDescriptorDecoder peer = new PeerDescriptorDecoder();
    private final View view = new View();
    private final DescriptorProofDecoder proof = new DescriptorProofDecoder();
    private GossipKind kind;
    private boolean signed;

    /// Makes a reader.
    public GossipReader() {}

    @Override
    public GossipMessage message() {
        return view;
    }

    @Override
    public int maxFrameLength() {
        return MAX_FRAME_LENGTH;
    }

    @Override
    public DropReason wrap(
            MessageHeaderDecoder header, long sender, DirectBuffer buffer, int offset, int length) {
        if (header.templateId() != GossipDecoder.TEMPLATE_ID) {
            return DropReason.UNKNOWN_KIND;
        }
        int block = header.blockLength();
        int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        if (block < GossipDecoder.BLOCK_LENGTH
                || !peers.wrap(
                        buffer,
                        body + block,
                        offset + length,
                        PeerDescriptorDecoder.ENCODED_LENGTH)) {
            return DropReason.MALFORMED;
        }
        decoder.wrap(buffer, body, block, header.version());
        signed =
                header.version() >= Descriptors.PROOF_VERSION
                        && peers.stride() >= Descriptors.SIGNED;
        kind = GossipKind.ofCode(decoder.kindRaw());
        return kind == null ? DropReason.UNKNOWN_KIND : checkPeers(sender);
    }

    @Override
    public boolean sender(PeerDescriptor into) {
        if (peers.count() == 0) {
            return false;
        }
        view.peerAt(0, into);
        return true;
    }

    private DropReason checkPeers(long sender) {
        if (kind.hasPeers() != peers.count() > 0) {
            return DropReason.MALFORMED;
        }
        for (int i = 0; i < peers.count(); i++) {
            peer.wrap(peers.buffer(), peers.entry(i));
            if (!Descriptors.isValid(peer)) {
                return DropReason.MALFORMED;
            }
            if (i == 0 && peer.id0() != sender) {
                return DropReason.SENDER_MISMATCH;
            }
        }
        return null;
    }

    private final class View implements GossipMessage {

        @Override
        public GossipKind kind() {
            return kind;
        }

        @Override
        public long requestId() {
            return decoder.requestId();
        }

        @Override
        public int size() {
            return peers.count();
        }

        @Override
        public void peerAt(int index, PeerDescriptor into) {
            peer.wrap(peers.buffer(), peers.entry(index));
            Descriptors.read(peer, into);
            if (signed) {
                proof.wrap(peers.buffer(), peers.entry(index) + Descriptors.BARE);
                Descriptors.readProof(proof, into);
            }
        }
    }
}
