package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.ChallengeDecoder;
import ai.bytesandbrains.codecs.sbe.wire.EchoDecoder;
import ai.bytesandbrains.codecs.sbe.wire.FrameHeaderDecoder;
import ai.bytesandbrains.codecs.sbe.wire.HelloDecoder;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorDecoder;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.session.HandshakeKind;
import ai.bytesandbrains.engine.session.HandshakeMessage;

import org.agrona.DirectBuffer;

/// Decodes the messages of the handshake.
public final class HandshakeReader implements MessageReader<HandshakeMessage> {

    /// Room for fields to come.
    private static final int MAX_FRAME_LENGTH = 512;

    private final HelloDecoder hello = new HelloDecoder();
    private final ChallengeDecoder challenge = new ChallengeDecoder();
    private final EchoDecoder echo = new EchoDecoder();
    private final Words words = new Words();
    private final PeerDescriptor descriptor = new PeerDescriptor();
    private final View view = new View();
    private HandshakeKind kind;

    /// Makes a reader.
    public HandshakeReader() {}

    @Override
    public HandshakeMessage message() {
        return view;
    }

    @Override
    public int maxFrameLength() {
        return MAX_FRAME_LENGTH;
    }

    @Override
    public DropReason wrap(
            MessageHeaderDecoder header, long sender, DirectBuffer buffer, int offset, int length) {
        kind = kindOf(header.templateId());
        if (kind == null) {
            return DropReason.UNKNOWN_KIND;
        }
        int block = header.blockLength();
        int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        if (block < blockLength() || block > length - MessageHeaderDecoder.ENCODED_LENGTH) {
            return DropReason.MALFORMED;
        }
        switch (kind) {
            case HELLO -> hello.wrap(buffer, body, block, header.version());
            case CHALLENGE -> challenge.wrap(buffer, body, block, header.version());
            case ECHO -> echo.wrap(buffer, body, block, header.version());
        }
        if (kind == HandshakeKind.CHALLENGE) {
            return null;
        }
        view.sender(descriptor);
        if (!descriptor.isValid() || (kind == HandshakeKind.HELLO && hello.nonce() == 0)) {
            return DropReason.MALFORMED;
        }
        return descriptor.shortId() == sender ? null : DropReason.SENDER_MISMATCH;
    }

    private static HandshakeKind kindOf(int template) {
        return switch (template) {
            case HelloDecoder.TEMPLATE_ID -> HandshakeKind.HELLO;
            case ChallengeDecoder.TEMPLATE_ID -> HandshakeKind.CHALLENGE;
            case EchoDecoder.TEMPLATE_ID -> HandshakeKind.ECHO;
            default -> null;
        };
    }

    private int blockLength() {
        return switch (kind) {
            case HELLO -> HelloDecoder.BLOCK_LENGTH;
            case CHALLENGE -> ChallengeDecoder.BLOCK_LENGTH;
            case ECHO -> EchoDecoder.BLOCK_LENGTH;
        };
    }

    private final class View implements HandshakeMessage {

        @Override
        public HandshakeKind kind() {
            return kind;
        }

        @Override
        public long nonce() {
            return switch (kind) {
                case HELLO -> hello.nonce();
                case CHALLENGE -> challenge.nonce();
                case ECHO -> 0;
            };
        }

        @Override
        public long cookie() {
            return switch (kind) {
                case HELLO -> 0;
                case CHALLENGE -> challenge.cookie();
                case ECHO -> echo.cookie();
            };
        }

        @Override
        public void sender(PeerDescriptor into) {
            if (kind == HandshakeKind.CHALLENGE) {
                throw new IllegalStateException("kind=CHALLENGE: carries no descriptor");
            }
            PeerDescriptorDecoder from =
                    kind == HandshakeKind.HELLO ? hello.sender() : echo.sender();
            Descriptors.read(words, from, into);
        }

        @Override
        public long incarnation() {
            return frame().incarnation();
        }

        @Override
        public long sequence() {
            return frame().sequence();
        }

        private FrameHeaderDecoder frame() {
            return switch (kind) {
                case HELLO -> hello.frame();
                case CHALLENGE -> challenge.frame();
                case ECHO -> echo.frame();
            };
        }
    }
}
