package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.GossipPqDecoder;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.engine.gossippq.GossipPqBody;
import ai.bytesandbrains.engine.gossippq.GossipPqKind;
import ai.bytesandbrains.engine.gossippq.GossipPqMessage;

import org.agrona.DirectBuffer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Decodes the messages that learn a codebook.
public final class GossipPqReader implements MessageReader<GossipPqMessage> {
    private final GossipPqDecoder decoder = new GossipPqDecoder();
    private final int dimensions;
    private final int subspaces;
    private final byte[] bytes;
    private final View view = new View();
    private DirectBuffer buffer;
    private GossipPqKind kind;
    private int bodyAt;
    private int bodyBytes;

    /// Makes a reader.
    ///
    /// @param dimensions components of an item
    /// @param subspaces how many subspaces the network has
    /// @param maxBody the longest body of a message
    public GossipPqReader(int dimensions, int subspaces, int maxBody) {
        this.dimensions = dimensions;
        this.subspaces = subspaces;
        bytes = new byte[maxBody];
    }

    @Override
    public GossipPqMessage message() {
        return view;
    }

    @Override
    public int maxFrameLength() {
        return MessageHeaderDecoder.ENCODED_LENGTH
                + GossipPqDecoder.BLOCK_LENGTH
                + GossipPqDecoder.bodyHeaderLength()
                + bytes.length;
    }

    @Override
    public DropReason wrap(
            MessageHeaderDecoder header, long sender, DirectBuffer buffer, int offset, int length) {
        if (header.templateId() != GossipPqDecoder.TEMPLATE_ID) {
            return DropReason.UNKNOWN_KIND;
        }
        int block = header.blockLength();
        int end = offset + length;
        int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        int lengthBytes = GossipPqDecoder.bodyHeaderLength();
        if (block < GossipPqDecoder.BLOCK_LENGTH || body + block + lengthBytes > end) {
            return DropReason.MALFORMED;
        }
        this.buffer = buffer;
        bodyAt = body + block + lengthBytes;
        bodyBytes = buffer.getShort(body + block, ByteOrder.LITTLE_ENDIAN) & 0xffff;
        if (bodyBytes > end - bodyAt || bodyBytes > bytes.length) {
            return DropReason.MALFORMED;
        }
        decoder.wrap(buffer, body, block, header.version());
        kind = GossipPqKind.ofCode(decoder.kindRaw());
        if (kind == null) {
            return DropReason.UNKNOWN_KIND;
        }
        return GossipPqBody.isSound(view, dimensions, subspaces) ? null : DropReason.MALFORMED;
    }

    private final class View implements GossipPqMessage {
        @Override
        public GossipPqKind kind() {
            return kind;
        }

        @Override
        public long requestId() {
            return decoder.requestId();
        }

        @Override
        public int epoch() {
            return decoder.epoch();
        }

        @Override
        public long space() {
            return decoder.space();
        }

        @Override
        public long codebookHigh() {
            return decoder.codebookHigh();
        }

        @Override
        public long codebookLow() {
            return decoder.codebookLow();
        }

        @Override
        public int flags() {
            return decoder.flags();
        }

        @Override
        public int subspace() {
            return decoder.subspace();
        }

        @Override
        public int number() {
            return decoder.number();
        }

        @Override
        public long threshold() {
            return decoder.threshold();
        }

        @Override
        public long ranges() {
            return decoder.ranges();
        }

        @Override
        public int count() {
            return decoder.count();
        }

        @Override
        public int bodyBytes() {
            return bodyBytes;
        }

        @Override
        public void copyBody(MemorySegment into, long offset) {
            buffer.getBytes(bodyAt, bytes, 0, bodyBytes);
            MemorySegment.copy(bytes, 0, into, ValueLayout.JAVA_BYTE, offset, bodyBytes);
        }
    }
}
