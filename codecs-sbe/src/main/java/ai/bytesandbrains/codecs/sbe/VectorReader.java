package ai.bytesandbrains.codecs.sbe;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.codecs.sbe.wire.VectorResponseDecoder;
import ai.bytesandbrains.codecs.sbe.wire.VectorResponseDecoder.VectorsDecoder;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchStatus;
import ai.bytesandbrains.engine.search.VectorMessages;
import ai.bytesandbrains.engine.search.VectorResponse;
import ai.bytesandbrains.engine.search.VectorState;

import org.agrona.DirectBuffer;

/// A view over vectors in a frame: the part of [SearchReader] that knows where each begins.
final class VectorReader implements VectorResponse {

    private static final int SCALE = VectorsDecoder.scaleEncodingOffset();
    private static final int STATE = VectorsDecoder.stateEncodingOffset();

    private final VectorResponseDecoder decoder = new VectorResponseDecoder();
    private final GroupView vectors = new GroupView();
    private final VarBytes components = new VarBytes();

    /// Where the components of each vector begin.
    private final int[] begins = new int[VectorMessages.MAX];

    private SearchStatus status;
    private QueryEncoding encoding;
    private int bytes;

    DropReason wrap(MessageHeaderDecoder header, DirectBuffer buffer, int offset, int length) {
        int block = header.blockLength();
        int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        int limit = offset + length;
        if (block < VectorResponseDecoder.BLOCK_LENGTH
                || !vectors.wrap(buffer, body + block, limit, VectorsDecoder.sbeBlockLength())
                || vectors.count() > VectorMessages.MAX
                || !components.wrap(buffer, vectors.end(), limit)) {
            return DropReason.MALFORMED;
        }
        decoder.wrap(buffer, body, block, header.version());
        status = SearchStatus.ofCode(decoder.statusRaw());
        encoding = QueryEncoding.ofCode(decoder.encodingRaw());
        boolean sound = status != null && encoding != null && decoder.dimensions() > 0;
        return sound && isWhole() ? null : DropReason.MALFORMED;
    }

    /// Each vector that is there has its components, a scale, and nothing is left over.
    private boolean isWhole() {
        bytes = encoding.encodedBytes(decoder.dimensions());
        int end = 0;
        for (int i = 0; i < vectors.count(); i++) {
            VectorState state = stateAt(i);
            if (state == null) {
                return false;
            }
            begins[i] = end;
            if (state == VectorState.THERE) {
                end += bytes;
                if (end > components.count()
                        || !(scaleAt(i) > 0 && scaleAt(i) <= Float.MAX_VALUE)) {
                    return false;
                }
            }
        }
        return end == components.count();
    }

    @Override
    public long requestId() {
        return decoder.requestId();
    }

    @Override
    public SearchStatus status() {
        return status;
    }

    @Override
    public int dimensions() {
        return decoder.dimensions();
    }

    @Override
    public QueryEncoding encoding() {
        return encoding;
    }

    @Override
    public int size() {
        return vectors.count();
    }

    @Override
    public long idAt(int index) {
        return vectors.buffer().getLong(vectors.entry(index), LITTLE_ENDIAN);
    }

    @Override
    public VectorState stateAt(int index) {
        return VectorState.ofCode(vectors.buffer().getByte(vectors.entry(index) + STATE) & 0xff);
    }

    @Override
    public float scaleAt(int index) {
        return vectors.buffer().getFloat(vectors.entry(index) + SCALE, LITTLE_ENDIAN);
    }

    @Override
    public long vectorWordAt(int index, int word) {
        int from = word * Long.BYTES;
        return components.wordAt(begins[index] + from, bytes - from);
    }
}
