package ai.bytesandbrains.codecs.sbe;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderEncoder;
import ai.bytesandbrains.codecs.sbe.wire.QueryEncoding;
import ai.bytesandbrains.codecs.sbe.wire.SearchStatus;
import ai.bytesandbrains.codecs.sbe.wire.VectorRequestEncoder;
import ai.bytesandbrains.codecs.sbe.wire.VectorResponseEncoder;
import ai.bytesandbrains.codecs.sbe.wire.VectorState;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.search.FederatedSearch;
import ai.bytesandbrains.engine.search.VectorMessages;
import ai.bytesandbrains.engine.search.VectorRequest;
import ai.bytesandbrains.engine.search.VectorResponse;

import org.agrona.MutableDirectBuffer;

/// The part of [SearchWriter] that encodes wishes for vectors, and vectors.
final class VectorWriter {

    /// What a 16-bit length can say.
    private static final int MOST_BYTES = 0xffff;

    private static final int ENTRY = VectorResponseEncoder.VectorsEncoder.sbeBlockLength();
    private static final int NO_VECTORS =
            MessageHeaderEncoder.ENCODED_LENGTH
                    + VectorResponseEncoder.BLOCK_LENGTH
                    + VectorResponseEncoder.VectorsEncoder.HEADER_SIZE
                    + VectorResponseEncoder.componentsHeaderLength();

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final VectorRequestEncoder request = new VectorRequestEncoder();
    private final VectorResponseEncoder response = new VectorResponseEncoder();
    private final Words words = new Words();
    private final PeerDescriptor descriptor = new PeerDescriptor();

    /// How many vectors a frame can carry.
    static int fitting(
            int maxFrameLength,
            ai.bytesandbrains.engine.search.QueryEncoding encoding,
            int dimensions) {
        int bytes = encoding.encodedBytes(dimensions);
        int fitting = (maxFrameLength - NO_VECTORS) / (ENTRY + bytes);
        return Math.clamp(fitting, 0, Math.min(VectorMessages.MAX, MOST_BYTES / bytes));
    }

    static int requestLength(int ids) {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + VectorRequestEncoder.BLOCK_LENGTH
                + VectorRequestEncoder.VectorsEncoder.HEADER_SIZE
                + ids * VectorRequestEncoder.VectorsEncoder.sbeBlockLength();
    }

    static int responseLength(VectorResponse in) {
        return NO_VECTORS + in.size() * ENTRY + componentBytes(in);
    }

    private static int componentBytes(VectorResponse in) {
        int there = 0;
        for (int i = 0; i < in.size(); i++) {
            there += isThere(in, i) ? 1 : 0;
        }
        return there * in.encoding().encodedBytes(in.dimensions());
    }

    private static boolean isThere(VectorResponse in, int index) {
        return in.stateAt(index) == ai.bytesandbrains.engine.search.VectorState.THERE;
    }

    void write(
            VectorRequest in,
            long receiver,
            FrameStamp stamp,
            int length,
            MutableDirectBuffer buffer,
            int offset) {
        request.wrapAndApplyHeader(buffer, offset, header);
        stamp.apply(request.frame(), FederatedSearch.PROTOCOL_ID, receiver, length);
        in.asker(descriptor);
        request.requestId(in.requestId()).budgetNs(in.budgetNs());
        Descriptors.write(descriptor, words, request.asker());
        request.dimensions(in.dimensions())
                .encoding(QueryEncoding.get((short) in.encoding().code()));
        VectorRequestEncoder.VectorsEncoder ids = request.vectorsCount(in.size());
        for (int i = 0; i < in.size(); i++) {
            ids.next().id(in.idAt(i));
        }
    }

    void write(
            VectorResponse in,
            long receiver,
            FrameStamp stamp,
            int length,
            MutableDirectBuffer buffer,
            int offset) {
        response.wrapAndApplyHeader(buffer, offset, header);
        stamp.apply(response.frame(), FederatedSearch.PROTOCOL_ID, receiver, length);
        response.requestId(in.requestId())
                .dimensions(in.dimensions())
                .status(SearchStatus.get((short) in.status().code()))
                .encoding(QueryEncoding.get((short) in.encoding().code()));
        VectorResponseEncoder.VectorsEncoder vectors = response.vectorsCount(in.size());
        for (int i = 0; i < in.size(); i++) {
            vectors.next()
                    .id(in.idAt(i))
                    .scale(isThere(in, i) ? in.scaleAt(i) : 0)
                    .state(VectorState.get((short) in.stateAt(i).code()));
        }
        writeComponents(in, buffer);
    }

    /// Straight from their owner's memory, as queries are.
    private void writeComponents(VectorResponse in, MutableDirectBuffer buffer) {
        int at = response.limit();
        buffer.putShort(at, (short) componentBytes(in), LITTLE_ENDIAN);
        at += VectorResponseEncoder.componentsHeaderLength();
        int bytes = in.encoding().encodedBytes(in.dimensions());
        for (int i = 0; i < in.size(); i++) {
            if (isThere(in, i)) {
                int word = 0;
                for (; bytes - word * Long.BYTES >= Long.BYTES; word++) {
                    buffer.putLong(at + word * Long.BYTES, in.vectorWordAt(i, word), LITTLE_ENDIAN);
                }
                int rest = bytes - word * Long.BYTES;
                putRest(buffer, at, word, rest, rest == 0 ? 0 : in.vectorWordAt(i, word));
                at += bytes;
            }
        }
        response.limit(at);
    }

    /// Writes the bytes that are left of the last word.
    static void putRest(MutableDirectBuffer buffer, int at, int word, int rest, long last) {
        for (int i = 0; i < rest; i++) {
            buffer.putByte(at + word * Long.BYTES + i, (byte) (last >>> (8 * i)));
        }
    }
}
