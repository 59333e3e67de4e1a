package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.space.Metric;

import java.util.ArrayList;
import java.util.List;

/// Messages that live on after the call that brought them, and those that a test makes up.
final class SearchCopy {

    private SearchCopy() {}

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

        Response(long requestId, SearchStatus status, Hit... hits) {
            this(requestId, status, List.of(hits), false, DistanceForm.EXACT, 0, 0, 0);
        }

        /// The same with other hits.
        Response with(List<Hit> others) {
            return new Response(
                    requestId,
                    status,
                    others,
                    isFiltered,
                    form,
                    codebookHigh,
                    codebookLow,
                    meanError);
        }

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

        /// Without a filter.
        Request(
                long requestId,
                PeerDescriptor from,
                int k,
                long budgetNs,
                Metric metric,
                int dimensions,
                QueryEncoding encoding,
                float scale,
                List<Long> words) {
            this(
                    requestId,
                    from,
                    k,
                    budgetNs,
                    metric,
                    dimensions,
                    encoding,
                    scale,
                    words,
                    0,
                    0,
                    List.of());
        }

        /// The same with another filter.
        Request with(int flags, List<Long> otherBounds) {
            return new Request(
                    requestId,
                    from,
                    k,
                    budgetNs,
                    metric,
                    dimensions,
                    encoding,
                    scale,
                    words,
                    flags,
                    filterTag,
                    otherBounds);
        }

        @Override
        public void asker(PeerDescriptor into) {
            Peers.copyInto(from, into);
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
            Peers.copyInto(from, into);
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

        Vectors with(List<Given> others) {
            return new Vectors(requestId, status, dimensions, encoding, others);
        }
    }

    static SearchMessage of(SearchMessage message) {
        return switch (message.kind()) {
            case REQUEST -> of((SearchRequest) message);
            case RESPONSE -> of((SearchResponse) message);
            case FETCH -> of((VectorRequest) message);
            case VECTORS -> of((VectorResponse) message);
        };
    }

    static Wish of(VectorRequest wish) {
        PeerDescriptor from = new PeerDescriptor();
        wish.asker(from);
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < wish.size(); i++) {
            ids.add(wish.idAt(i));
        }
        return new Wish(
                wish.requestId(), from, wish.budgetNs(), wish.dimensions(), wish.encoding(), ids);
    }

    static Vectors of(VectorResponse in) {
        List<Given> vectors = new ArrayList<>();
        int wordsEach = (in.encoding().encodedBytes(in.dimensions()) + 7) / 8;
        for (int i = 0; i < in.size(); i++) {
            List<Long> words = new ArrayList<>();
            boolean there = in.stateAt(i) == VectorState.THERE;
            for (int word = 0; there && word < wordsEach; word++) {
                words.add(in.vectorWordAt(i, word));
            }
            float scale = there ? in.scaleAt(i) : 0;
            vectors.add(new Given(in.idAt(i), in.stateAt(i), scale, words));
        }
        return new Vectors(in.requestId(), in.status(), in.dimensions(), in.encoding(), vectors);
    }

    static Response of(SearchResponse response) {
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

    static Request of(SearchRequest request) {
        PeerDescriptor from = new PeerDescriptor();
        request.asker(from);
        int bytes = request.encoding().encodedBytes(request.dimensions());
        List<Long> words = new ArrayList<>();
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
}
