package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchMessage;
import ai.bytesandbrains.engine.search.SearchRequest;
import ai.bytesandbrains.engine.search.SearchResponse;
import ai.bytesandbrains.engine.search.SearchStatus;
import ai.bytesandbrains.engine.space.Metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Search messages as values, made up or copied.
final class Search {

    private static final List<Metric> METRICS =
            List.of(Metric.L2, Metric.COSINE, Metric.INNER_PRODUCT, Metric.HAMMING);

    private Search() {}

    record Hit(long id, float distance) {}

    record Response(long requestId, SearchStatus status, List<Hit> hits) implements SearchResponse {

        @Override
        public int size() {
            return hits.size();
        }

        @Override
        public long idAt(int index) {
            return hits.get(index).id();
        }

        @Override
        public float distanceAt(int index) {
            return hits.get(index).distance();
        }
    }

    record Request(
            long requestId,
            PeerDescriptor from,
            int k,
            long budgetNs,
            Metric metric,
            int dimensions,
            QueryEncoding encoding,
            float scale,
            List<Long> words)
            implements SearchRequest {

        @Override
        public void asker(PeerDescriptor into) {
            Peers.copy(from, into);
        }

        @Override
        public long queryWordAt(int word) {
            return words.get(word);
        }
    }

    static SearchMessage random(Random random, long sender) {
        return random.nextBoolean() ? request(random, sender) : response(random);
    }

    static Request request(Random random, long sender) {
        QueryEncoding encoding = QueryEncoding.ofCode(1 + random.nextInt(2));
        int dimensions = 1 + random.nextInt(40);
        int bytes = encoding.encodedBytes(dimensions);
        List<Long> words = new ArrayList<>();
        for (int left = bytes; left > 0; left -= Long.BYTES) {
            words.add(left >= Long.BYTES ? random.nextLong() : random.nextLong(1L << (8 * left)));
        }
        return new Request(
                random.nextLong(),
                Peers.random(random, sender),
                1 + random.nextInt(1_000),
                random.nextLong(Long.MAX_VALUE),
                METRICS.get(random.nextInt(METRICS.size())),
                dimensions,
                encoding,
                random.nextFloat() + Float.MIN_VALUE,
                words);
    }

    /// A query that a [WireNode] answers.
    static Request fitting(Random random, long sender) {
        List<Long> words = new ArrayList<>();
        for (int i = 0; i < WireNode.DIMENSIONS / Long.BYTES; i++) {
            words.add(random.nextLong());
        }
        return new Request(
                random.nextLong(),
                Peers.random(random, sender),
                1 + random.nextInt(20),
                1_000_000,
                Metric.COSINE,
                WireNode.DIMENSIONS,
                QueryEncoding.INT8,
                random.nextFloat() + Float.MIN_VALUE,
                words);
    }

    static Response response(Random random) {
        List<Hit> hits = new ArrayList<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            hits.add(new Hit(random.nextLong(), Float.intBitsToFloat(random.nextInt())));
        }
        return new Response(
                random.nextLong(), SearchStatus.ofCode(random.nextInt(6)), List.copyOf(hits));
    }

    static SearchMessage copy(SearchMessage message) {
        if (message instanceof SearchResponse response) {
            List<Hit> hits = new ArrayList<>();
            for (int i = 0; i < response.size(); i++) {
                hits.add(new Hit(response.idAt(i), response.distanceAt(i)));
            }
            return new Response(response.requestId(), response.status(), hits);
        }
        SearchRequest request = (SearchRequest) message;
        PeerDescriptor from = new PeerDescriptor();
        request.asker(from);
        List<Long> words = new ArrayList<>();
        int bytes = request.encoding().encodedBytes(request.dimensions());
        for (int i = 0; i < (bytes + 7) / 8; i++) {
            words.add(request.queryWordAt(i));
        }
        return new Request(
                request.requestId(),
                from,
                request.k(),
                request.budgetNs(),
                request.metric(),
                request.dimensions(),
                request.encoding(),
                request.scale(),
                words);
    }

    /// Every field, for comparisons.
    static String text(SearchMessage message) {
        if (message instanceof Response response) {
            return response.toString();
        }
        Request request = (Request) message;
        return Peers.text(request.from())
                + " "
                + List.of(
                        request.requestId(),
                        request.k(),
                        request.budgetNs(),
                        request.metric(),
                        request.dimensions(),
                        request.encoding(),
                        request.scale(),
                        request.words());
    }
}
