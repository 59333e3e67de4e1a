package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.FrameHeaderEncoder;

/// Where things are in the header of a frame, behind the message header, as words: the schema says
/// it, and this checks that it still does.
final class FrameHeader {

    /// Protocol, versions and length in one word.
    static final int PROTOCOL = FrameHeaderEncoder.protocolIdEncodingOffset();

    static final int MAJOR_SHIFT = shift(FrameHeaderEncoder.versionMajorEncodingOffset());
    static final int MINOR_SHIFT = shift(FrameHeaderEncoder.versionMinorEncodingOffset());
    static final int LENGTH_SHIFT = shift(FrameHeaderEncoder.lengthEncodingOffset());
    static final int NETWORK = FrameHeaderEncoder.networkIdEncodingOffset();
    static final int SENDER = FrameHeaderEncoder.senderEncodingOffset();
    static final int RECEIVER = FrameHeaderEncoder.receiverEncodingOffset();
    static final int INCARNATION = FrameHeaderEncoder.incarnationEncodingOffset();
    static final int SEQUENCE = FrameHeaderEncoder.sequenceEncodingOffset();

    private FrameHeader() {}

    private static int shift(int offset) {
        return Byte.SIZE * (offset - PROTOCOL);
    }
}
