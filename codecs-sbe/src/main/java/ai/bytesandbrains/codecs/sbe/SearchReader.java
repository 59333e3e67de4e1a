package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorDecoder;
import ai.bytesandbrains.codecs.sbe.wire.SearchHitDecoder;
import ai.bytesandbrains.codecs.sbe.wire.SearchRequestDecoder;
import ai.bytesandbrains.codecs.sbe.wire.SearchResponseDecoder;
import ai.bytesandbrains.codecs.sbe.wire.VectorRequestDecoder;
import ai.bytesandbrains.codecs.sbe.wire.VectorResponseDecoder;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.search.DistanceForm;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchFilter;
import ai.bytesandbrains.engine.search.SearchMessage;
import ai.bytesandbrains.engine.search.SearchRequest;
import ai.bytesandbrains.engine.search.SearchResponse;
import ai.bytesandbrains.engine.search.SearchStatus;
import ai.bytesandbrains.engine.search.VectorRequest;
import ai.bytesandbrains.engine.space.Metric;

import org.agrona.DirectBuffer;

import java.nio.ByteOrder;

/// Decodes queries and their answers, wishes for vectors and vectors.
public final class SearchReader implements MessageReader<SearchMessage> {

    /// The longest query, its filter and its header; 4,096 hits are shorter, and 256 vectors.
    private static final int MAX_FRAME_LENGTH = (1 << 16) + (1 << 13);

    /// Of the fields that all versions have.
    private static final int REQUEST_BLOCK = SearchRequestDecoder.filterTagEncodingOffset();

    private static final int RESPONSE_BLOCK = SearchResponseDecoder.formEncodingOffset();
    private static final int FILTERS_SINCE = SearchRequestDecoder.filterTagSinceVersion();

    /// The bits of a filter.
    private static final int TAGGED = 1;

    private static final int BY_ID = 2;
    private static final int INVERTED = 4;

    private final Request request = new Request();
    private final Response response = new Response();
    private final Wish wish = new Wish();
    private final VectorReader vectors = new VectorReader();
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
            case VectorRequestDecoder.TEMPLATE_ID -> {
                message = wish;
                yield wish.wrap(header, sender, buffer, offset, length);
            }
            case VectorResponseDecoder.TEMPLATE_ID -> {
                message = vectors;
                yield vectors.wrap(header, buffer, offset, length);
            }
            default -> DropReason.UNKNOWN_KIND;
        };
    }

    @Override
    public boolean sender(PeerDescriptor into) {
        if (message == request) {
            request.asker(into);
            return true;
        }
        if (message == wish) {
            wish.asker(into);
            return true;
        }
        return false;
    }

    /// Who asks, as the message itself says.
    private static final class Asker {

        private final Words words = new Words();
        private final PeerDescriptor descriptor = new PeerDescriptor();

        void read(PeerDescriptorDecoder from, PeerDescriptor into) {
            Descriptors.read(words, from, into);
        }

        /// Why it cannot be who sent the message, or null.
        DropReason check(PeerDescriptorDecoder claimed, long sender) {
            read(claimed, descriptor);
            if (!descriptor.isValid()) {
                return DropReason.MALFORMED;
            }
            return descriptor.shortId() == sender ? null : DropReason.SENDER_MISMATCH;
        }
    }

    private static final class Request implements SearchRequest {

        private final SearchRequestDecoder decoder = new SearchRequestDecoder();
        private final Asker asker = new Asker();
        private final VarBytes query = new VarBytes();
        private final VarBytes ids = new VarBytes();
        private QueryEncoding encoding;
        private Metric metric;
        private boolean filtered;

        DropReason wrap(
                MessageHeaderDecoder header,
                long sender,
                DirectBuffer buffer,
                int offset,
                int length) {
            int block = header.blockLength();
            int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
            int limit = offset + length;
            filtered = header.version() >= FILTERS_SINCE;
            int least = filtered ? SearchRequestDecoder.BLOCK_LENGTH : REQUEST_BLOCK;
            if (block < least
                    || !query.wrap(buffer, body + block, limit)
                    || (filtered && !ids.wrap(buffer, query.end(), limit))) {
                return DropReason.MALFORMED;
            }
            decoder.wrap(buffer, body, block, header.version());
            encoding = QueryEncoding.ofCode(decoder.encodingRaw());
            metric = Metrics.ofCode(decoder.metricRaw());
            if (encoding == null
                    || metric == null
                    || decoder.dimensions() == 0
                    || query.count() != encoding.encodedBytes(decoder.dimensions())
                    || decoder.k() == 0
                    || decoder.budgetNs() < 0
                    || !(decoder.scale() > 0 && decoder.scale() <= Float.MAX_VALUE)
                    || (filtered && !isFilter())) {
                return DropReason.MALFORMED;
            }
            return asker.check(decoder.asker(), sender);
        }

        private boolean isFilter() {
            int flags = decoder.filterFlags();
            boolean byId = (flags & BY_ID) != 0;
            if ((flags & ~(TAGGED | BY_ID | INVERTED)) != 0
                    || ids.count() % (2 * Long.BYTES) != 0
                    || ids.count() > (byId ? 2 * Long.BYTES * SearchFilter.MAX_RANGES : 0)) {
                return false;
            }
            for (int i = 1; i < 2 * filterRanges(); i++) {
                boolean begins = i % 2 == 0;
                long before = filterBoundAt(i - 1);
                if (begins ? filterBoundAt(i) <= before : filterBoundAt(i) < before) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public long requestId() {
            return decoder.requestId();
        }

        @Override
        public void asker(PeerDescriptor into) {
            asker.read(decoder.asker(), into);
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

        @Override
        public int filterFlags() {
            return filtered ? decoder.filterFlags() : 0;
        }

        @Override
        public long filterTag() {
            return filtered ? decoder.filterTag() : 0;
        }

        @Override
        public int filterRanges() {
            return filtered ? ids.count() / (2 * Long.BYTES) : 0;
        }

        @Override
        public long filterBoundAt(int index) {
            return ids.wordAt(index);
        }
    }

    private static final class Response implements SearchResponse {

        private final SearchResponseDecoder decoder = new SearchResponseDecoder();
        private final SearchHitDecoder hit = new SearchHitDecoder();
        private final GroupView hits = new GroupView();
        private SearchStatus status;
        private DistanceForm form;
        private boolean measured;

        DropReason wrap(MessageHeaderDecoder header, DirectBuffer buffer, int offset, int length) {
            int block = header.blockLength();
            int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
            measured = header.version() >= FILTERS_SINCE;
            if (block < (measured ? SearchResponseDecoder.BLOCK_LENGTH : RESPONSE_BLOCK)
                    || !hits.wrap(
                            buffer,
                            body + block,
                            offset + length,
                            SearchHitDecoder.ENCODED_LENGTH)) {
                return DropReason.MALFORMED;
            }
            decoder.wrap(buffer, body, block, header.version());
            status = SearchStatus.ofCode(decoder.statusRaw());
            form = measured ? DistanceForm.ofCode(decoder.formRaw()) : DistanceForm.EXACT;
            boolean sound = status != null && form != null && (!measured || isMeasure());
            return sound ? null : DropReason.MALFORMED;
        }

        private boolean isMeasure() {
            float error = decoder.meanError();
            return decoder.filtered() <= 1 && error >= 0 && error <= Float.MAX_VALUE;
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

        @Override
        public boolean isFiltered() {
            return measured && decoder.filtered() != 0;
        }

        @Override
        public DistanceForm form() {
            return form;
        }

        @Override
        public long codebookHigh() {
            return measured ? decoder.codebookHigh() : 0;
        }

        @Override
        public long codebookLow() {
            return measured ? decoder.codebookLow() : 0;
        }

        @Override
        public float meanError() {
            return measured ? decoder.meanError() : 0;
        }
    }

    private static final class Wish implements VectorRequest {

        private final VectorRequestDecoder decoder = new VectorRequestDecoder();
        private final Asker asker = new Asker();
        private final GroupView ids = new GroupView();
        private QueryEncoding encoding;

        DropReason wrap(
                MessageHeaderDecoder header,
                long sender,
                DirectBuffer buffer,
                int offset,
                int length) {
            int block = header.blockLength();
            int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
            if (block < VectorRequestDecoder.BLOCK_LENGTH
                    || !ids.wrap(buffer, body + block, offset + length, Long.BYTES)) {
                return DropReason.MALFORMED;
            }
            decoder.wrap(buffer, body, block, header.version());
            encoding = QueryEncoding.ofCode(decoder.encodingRaw());
            if (encoding == null
                    || decoder.dimensions() == 0
                    || decoder.budgetNs() < 0
                    || ids.count() == 0) {
                return DropReason.MALFORMED;
            }
            return asker.check(decoder.asker(), sender);
        }

        @Override
        public long requestId() {
            return decoder.requestId();
        }

        @Override
        public void asker(PeerDescriptor into) {
            asker.read(decoder.asker(), into);
        }

        @Override
        public long budgetNs() {
            return decoder.budgetNs();
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
            return ids.count();
        }

        @Override
        public long idAt(int index) {
            return ids.buffer().getLong(ids.entry(index), ByteOrder.LITTLE_ENDIAN);
        }
    }
}
