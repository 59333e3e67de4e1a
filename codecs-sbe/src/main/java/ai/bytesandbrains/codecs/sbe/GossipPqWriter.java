package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.GossipPqEncoder;
import ai.bytesandbrains.codecs.sbe.wire.GossipPqKind;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderEncoder;
import ai.bytesandbrains.engine.gossippq.GossipPq;
import ai.bytesandbrains.engine.gossippq.GossipPqMessage;

import org.agrona.MutableDirectBuffer;

import java.lang.foreign.MemorySegment;

/// Encodes the messages that learn a codebook.
public final class GossipPqWriter implements MessageWriter<GossipPqMessage> {
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final GossipPqEncoder encoder = new GossipPqEncoder();
    private final byte[] bytes;
    private final MemorySegment body;

    /// Makes a writer.
    ///
    /// @param maxBody the longest body of a message
    public GossipPqWriter(int maxBody) {
        bytes = new byte[maxBody];
        body = MemorySegment.ofArray(bytes);
    }

    @Override
    public int frameLength(GossipPqMessage message) {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + GossipPqEncoder.BLOCK_LENGTH
                + GossipPqEncoder.bodyHeaderLength()
                + message.bodyBytes();
    }

    @Override
    public void write(
            GossipPqMessage message,
            long receiver,
            FrameStamp stamp,
            MutableDirectBuffer buffer,
            int offset) {
        encoder.wrapAndApplyHeader(buffer, offset, header);
        stamp.apply(encoder.frame(), GossipPq.PROTOCOL_ID, receiver, frameLength(message));
        encoder.requestId(message.requestId())
                .space(message.space())
                .codebookHigh(message.codebookHigh())
                .codebookLow(message.codebookLow())
                .threshold(message.threshold())
                .ranges(message.ranges())
                .epoch(message.epoch())
                .number(message.number())
                .subspace(message.subspace())
                .count(message.count())
                .kind(GossipPqKind.get((short) message.kind().code()))
                .flags((short) message.flags());
        message.copyBody(body, 0);
        encoder.putBody(bytes, 0, message.bodyBytes());
    }
}
