package ai.bytesandbrains.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.RowFilter;
import ai.bytesandbrains.engine.search.SearchCopy.Request;
import ai.bytesandbrains.engine.search.SearchCopy.Response;
import ai.bytesandbrains.engine.search.SearchNetwork.Letter;
import ai.bytesandbrains.engine.search.SearchNetwork.Node;
import ai.bytesandbrains.engine.search.SearchResult.Hit;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/// Filters that travel with a query, against brute force, and those that cannot be.
class SearchFilterTest {

    private static final int NODES = 4;
    private static final int ROWS = 250;
    private static final long EVEN = 17;
    private static final SearchParameters TEN =
            SearchParameters.of(10).withEncoding(QueryEncoding.FLOAT32);

    /// An application's own knowledge of its entries.
    private static final FilterResolver RESOLVER =
            tag -> tag == EVEN ? RowFilter.byId(id -> id % 2 == 0) : null;

    /// The vectors of all nodes.
    private final Map<Long, float[]> rows = new HashMap<>();

    @ParameterizedTest(name = "{0} of 1,000 ids pass")
    @ValueSource(ints = {0, 1, 9, 10, 100, 500, 999, 1_000})
    void shouldFindTheNearestOfTheIdsThatPass(int count) {
        try (SearchNetwork network = network(count)) {
            SearchFilter run = count == 0 ? SearchFilter.ids() : SearchFilter.range(0, count - 1);
            assertFound(network, run, id -> id < count);
            assertFound(network, run.inverted(), id -> id >= count);
        }
    }

    @Test
    void shouldFindTheNearestOfScatteredIds() {
        try (SearchNetwork network = network(2_000)) {
            long[] ids = LongStream.range(0, 128).map(i -> i * 7).toArray();
            LongPredicate passes = id -> id % 7 == 0 && id < 896;
            assertFound(network, SearchFilter.ids(ids), passes);
            assertFound(network, SearchFilter.ids(ids).inverted(), passes.negate());
        }
    }

    @Test
    void shouldFindTheNearestOfWhatNodesMakeOfATag() {
        try (SearchNetwork network = network(2_001)) {
            assertFound(network, SearchFilter.tag(EVEN), id -> id % 2 == 0);
            assertFound(
                    network,
                    SearchFilter.range(100, 199).withTag(EVEN),
                    id -> id % 2 == 0 && id >= 100 && id < 200);
        }
    }

    @Test
    void shouldRefuseATagThatItDoesNotKnow() {
        try (SearchNetwork network = network(2_002)) {
            long op = network.node(1).ask(network.vector(), TEN.withFilter(SearchFilter.tag(18)));
            network.deliverAll();
            SearchResult result = network.node(1).take(op);

            assertThat(result.peersRefused()).isEqualTo(NODES - 1);
            assertThat(result.hits()).isEmpty();
            assertThat(result.isPartial()).isTrue();
        }
    }

    @Test
    void shouldTakeNoAnswerThatKnowsNoFilters() {
        try (SearchNetwork network = network(2_003)) {
            SearchFilter all = SearchFilter.range(Long.MIN_VALUE, Long.MAX_VALUE);
            assertThat(answered(network, all, true)).isEqualTo(1);
            assertThat(answered(network, all, false)).isZero();
        }
    }

    @Test
    void shouldTakeNoHitThatDoesNotPass() {
        try (SearchNetwork network = network(2_004)) {
            assertThat(answered(network, SearchFilter.range(5, 5), true)).isEqualTo(1);
            assertThat(answered(network, SearchFilter.range(6, 9), true)).isZero();
            assertThat(answered(network, SearchFilter.range(5, 5).inverted(), true)).isZero();
        }
    }

    // How many answers are taken, of one that has the id 5.
    private static int answered(SearchNetwork network, SearchFilter filter, boolean filtered) {
        Node asker = network.node(1);
        long op = asker.ask(network.vector(), TEN.withAskPeers(1).withFilter(filter));
        Letter query = network.letters.poll();
        Response answer =
                new Response(
                        query.message().requestId(),
                        SearchStatus.OK,
                        List.of(new SearchCopy.Hit(5, 1)),
                        filtered,
                        DistanceForm.EXACT,
                        0,
                        0,
                        0);
        network.deliver(new Letter(query.to(), 1, answer));
        return asker.take(op).peersAnswered();
    }

    @ParameterizedTest
    @CsvSource({"5, 4, 7, 8", "1, 4, 4, 8", "9, 10, 1, 2"})
    void shouldAnswerNoQueryWhoseIdsDoNotAscend(long a, long b, long c, long d) {
        try (SearchNetwork network = network(2_005)) {
            network.node(1).ask(network.vector(), TEN.withAskPeers(1));
            Request query = (Request) network.letters.poll().message();
            Request bounded = query.with(SearchFilter.BY_ID, List.of(a, b, c, d));
            SearchStatus status = new QueryFilter(RESOLVER).set(bounded);

            assertThat(status).isEqualTo(SearchStatus.BAD_QUERY);
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 2", "0, 2", "1, 2", "2, 258"})
    void shouldAnswerNoQueryWithAFilterThatCannotBe(int flags, int bounds) {
        try (SearchNetwork network = network(2_006)) {
            network.node(1).ask(network.vector(), TEN.withAskPeers(1));
            Request query = (Request) network.letters.poll().message();
            List<Long> ascending = LongStream.range(0, bounds).boxed().toList();
            SearchStatus status = new QueryFilter(RESOLVER).set(query.with(flags, ascending));

            assertThat(status).isEqualTo(SearchStatus.BAD_QUERY);
        }
    }

    @Test
    void shouldKeepRunsOfConsecutiveIds() {
        assertThat(SearchFilter.ids(3, 1, 2, 2, 9).ranges()).isEqualTo(2);
        assertThat(SearchFilter.ids(Long.MAX_VALUE, Long.MIN_VALUE).ranges()).isEqualTo(2);
        assertThat(SearchFilter.ids(LongStream.range(0, 10_000).toArray()))
                .isEqualTo(SearchFilter.range(0, 9_999));
        assertThat(SearchFilter.NONE.isNone()).isTrue();
        assertThat(SearchFilter.ids().isNone()).isFalse();
    }

    @Test
    void shouldRefuseFiltersThatCannotBe() {
        long[] many = LongStream.range(0, 129).map(i -> 2 * i).toArray();
        assertThatThrownBy(() -> SearchFilter.ids(many)).hasMessageContaining("ids=129");
        assertThatThrownBy(() -> SearchFilter.range(2, 1)).hasMessageContaining("last=1");
        assertThatThrownBy(() -> SearchFilter.tag(1).inverted())
                .isInstanceOf(IllegalStateException.class);
    }

    private SearchNetwork network(long seed) {
        SearchNetwork network = new SearchNetwork(NODES, Metric.L2, seed);
        for (int number = 1; number <= NODES; number++) {
            Node node =
                    network.replace(
                            number,
                            new FlatIndex(Metric.L2.space(SearchNetwork.DIMENSIONS)),
                            SearchNetwork.LIMITS,
                            RESOLVER);
            for (int i = 0; i < ROWS; i++) {
                long id = (long) i * NODES + number - 1;
                rows.put(id, network.vector());
                node.index.add(id, rows.get(id));
            }
        }
        return network;
    }

    private void assertFound(SearchNetwork network, SearchFilter filter, LongPredicate passes) {
        float[] query = network.vector();
        long op = network.node(1).ask(query, TEN.withFilter(filter));
        network.deliverAll();
        SearchResult result = network.node(1).take(op);
        EmbeddingSpace space = Metric.L2.space(SearchNetwork.DIMENSIONS);
        Comparator<Long> byDistance =
                Comparator.comparingDouble(id -> space.distance(query, rows.get(id)));

        assertThat(result.isPartial()).isFalse();
        assertThat(result.hits())
                .extracting(Hit::id)
                .containsExactlyElementsOf(
                        rows.keySet().stream()
                                .filter(passes::test)
                                .sorted(byDistance.thenComparing(Comparator.naturalOrder()))
                                .limit(10)
                                .toList());
    }
}
