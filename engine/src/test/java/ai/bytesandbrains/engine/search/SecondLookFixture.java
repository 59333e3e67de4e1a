package ai.bytesandbrains.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.PqIndex;
import ai.bytesandbrains.engine.index.SearchOptions;
import ai.bytesandbrains.engine.search.SearchNetwork.Letter;
import ai.bytesandbrains.engine.search.SearchNetwork.Node;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Networks of nodes that answer exactly or by codes, what they should find, and a wire on which
/// messages get lost or changed.
abstract class SecondLookFixture {
    static final int K = 10;
    static final int ROWS = 120;
    static final SearchParameters TEN = SearchParameters.of(K).withEncoding(QueryEncoding.FLOAT32);
    static final SearchLimits BY_CODES = new SearchLimits(4, 32, 24, 8).withAnswerRerank(0);

    /// The vectors of all nodes, by their number and id.
    final Map<Integer, Map<Long, float[]>> rows = new HashMap<>();

    SearchNetwork flat(int count, Metric metric, long seed) {
        SearchNetwork network = new SearchNetwork(count, metric, seed);
        for (int number = 1; number <= count; number++) {
            fill(network, number, new FlatIndex(metric.space(SearchNetwork.DIMENSIONS)));
        }
        return network;
    }

    SearchNetwork codes(int count, Metric metric, long seed, boolean withRows) {
        return codes(count, metric, seed, withRows, BY_CODES);
    }

    /// Nodes that answer by codes, each under a codebook of its own.
    SearchNetwork codes(
            int count, Metric metric, long seed, boolean withRows, SearchLimits limits) {
        SearchNetwork network = new SearchNetwork(count, metric, seed);
        for (int number = 1; number <= count; number++) {
            PqConfig config = PqConfig.of(metric, SearchNetwork.DIMENSIONS, 4, 4, seed + number);
            PqIndex index =
                    withRows
                            ? new PqIndex(config, metric.space(SearchNetwork.DIMENSIONS))
                            : new PqIndex(config);
            float[] samples = new float[ROWS * SearchNetwork.DIMENSIONS];
            for (int i = 0; i < ROWS; i++) {
                float[] sample = network.vector();
                System.arraycopy(sample, 0, samples, i * sample.length, sample.length);
            }
            int stride = Float.BYTES * SearchNetwork.DIMENSIONS;
            index.train(MemorySegment.ofArray(samples), 0, stride, ROWS);
            fill(network, number, index, limits);
        }
        return network;
    }

    void fill(SearchNetwork network, int number, Index index) {
        fill(network, number, index, SearchNetwork.LIMITS);
    }

    void fill(SearchNetwork network, int number, Index index, SearchLimits limits) {
        Node node = network.replace(number, index, limits, FilterResolver.NONE);
        Map<Long, float[]> own = rows.computeIfAbsent(number, n -> new HashMap<>());
        for (int i = 0; i < ROWS; i++) {
            long id = number * 1_000L + i;
            float[] vector = network.vector();
            own.put(id, vector);
            node.index.add(id, vector);
        }
    }

    /// What each node has among its best by its codes.
    List<Long> candidates(SearchNetwork network, float[] query) {
        List<Long> ids = new ArrayList<>();
        for (Node node : network.nodes) {
            try (Neighbours found = new Neighbours(K)) {
                node.index.search(
                        MemorySegment.ofArray(query), 0, SearchOptions.of(K).withRerank(0), found);
                for (int i = 0; i < found.size(); i++) {
                    ids.add(found.idAt(i));
                }
            }
        }
        return ids;
    }

    List<Long> everything(SearchNetwork network) {
        return network.nodes.stream()
                .flatMap(node -> rows.get(node.number).keySet().stream())
                .toList();
    }

    List<Long> bestOf(Metric metric, float[] query, List<Long> candidates) {
        EmbeddingSpace space = metric.space(SearchNetwork.DIMENSIONS);
        Comparator<Long> byDistance =
                Comparator.comparingDouble(
                        id -> space.distance(query, rows.get((int) (id / 1_000)).get(id)));
        return candidates.stream()
                .sorted(byDistance.thenComparing(Comparator.naturalOrder()))
                .limit(K)
                .toList();
    }

    int from;

    int letterFrom(SearchNetwork network) {
        assertThat(from).isBetween(1, network.nodes.size());
        return from;
    }

    /// Delivers what passes, changed; the rest is lost.
    void deliver(
            SearchNetwork network, Predicate<Letter> passes, UnaryOperator<SearchMessage> change) {
        while (!network.letters.isEmpty()) {
            Letter letter = network.letters.poll();
            from = letter.from();
            if (passes.test(letter)) {
                SearchMessage changed = change.apply(letter.message());
                network.deliver(new Letter(letter.from(), letter.to(), changed));
            }
        }
    }
}
