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

    record Response(long requestId, SearchStatus status, List<Hit> hits) implements SearchResponse {

        Response(long requestId, SearchStatus status, Hit... hits) {
            this(requestId, status, List.of(hits));
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
            List<Long> words)
            implements SearchRequest {

        @Override
        public void asker(PeerDescriptor into) {
            Peers.copyInto(from, into);
        }

        @Override
        public long queryWordAt(int word) {
            return words.get(word);
        }
    }

    static SearchMessage of(SearchMessage message) {
        return message instanceof SearchRequest request
                ? of(request)
                : of((SearchResponse) message);
    }

    static Response of(SearchResponse response) {
        List<Hit> hits = new ArrayList<>();
        for (int i = 0; i < response.size(); i++) {
            hits.add(new Hit(response.idAt(i), response.distanceAt(i)));
        }
        return new Response(response.requestId(), response.status(), hits);
    }

    static Request of(SearchRequest request) {
        PeerDescriptor from = new PeerDescriptor();
        request.asker(from);
        int bytes = request.encoding().encodedBytes(request.dimensions());
        List<Long> words = new ArrayList<>();
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
}
