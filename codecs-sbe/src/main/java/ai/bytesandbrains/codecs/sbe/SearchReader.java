package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.codecs.sbe.wire.SearchHitDecoder;
import ai.bytesandbrains.codecs.sbe.wire.SearchRequestDecoder;
import ai.bytesandbrains.codecs.sbe.wire.SearchResponseDecoder;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchMessage;
import ai.bytesandbrains.engine.search.SearchRequest;
import ai.bytesandbrains.engine.search.SearchResponse;
import ai.bytesandbrains.engine.search.SearchStatus;
import ai.bytesandbrains.engine.space.Metric;

import org.agrona.DirectBuffer;

/// Decodes queries and their answers.
public final class SearchReader implements MessageReader<SearchMessage> {

    /// The longest query and its header; 4,096 hits are shorter.
    private static final int MAX_FRAME_LENGTH = (1 << 16) + (1 << 10);

    private final Request request = new Request();
    private final Response response = new Response();
    private SearchMessage message;

    /// Makes a reader.
    public SearchReader() {}

    @Override
    public SearchMessage message() {
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
            case SearchRequestDecoder.TEMPLATE_ID -> {
                message = request;
                yield request.wrap(header, sender, buffer, offset, length);
            }
            case SearchResponseDecoder.TEMPLATE_ID -> {
                message = response;
                yield response.wrap(header, buffer, offset, length);
            }
            default -> DropReason.UNKNOWN_KIND;
        };
    }

    @Override
    public boolean sender(PeerDescriptor into) {
        if (message != request) {
            return false;
        }
        request.asker(into);
        return true;
    }

    private static final class Request implements SearchRequest {

        private final SearchRequestDecoder decoder = new SearchRequestDecoder();
        private final PeerDescriptor descriptor = new PeerDescriptor();
        private final VarBytes query = new VarBytes();
        private QueryEncoding encoding;
        private Metric metric;

        DropReason wrap(
                MessageHeaderDecoder header,
                long sender,
                DirectBuffer buffer,
                int offset,
                int length) {
            int block = header.blockLength();
            int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
            if (block < SearchRequestDecoder.BLOCK_LENGTH
                    || !query.wrap(buffer, body + block, offset + length)) {
                return DropReason.MALFORMED;
            }
            decoder.wrap(buffer, body, block, header.version());
            encoding = QueryEncoding.ofCode(decoder.encodingRaw());
            metric = Metrics.ofCode(decoder.metricRaw());
            asker(descriptor);
            if (encoding == null
                    || metric == null
                    || decoder.dimensions() == 0
                    || query.count() != encoding.encodedBytes(decoder.dimensions())
                    || decoder.k() == 0
                    || decoder.budgetNs() < 0
                    || !(decoder.scale() > 0 && decoder.scale() <= Float.MAX_VALUE)
                    || !descriptor.isValid()) {
                return DropReason.MALFORMED;
            }
            return descriptor.shortId() == sender ? null : DropReason.SENDER_MISMATCH;
        }

        @Override
        public long requestId() {
            return decoder.requestId();
        }

        @Override
        public void asker(PeerDescriptor into) {
            Descriptors.read(decoder.asker(), into);
        }

        @Override
        public int k() {
            return decoder.k();
        }

        @Override
        public long budgetNs() {
            return decoder.budgetNs();
        }

        @Override
        public Metric metric() {
            return metric;
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
        public float scale() {
            return decoder.scale();
        }

        @Override
        public long queryWordAt(int word) {
            return query.wordAt(word);
        }
    }

    private static final class Response implements SearchResponse {

        private final SearchResponseDecoder decoder = new SearchResponseDecoder();
        private final SearchHitDecoder hit = new SearchHitDecoder();
        private final GroupView hits = new GroupView();
        private SearchStatus status;

        DropReason wrap(MessageHeaderDecoder header, DirectBuffer buffer, int offset, int length) {
            int block = header.blockLength();
            int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
            if (block < SearchResponseDecoder.BLOCK_LENGTH
                    || !hits.wrap(
                            buffer,
                            body + block,
                            offset + length,
                            SearchHitDecoder.ENCODED_LENGTH)) {
                return DropReason.MALFORMED;
            }
            decoder.wrap(buffer, body, block, header.version());
            status = SearchStatus.ofCode(decoder.statusRaw());
            return status == null ? DropReason.MALFORMED : null;
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
        public int size() {
            return hits.count();
        }

        @Override
        public long idAt(int index) {
            return hit.wrap(hits.buffer(), hits.entry(index)).id();
        }

        @Override
        public float distanceAt(int index) {
            return hit.wrap(hits.buffer(), hits.entry(index)).distance();
        }
    }
}
