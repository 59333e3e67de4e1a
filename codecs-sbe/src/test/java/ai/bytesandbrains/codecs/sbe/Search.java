package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.search.DistanceForm;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchMessage;
import ai.bytesandbrains.engine.search.SearchRequest;
import ai.bytesandbrains.engine.search.SearchResponse;
import ai.bytesandbrains.engine.search.SearchStatus;
import ai.bytesandbrains.engine.search.VectorRequest;
import ai.bytesandbrains.engine.search.VectorResponse;
import ai.bytesandbrains.engine.search.VectorState;
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

    record Response(
            long requestId,
            SearchStatus status,
            List<Hit> hits,
            boolean isFiltered,
            DistanceForm form,
            long codebookHigh,
            long codebookLow,
            float meanError)
            implements SearchResponse {

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
            List<Long> words,
            int filterFlags,
            long filterTag,
            List<Long> bounds)
            implements SearchRequest {

        @Override
        public void asker(PeerDescriptor into) {
            Peers.copy(from, into);
        }

        @Override
        public long queryWordAt(int word) {
            return words.get(word);
        }

        @Override
        public int filterRanges() {
            return bounds.size() / 2;
        }

        @Override
        public long filterBoundAt(int index) {
            return bounds.get(index);
        }
    }

    record Wish(
            long requestId,
            PeerDescriptor from,
            long budgetNs,
            int dimensions,
            QueryEncoding encoding,
            List<Long> ids)
            implements VectorRequest {

        @Override
        public void asker(PeerDescriptor into) {
            Peers.copy(from, into);
        }

        @Override
        public int size() {
            return ids.size();
        }

        @Override
        public long idAt(int index) {
            return ids.get(index);
        }
    }

    record Given(long id, VectorState state, float scale, List<Long> words) {}

    record Vectors(
            long requestId,
            SearchStatus status,
            int dimensions,
            QueryEncoding encoding,
            List<Given> vectors)
            implements VectorResponse {

        @Override
        public int size() {
            return vectors.size();
        }

        @Override
        public long idAt(int index) {
            return vectors.get(index).id();
        }

        @Override
        public VectorState stateAt(int index) {
            return vectors.get(index).state();
        }

        @Override
        public float scaleAt(int index) {
            return vectors.get(index).scale();
        }

        @Override
        public long vectorWordAt(int index, int word) {
            return vectors.get(index).words().get(word);
        }
    }

    static SearchMessage random(Random random, long sender) {
        return switch (random.nextInt(4)) {
            case 0 -> request(random, sender);
            case 1 -> response(random);
            case 2 -> wish(random, sender);
            default -> vectors(random);
        };
    }

    private static List<Long> words(Random random, int bytes) {
        List<Long> words = new ArrayList<>();
        for (int left = bytes; left > 0; left -= Long.BYTES) {
            words.add(left >= Long.BYTES ? random.nextLong() : random.nextLong(1L << (8 * left)));
        }
        return words;
    }

    static Wish wish(Random random, long sender) {
        return new Wish(
                random.nextLong(),
                Peers.random(random, sender),
                random.nextLong(Long.MAX_VALUE),
                1 + random.nextInt(40),
                QueryEncoding.ofCode(1 + random.nextInt(2)),
                random.longs(1 + random.nextInt(20)).boxed().toList());
    }

    static Vectors vectors(Random random) {
        QueryEncoding encoding = QueryEncoding.ofCode(1 + random.nextInt(2));
        int dimensions = 1 + random.nextInt(40);
        List<Given> vectors = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            VectorState state = VectorState.ofCode(random.nextInt(3));
            boolean there = state == VectorState.THERE;
            vectors.add(
                    new Given(
                            random.nextLong(),
                            state,
                            there ? random.nextFloat() + Float.MIN_VALUE : 0,
                            there ? words(random, encoding.encodedBytes(dimensions)) : List.of()));
        }
        return new Vectors(
                random.nextLong(),
                SearchStatus.ofCode(random.nextInt(8)),
                dimensions,
                encoding,
                vectors);
    }

    /// The bounds of some runs of ids, ascending.
    private static List<Long> bounds(Random random) {
        return random.longs(2L * random.nextInt(5)).distinct().sorted().boxed().toList();
    }

    static Request request(Random random, long sender) {
        QueryEncoding encoding = QueryEncoding.ofCode(1 + random.nextInt(2));
        int dimensions = 1 + random.nextInt(40);
        List<Long> words = words(random, encoding.encodedBytes(dimensions));
        int flags = random.nextInt(8);
        return new Request(
                random.nextLong(),
                Peers.random(random, sender),
                1 + random.nextInt(1_000),
                random.nextLong(Long.MAX_VALUE),
                METRICS.get(random.nextInt(METRICS.size())),
                dimensions,
                encoding,
                random.nextFloat() + Float.MIN_VALUE,
                words,
                flags,
                random.nextLong(),
                (flags & 2) != 0 ? bounds(random) : List.of());
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
                words,
                0,
                0,
                List.of());
    }

    static Response response(Random random) {
        List<Hit> hits = new ArrayList<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            hits.add(new Hit(random.nextLong(), Float.intBitsToFloat(random.nextInt())));
        }
        return new Response(
                random.nextLong(),
                SearchStatus.ofCode(random.nextInt(8)),
                List.copyOf(hits),
                random.nextBoolean(),
                DistanceForm.ofCode(random.nextInt(2)),
                random.nextLong(),
                random.nextLong(),
                random.nextFloat());
    }

    static SearchMessage copy(SearchMessage message) {
        if (message instanceof SearchResponse response) {
            List<Hit> hits = new ArrayList<>();
            for (int i = 0; i < response.size(); i++) {
                hits.add(new Hit(response.idAt(i), response.distanceAt(i)));
            }
            return new Response(
                    response.requestId(),
                    response.status(),
                    hits,
                    response.isFiltered(),
                    response.form(),
                    response.codebookHigh(),
                    response.codebookLow(),
                    response.meanError());
        }
        if (message instanceof VectorRequest wish) {
            return copy(wish);
        }
        if (message instanceof VectorResponse vectors) {
            return copy(vectors);
        }
        SearchRequest request = (SearchRequest) message;
        PeerDescriptor from = new PeerDescriptor();
        request.asker(from);
        List<Long> words = new ArrayList<>();
        int bytes = request.encoding().encodedBytes(request.dimensions());
        for (int i = 0; i < (bytes + 7) / 8; i++) {
            words.add(request.queryWordAt(i));
        }
        List<Long> bounds = new ArrayList<>();
        for (int i = 0; i < 2 * request.filterRanges(); i++) {
            bounds.add(request.filterBoundAt(i));
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
                words,
                request.filterFlags(),
                request.filterTag(),
                bounds);
    }

    private static Wish copy(VectorRequest wish) {
        PeerDescriptor from = new PeerDescriptor();
        wish.asker(from);
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < wish.size(); i++) {
            ids.add(wish.idAt(i));
        }
        return new Wish(
                wish.requestId(), from, wish.budgetNs(), wish.dimensions(), wish.encoding(), ids);
    }

    private static Vectors copy(VectorResponse in) {
        List<Given> vectors = new ArrayList<>();
        int words = (in.encoding().encodedBytes(in.dimensions()) + 7) / 8;
        for (int i = 0; i < in.size(); i++) {
            List<Long> of = new ArrayList<>();
            for (int word = 0; in.stateAt(i) == VectorState.THERE && word < words; word++) {
                of.add(in.vectorWordAt(i, word));
            }
            vectors.add(new Given(in.idAt(i), in.stateAt(i), in.scaleAt(i), of));
        }
        return new Vectors(in.requestId(), in.status(), in.dimensions(), in.encoding(), vectors);
    }

    /// Every field, for comparisons.
    static String text(SearchMessage message) {
        if (message instanceof Response || message instanceof Vectors) {
            return message.toString();
        }
        if (message instanceof Wish wish) {
            return Peers.text(wish.from())
                    + " "
                    + List.of(
                            wish.requestId(),
                            wish.budgetNs(),
                            wish.dimensions(),
                            wish.encoding(),
                            wish.ids());
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
                        request.words(),
                        request.filterFlags(),
                        request.filterTag(),
                        request.bounds());
    }
}
