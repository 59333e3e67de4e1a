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

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final TransferEncoder request = new TransferEncoder();
    private final ChunkEncoder chunk = new ChunkEncoder();
    private final byte[] bytes = new byte[Blob.CHUNK_BYTES];
    private final MemorySegment segment = MemorySegment.ofArray(bytes);

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
        chunk.wrapAndApplyHeader(buffer, offset, header);
        stamp.apply(chunk.frame(), Transfer.PROTOCOL_ID, receiver, frameLength(message));
        chunk.hash0(message.hash0())
                .hash1(message.hash1())
                .hash2(message.hash2())
                .hash3(message.hash3())
                .length(message.length())
                .chunk(message.chunk());
        message.copyBytes(segment, 0);
        chunk.putBytes(bytes, 0, message.byteCount());
    }
}
