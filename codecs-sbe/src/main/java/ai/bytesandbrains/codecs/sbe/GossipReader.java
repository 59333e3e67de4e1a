package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.GossipDecoder;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import org.agrona.DirectBuffer;

/// Decodes gossip messages.
public final class GossipReader implements MessageReader<GossipMessage> {

    /// 170 signed peers, far more than any exchange has.
    private static final int MAX_FRAME_LENGTH = 1 << 15;

    private static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int REQUEST_ID = GossipDecoder.requestIdEncodingOffset();
    private static final int KIND = GossipDecoder.kindEncodingOffset();

    private final Words frame = new Words();
    private final GroupView peers = new GroupView();
    private final View view = new View();
    private GossipKind kind;
    private long requestId;
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
        frame.wrap(buffer, offset, length);
        long headerWord = frame.getLong(frame.at(0, HEADER));
        if (MessageHeaders.templateId(headerWord) != GossipDecoder.TEMPLATE_ID) {
            return DropReason.UNKNOWN_KIND;
        }
        int block = MessageHeaders.blockLength(headerWord);
        if (block < GossipDecoder.BLOCK_LENGTH
                || !peers.wrap(frame, HEADER + block, length, Descriptors.BARE)) {
            return DropReason.MALFORMED;
        }
        signed =
                MessageHeaders.version(headerWord) >= Descriptors.PROOF_VERSION
                        && peers.stride() >= Descriptors.SIGNED;
        long fields = frame.at(HEADER, GossipDecoder.BLOCK_LENGTH);
        requestId = frame.getLong(fields + REQUEST_ID);
        kind = GossipKind.ofCode(frame.getByte(fields + KIND));
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
        int count = peers.count();
        if (kind.hasPeers() != count > 0) {
            return DropReason.MALFORMED;
        }
        for (int i = 0; i < count; i++) {
            long shortId = Descriptors.validShortId(frame, peers.entry(i));
            if (shortId == 0) {
                return DropReason.MALFORMED;
            }
            if (i == 0 && shortId != sender) {
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
            return requestId;
        }

        @Override
        public int size() {
            return peers.count();
        }

        @Override
        public void peerAt(int index, PeerDescriptor into) {
            int at = peers.entry(index);
            Descriptors.read(frame, at, into);
            if (signed) {
                Descriptors.readProof(frame, at + Descriptors.BARE, into);
            }
        }
    }
}
