package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.ChunkEncoder;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderEncoder;
import ai.bytesandbrains.codecs.sbe.wire.TransferEncoder;
import ai.bytesandbrains.codecs.sbe.wire.TransferKind;
import ai.bytesandbrains.engine.transfer.Blob;
import ai.bytesandbrains.engine.transfer.Transfer;
import ai.bytesandbrains.engine.transfer.TransferMessage;

import org.agrona.MutableDirectBuffer;

import java.lang.foreign.MemorySegment;

/// Encodes the messages of transfers.
public final class TransferWriter implements MessageWriter<TransferMessage> {

    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int CHUNK_BYTES = HEADER + ChunkEncoder.BLOCK_LENGTH;
    private static final long CHUNK_HEADER =
            MessageHeaders.of(
                    ChunkEncoder.BLOCK_LENGTH,
                    ChunkEncoder.TEMPLATE_ID,
                    ChunkEncoder.SCHEMA_VERSION);

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final TransferEncoder request = new TransferEncoder();
    private final Words frame = new Words();
    private final MemorySegment segment = MemorySegment.ofArray(new byte[Blob.CHUNK_BYTES]);

    /// Makes a writer.
    public TransferWriter() {}

    @Override
    public int frameLength(TransferMessage message) {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + switch (message.kind()) {
                    case CHUNK ->
                            ChunkEncoder.BLOCK_LENGTH
                                    + ChunkEncoder.bytesHeaderLength()
                                    + message.byteCount();
                    case OFFER, FETCH, GONE -> TransferEncoder.BLOCK_LENGTH;
                };
    }

    @Override
    public void write(
            TransferMessage message,
            long receiver,
            FrameStamp stamp,
            MutableDirectBuffer buffer,
            int offset) {
        switch (message.kind()) {
            case OFFER -> write(TransferKind.OFFER, message, receiver, stamp, buffer, offset);
            case FETCH -> write(TransferKind.FETCH, message, receiver, stamp, buffer, offset);
            case GONE -> write(TransferKind.GONE, message, receiver, stamp, buffer, offset);
            case CHUNK -> writeChunk(message, receiver, stamp, buffer, offset);
        }
    }

    private void write(
            TransferKind kind,
            TransferMessage message,
            long receiver,
            FrameStamp stamp,
            MutableDirectBuffer buffer,
            int offset) {
        request.wrapAndApplyHeader(buffer, offset, header);
        stamp.apply(request.frame(), Transfer.PROTOCOL_ID, receiver, frameLength(message));
        request.hash0(message.hash0())
                .hash1(message.hash1())
                .hash2(message.hash2())
                .hash3(message.hash3())
                .length(message.length())
                .chunk(message.chunk())
                .wanted(message.wanted())
                .kind(kind);
    }

    private void writeChunk(
            TransferMessage message,
            long receiver,
            FrameStamp stamp,
            MutableDirectBuffer buffer,
            int offset) {
        int count = message.byteCount();
        int length = frameLength(message);
        frame.wrap(buffer, offset, length);
        frame.putLong(frame.at(0, HEADER), CHUNK_HEADER);
        stamp.apply(frame, HEADER, Transfer.PROTOCOL_ID, receiver, length);
        long fields = frame.at(HEADER, ChunkEncoder.BLOCK_LENGTH);
        frame.putLong(fields + ChunkEncoder.hash0EncodingOffset(), message.hash0());
        frame.putLong(fields + ChunkEncoder.hash1EncodingOffset(), message.hash1());
        frame.putLong(fields + ChunkEncoder.hash2EncodingOffset(), message.hash2());
        frame.putLong(fields + ChunkEncoder.hash3EncodingOffset(), message.hash3());
        frame.putInt(fields + ChunkEncoder.lengthEncodingOffset(), message.length());
        frame.putInt(fields + ChunkEncoder.chunkEncodingOffset(), message.chunk());
        frame.putShort(frame.at(CHUNK_BYTES, ChunkEncoder.bytesHeaderLength()), count);
        message.copyBytes(segment, 0);
        frame.fill(CHUNK_BYTES + ChunkEncoder.bytesHeaderLength(), count, segment, 0);
    }
}
