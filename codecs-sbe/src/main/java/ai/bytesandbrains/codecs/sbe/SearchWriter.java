package ai.bytesandbrains.codecs.sbe;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import ai.bytesandbrains.codecs.sbe.wire.DistanceForm;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderEncoder;
import ai.bytesandbrains.codecs.sbe.wire.SearchHitEncoder;
import ai.bytesandbrains.codecs.sbe.wire.SearchRequestEncoder;
import ai.bytesandbrains.codecs.sbe.wire.SearchResponseEncoder;
import ai.bytesandbrains.codecs.sbe.wire.SearchStatus;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.search.FederatedSearch;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchMessage;
import ai.bytesandbrains.engine.search.SearchRequest;
import ai.bytesandbrains.engine.search.SearchResponse;
import ai.bytesandbrains.engine.search.VectorMessages;
import ai.bytesandbrains.engine.search.VectorRequest;
import ai.bytesandbrains.engine.search.VectorResponse;

import org.agrona.MutableDirectBuffer;

/// Encodes queries and their answers, wishes for vectors and vectors.
public final class SearchWriter implements MessageWriter<SearchMessage> {

    private static final int RANGE_BYTES = 2 * Long.BYTES;

    private final VectorWriter vectors = new VectorWriter();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final SearchRequestEncoder request = new SearchRequestEncoder();
    private final SearchResponseEncoder response = new SearchResponseEncoder();
    private final Words words = new Words();
    private final PeerDescriptor descriptor = new PeerDescriptor();

    /// Makes a writer.
    public SearchWriter() {}

    /// {@return the length of a query's frame, header included, in bytes}
    ///
    /// @param encoding how the query is written
    /// @param dimensions its components
    /// @param ranges runs of ids in its filter
    public static int requestLength(QueryEncoding encoding, int dimensions, int ranges) {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + SearchRequestEncoder.BLOCK_LENGTH
                + SearchRequestEncoder.queryHeaderLength()
                + encoding.encodedBytes(dimensions)
                + SearchRequestEncoder.filterIdsHeaderLength()
                + ranges * RANGE_BYTES;
    }

    /// {@return the length of an answer's frame, header included, in bytes}
    ///
    /// @param hits how many it carries
    public static int responseLength(int hits) {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + SearchResponseEncoder.BLOCK_LENGTH
                + SearchResponseEncoder.HitsEncoder.HEADER_SIZE
                + hits * SearchHitEncoder.ENCODED_LENGTH;
    }

    /// {@return how many vectors a frame can carry}
    ///
    /// @param maxFrameLength the longest frame, in bytes
    /// @param dimensions components of a vector
    public static VectorMessages vectorMessages(int maxFrameLength, int dimensions) {
        return new VectorMessages(
                VectorWriter.fitting(maxFrameLength, QueryEncoding.FLOAT32, dimensions),
                VectorWriter.fitting(maxFrameLength, QueryEncoding.INT8, dimensions));
    }

    @Override
    public int frameLength(SearchMessage message) {
        return switch (message.kind()) {
            case REQUEST -> {
                SearchRequest in = (SearchRequest) message;
                yield requestLength(in.encoding(), in.dimensions(), in.filterRanges());
            }
            case RESPONSE -> responseLength(((SearchResponse) message).size());
            case FETCH -> VectorWriter.requestLength(((VectorRequest) message).size());
            case VECTORS -> VectorWriter.responseLength((VectorResponse) message);
        };
    }

    @Override
    public void write(
            SearchMessage message,
            long receiver,
            FrameStamp stamp,
            MutableDirectBuffer buffer,
            int offset) {
        int length = frameLength(message);
        switch (message.kind()) {
            case REQUEST -> {
                request.wrapAndApplyHeader(buffer, offset, header);
                stamp.apply(request.frame(), FederatedSearch.PROTOCOL_ID, receiver, length);
                writeRequest((SearchRequest) message, buffer);
            }
            case RESPONSE -> {
                response.wrapAndApplyHeader(buffer, offset, header);
                stamp.apply(response.frame(), FederatedSearch.PROTOCOL_ID, receiver, length);
                writeResponse((SearchResponse) message);
            }
            case FETCH ->
                    vectors.write((VectorRequest) message, receiver, stamp, length, buffer, offset);
            case VECTORS ->
                    vectors.write(
                            (VectorResponse) message, receiver, stamp, length, buffer, offset);
        }
    }

    private void writeRequest(SearchRequest in, MutableDirectBuffer buffer) {
        in.asker(descriptor);
        request.requestId(in.requestId()).budgetNs(in.budgetNs());
        Descriptors.write(descriptor, words, request.asker());
        request.scale(in.scale())
                .k(in.k())
                .dimensions(in.dimensions())
                .metric(Metrics.toWire(in.metric()))
                .encoding(
                        ai.bytesandbrains.codecs.sbe.wire.QueryEncoding.get(
                                (short) in.encoding().code()));
        request.filterTag(in.filterTag()).filterFlags((short) in.filterFlags());
        int bytes = in.encoding().encodedBytes(in.dimensions());
        int at = request.limit();
        // The query is written word by word straight from its owner's memory; a generated putQuery
        // would want it in a buffer of its own first.
        buffer.putShort(at, (short) bytes, LITTLE_ENDIAN);
        at += SearchRequestEncoder.queryHeaderLength();
        int word = 0;
        for (; bytes - word * Long.BYTES >= Long.BYTES; word++) {
            buffer.putLong(at + word * Long.BYTES, in.queryWordAt(word), LITTLE_ENDIAN);
        }
        int rest = bytes - word * Long.BYTES;
        VectorWriter.putRest(buffer, at, word, rest, rest == 0 ? 0 : in.queryWordAt(word));
        at += bytes;
        int bounds = 2 * in.filterRanges();
        buffer.putShort(at, (short) (bounds * Long.BYTES), LITTLE_ENDIAN);
        at += SearchRequestEncoder.filterIdsHeaderLength();
        for (int i = 0; i < bounds; i++) {
            buffer.putLong(at + i * Long.BYTES, in.filterBoundAt(i), LITTLE_ENDIAN);
        }
        request.limit(at + bounds * Long.BYTES);
    }

    private void writeResponse(SearchResponse in) {
        int size = in.size();
        response.requestId(in.requestId())
                .status(SearchStatus.get((short) in.status().code()))
                .form(DistanceForm.get((short) in.form().code()))
                .filtered((short) (in.isFiltered() ? 1 : 0))
                .meanError(in.meanError())
                .codebookHigh(in.codebookHigh())
                .codebookLow(in.codebookLow());
        SearchResponseEncoder.HitsEncoder hits = response.hitsCount(size);
        for (int i = 0; i < size; i++) {
            hits.next().hit().id(in.idAt(i)).distance(in.distanceAt(i));
        }
    }
}
