package ai.bytesandbrains.codecs.sbe;

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

import org.agrona.MutableDirectBuffer;

import java.nio.ByteOrder;

/// Encodes queries and their answers.
public final class SearchWriter implements MessageWriter<SearchMessage> {

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final SearchRequestEncoder request = new SearchRequestEncoder();
    private final SearchResponseEncoder response = new SearchResponseEncoder();
    private final PeerDescriptor descriptor = new PeerDescriptor();

    /// Makes a writer.
    public SearchWriter() {}

    /// {@return the length of a query's frame, header included, in bytes}
    ///
    /// @param encoding how the query is written
    /// @param dimensions its components
    public static int requestLength(QueryEncoding encoding, int dimensions) {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + SearchRequestEncoder.BLOCK_LENGTH
                + SearchRequestEncoder.queryHeaderLength()
                + encoding.encodedBytes(dimensions);
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

    @Override
    public int frameLength(SearchMessage message) {
        return switch (message.kind()) {
            case REQUEST -> {
                SearchRequest in = (SearchRequest) message;
                yield requestLength(in.encoding(), in.dimensions());
            }
            case RESPONSE -> responseLength(((SearchResponse) message).size());
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
        }
    }

    private void writeRequest(SearchRequest in, MutableDirectBuffer buffer) {
        in.asker(descriptor);
        request.requestId(in.requestId()).budgetNs(in.budgetNs());
        Descriptors.write(descriptor, request.asker());
        request.scale(in.scale())
                .k(in.k())
                .dimensions(in.dimensions())
                .metric(Metrics.toWire(in.metric()))
                .encoding(
                        ai.bytesandbrains.codecs.sbe.wire.QueryEncoding.get(
                                (short) in.encoding().code()));
        int bytes = in.encoding().encodedBytes(in.dimensions());
        int at = request.limit();
        // The query is written word by word straight from its owner's memory; a generated putQuery
        // would want it in a buffer of its own first.
        buffer.putShort(at, (short) bytes, ByteOrder.LITTLE_ENDIAN);
        at += SearchRequestEncoder.queryHeaderLength();
        request.limit(at + bytes);
        int word = 0;
        for (; bytes - word * Long.BYTES >= Long.BYTES; word++) {
            buffer.putLong(at + word * Long.BYTES, in.queryWordAt(word), ByteOrder.LITTLE_ENDIAN);
        }
        int rest = bytes - word * Long.BYTES;
        long last = rest == 0 ? 0 : in.queryWordAt(word);
        for (int i = 0; i < rest; i++) {
            buffer.putByte(at + word * Long.BYTES + i, (byte) (last >>> (8 * i)));
        }
    }

    private void writeResponse(SearchResponse in) {
        int size = in.size();
        response.requestId(in.requestId()).status(SearchStatus.get((short) in.status().code()));
        SearchResponseEncoder.HitsEncoder hits = response.hitsCount(size);
        for (int i = 0; i < size; i++) {
            hits.next().hit().id(in.idAt(i)).distance(in.distanceAt(i));
        }
    }
}
