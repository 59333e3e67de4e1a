package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.ChallengeEncoder;
import ai.bytesandbrains.codecs.sbe.wire.EchoEncoder;
import ai.bytesandbrains.codecs.sbe.wire.HelloEncoder;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderEncoder;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.session.Handshake;
import ai.bytesandbrains.engine.session.HandshakeMessage;

import org.agrona.MutableDirectBuffer;

/// Encodes the messages of the handshake.
public final class HandshakeWriter implements MessageWriter<HandshakeMessage> {

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final HelloEncoder hello = new HelloEncoder();
    private final ChallengeEncoder challenge = new ChallengeEncoder();
    private final EchoEncoder echo = new EchoEncoder();
    private final Words words = new Words();
    private final PeerDescriptor descriptor = new PeerDescriptor();

    /// Makes a writer.
    public HandshakeWriter() {}

    @Override
    public int frameLength(HandshakeMessage message) {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + switch (message.kind()) {
                    case HELLO -> HelloEncoder.BLOCK_LENGTH;
                    case CHALLENGE -> ChallengeEncoder.BLOCK_LENGTH;
                    case ECHO -> EchoEncoder.BLOCK_LENGTH;
                };
    }

    @Override
    public void write(
            HandshakeMessage message,
            long receiver,
            FrameStamp stamp,
            MutableDirectBuffer buffer,
            int offset) {
        int length = frameLength(message);
        switch (message.kind()) {
            case HELLO -> {
                hello.wrapAndApplyHeader(buffer, offset, header);
                stamp.apply(hello.frame(), Handshake.PROTOCOL_ID, receiver, length);
                hello.nonce(message.nonce());
                message.sender(descriptor);
                Descriptors.write(descriptor, words, hello.sender());
            }
            case CHALLENGE -> {
                challenge.wrapAndApplyHeader(buffer, offset, header);
                stamp.apply(challenge.frame(), Handshake.PROTOCOL_ID, receiver, length);
                challenge.nonce(message.nonce()).cookie(message.cookie());
            }
            case ECHO -> {
                echo.wrapAndApplyHeader(buffer, offset, header);
                stamp.apply(echo.frame(), Handshake.PROTOCOL_ID, receiver, length);
                echo.cookie(message.cookie());
                message.sender(descriptor);
                Descriptors.write(descriptor, words, echo.sender());
            }
        }
    }
}
