package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.ChunkDecoder;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.codecs.sbe.wire.TransferDecoder;
import ai.bytesandbrains.engine.transfer.Blob;
import ai.bytesandbrains.engine.transfer.TransferKind;
import ai.bytesandbrains.engine.transfer.TransferMessage;

import org.agrona.DirectBuffer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Decodes the messages of transfers.
public final class TransferReader implements MessageReader<TransferMessage> {

    /// A chunk and its header, with room for fields to come.
    private static final int MAX_FRAME_LENGTH = 2 * Blob.CHUNK_BYTES;

    private final Request request = new Request();
    private final Chunk chunk = new Chunk();
    private TransferMessage message;

    /// Makes a reader.
    public TransferReader() {}

    @Override
    public TransferMessage message() {
        return message;
    }

    @Override
    public int maxFrameLength() {
        return MAX_FRAME_LENGTH;
    }

    @Override
    public DropReason wrap(
            MessageHeaderDecoder header, long sender, DirectBuffer buffer, int offset, int length) {
        return switch (header.templateId()) {
            case TransferDecoder.TEMPLATE_ID -> {
                message = request;
                yield request.wrap(header, buffer, offset, length);
            }
            case ChunkDecoder.TEMPLATE_ID -> {
                message = chunk;
                yield chunk.wrap(header, buffer, offset, length);
            }
            default -> DropReason.UNKNOWN_KIND;
        };
    }

    private static final class Request implements TransferMessage {

        private final TransferDecoder decoder = new TransferDecoder();
        private TransferKind kind;

        DropReason wrap(MessageHeaderDecoder header, DirectBuffer buffer, int offset, int length) {
            int block = header.blockLength();
            int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
            if (block < TransferDecoder.BLOCK_LENGTH
                    || block > length - MessageHeaderDecoder.ENCODED_LENGTH) {
                return DropReason.MALFORMED;
            }
            decoder.wrap(buffer, body, block, header.version());
            kind = kindOf(decoder.kindRaw());
            if (kind == null) {
                return DropReason.UNKNOWN_KIND;
            }
            return decoder.length() > 0 && decoder.chunk() >= 0 ? null : DropReason.MALFORMED;
        }

        private static TransferKind kindOf(int code) {
            return switch (code) {
                case 1 -> TransferKind.OFFER;
                case 2 -> TransferKind.FETCH;
                case 3 -> TransferKind.GONE;
                default -> null;
            };
        }

        @Override
        public TransferKind kind() {
            return kind;
        }

        @Override
        public long hash0() {
            return decoder.hash0();
        }

        @Override
        public long hash1() {
            return decoder.hash1();
        }

        @Override
        public long hash2() {
            return decoder.hash2();
        }

        @Override
        public long hash3() {
            return decoder.hash3();
        }

        @Override
        public int length() {
            return decoder.length();
        }

        @Override
        public int chunk() {
            return decoder.chunk();
        }

        @Override
        public int wanted() {
            return decoder.wanted();
        }

        @Override
        public int byteCount() {
            return 0;
        }

        @Override
        public void copyBytes(MemorySegment into, long offset) {
            throw new IllegalStateException("kind=" + kind + ": carries no bytes");
        }
    }

    private static final class Chunk implements TransferMessage {

        private static final ValueLayout.OfLong WORD =
                ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

        private final ChunkDecoder decoder = new ChunkDecoder();
        private DirectBuffer buffer;
        private int bytesAt;
        private int byteCount;

        DropReason wrap(MessageHeaderDecoder header, DirectBuffer buffer, int offset, int length) {
            int block = header.blockLength();
            int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
            int limit = offset + length;
            int lengthAt = body + block;
            if (block < ChunkDecoder.BLOCK_LENGTH
                    || lengthAt > limit - ChunkDecoder.bytesHeaderLength()) {
                return DropReason.MALFORMED;
            }
            this.buffer = buffer;
            decoder.wrap(buffer, body, block, header.version());
            bytesAt = lengthAt + ChunkDecoder.bytesHeaderLength();
            byteCount = buffer.getShort(lengthAt, ByteOrder.LITTLE_ENDIAN) & 0xffff;
            boolean sound =
                    byteCount > 0
                            && byteCount <= Blob.CHUNK_BYTES
                            && byteCount <= limit - bytesAt
                            && decoder.length() > 0
                            && decoder.chunk() >= 0;
            return sound ? null : DropReason.MALFORMED;
        }

        @Override
        public TransferKind kind() {
            return TransferKind.CHUNK;
        }

        @Override
        public long hash0() {
            return decoder.hash0();
        }

        @Override
        public long hash1() {
            return decoder.hash1();
        }

        @Override
        public long hash2() {
            return decoder.hash2();
        }

        @Override
        public long hash3() {
            return decoder.hash3();
        }

        @Override
        public int length() {
            return decoder.length();
        }

        @Override
        public int chunk() {
            return decoder.chunk();
        }

        @Override
        public int wanted() {
            return 0;
        }

        @Override
        public int byteCount() {
            return byteCount;
        }

        @Override
        public void copyBytes(MemorySegment into, long offset) {
            int at = 0;
            for (; byteCount - at >= Long.BYTES; at += Long.BYTES) {
                long word = buffer.getLong(bytesAt + at, ByteOrder.LITTLE_ENDIAN);
                into.set(WORD, offset + at, word);
            }
            for (; at < byteCount; at++) {
                into.set(ValueLayout.JAVA_BYTE, offset + at, buffer.getByte(bytesAt + at));
            }
        }
    }
}
