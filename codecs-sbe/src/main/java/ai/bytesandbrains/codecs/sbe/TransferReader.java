package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.ChunkDecoder;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.codecs.sbe.wire.TransferDecoder;
import ai.bytesandbrains.engine.transfer.Blob;
import ai.bytesandbrains.engine.transfer.TransferKind;
import ai.bytesandbrains.engine.transfer.TransferMessage;

import org.agrona.DirectBuffer;

import java.lang.foreign.MemorySegment;

/// Decodes the messages of transfers.
public final class TransferReader implements MessageReader<TransferMessage> {

    /// A chunk and its header, with room for fields to come.
    private static final int MAX_FRAME_LENGTH = 2 * Blob.CHUNK_BYTES;

    private final TransferDecoder request = new TransferDecoder();
    private final Words chunk = new Words();
    private final View view = new View();

    /// Makes a reader.
    public TransferReader() {}

    @Override
    public TransferMessage message() {
        return view;
    }

    @Override
    public int maxFrameLength() {
        return MAX_FRAME_LENGTH;
    }

    @Override
    public DropReason wrap(
            MessageHeaderDecoder header, long sender, DirectBuffer buffer, int offset, int length) {
        int block = header.blockLength();
        int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        int limit = offset + length;
        DropReason reason =
                switch (header.templateId()) {
                    case TransferDecoder.TEMPLATE_ID ->
                            wrapRequest(header.version(), buffer, body, block, limit);
                    case ChunkDecoder.TEMPLATE_ID -> wrapChunk(buffer, body, block, limit);
                    default -> DropReason.UNKNOWN_KIND;
                };
        boolean sound = reason != null || (view.length > 0 && view.chunk >= 0);
        return sound ? reason : DropReason.MALFORMED;
    }

    private DropReason wrapRequest(
            int version, DirectBuffer buffer, int body, int block, int limit) {
        if (block < TransferDecoder.BLOCK_LENGTH || block > limit - body) {
            return DropReason.MALFORMED;
        }
        request.wrap(buffer, body, block, version);
        view.kind = kindOf(request.kindRaw());
        view.hash(request.hash0(), request.hash1(), request.hash2(), request.hash3());
        view.place(request.length(), request.chunk(), request.wanted());
        return view.kind == null ? DropReason.UNKNOWN_KIND : null;
    }

    private DropReason wrapChunk(DirectBuffer buffer, int body, int block, int limit) {
        if (block < ChunkDecoder.BLOCK_LENGTH || !view.bytes.wrap(buffer, body + block, limit)) {
            return DropReason.MALFORMED;
        }
        chunk.wrap(buffer, body, ChunkDecoder.BLOCK_LENGTH);
        long fields = chunk.at(0, ChunkDecoder.BLOCK_LENGTH);
        view.kind = TransferKind.CHUNK;
        view.hash(
                chunk.getLong(fields + ChunkDecoder.hash0EncodingOffset()),
                chunk.getLong(fields + ChunkDecoder.hash1EncodingOffset()),
                chunk.getLong(fields + ChunkDecoder.hash2EncodingOffset()),
                chunk.getLong(fields + ChunkDecoder.hash3EncodingOffset()));
        view.place(
                chunk.getInt(fields + ChunkDecoder.lengthEncodingOffset()),
                chunk.getInt(fields + ChunkDecoder.chunkEncodingOffset()),
                0);
        int count = view.bytes.count();
        return count > 0 && count <= Blob.CHUNK_BYTES ? null : DropReason.MALFORMED;
    }

    private static TransferKind kindOf(int code) {
        return switch (code) {
            case 1 -> TransferKind.OFFER;
            case 2 -> TransferKind.FETCH;
            case 3 -> TransferKind.GONE;
            default -> null;
        };
    }

    /// The fields, read once: those of both templates mean the same.
    private static final class View implements TransferMessage {

        private final VarBytes bytes = new VarBytes();
        private TransferKind kind;
        private long hash0;
        private long hash1;
        private long hash2;
        private long hash3;
        private int length;
        private int chunk;
        private int wanted;

        void hash(long hash0, long hash1, long hash2, long hash3) {
            this.hash0 = hash0;
            this.hash1 = hash1;
            this.hash2 = hash2;
            this.hash3 = hash3;
        }

        void place(int length, int chunk, int wanted) {
            this.length = length;
            this.chunk = chunk;
            this.wanted = wanted;
        }

        @Override
        public TransferKind kind() {
            return kind;
        }

        @Override
        public long hash0() {
            return hash0;
        }

        @Override
        public long hash1() {
            return hash1;
        }

        @Override
        public long hash2() {
            return hash2;
        }

        @Override
        public long hash3() {
            return hash3;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public int chunk() {
            return chunk;
        }

        @Override
        public int wanted() {
            return wanted;
        }

        @Override
        public int byteCount() {
            return kind == TransferKind.CHUNK ? bytes.count() : 0;
        }

        @Override
        public void copyBytes(MemorySegment into, long offset) {
            if (kind != TransferKind.CHUNK) {
                throw new IllegalStateException("kind=" + kind + ": carries no bytes");
            }
            bytes.copy(into, offset);
        }
    }
}
