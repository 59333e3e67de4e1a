package ai.bytesandbrains.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.search.SearchCopy.Given;
import ai.bytesandbrains.engine.search.SearchCopy.Response;
import ai.bytesandbrains.engine.search.SearchCopy.Vectors;
import ai.bytesandbrains.engine.search.SearchNetwork.Node;
import ai.bytesandbrains.engine.search.SearchResult.Hit;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

/// Hits that are measured again on fetched vectors, with peers that lie.
class SecondLookLiesTest extends SecondLookFixture {

    @ParameterizedTest(name = "{0} seed={1} float32s={2}")
    @CsvSource({
        "L2, 10, 4",
        "L2, 11, 0",
        "COSINE, 12, 4",
        "COSINE, 13, 0",
        "INNER_PRODUCT, 14, 4",
        "INNER_PRODUCT, 15, 0"
    })
    void shouldNotTakeRoundingForALie(Metric metric, long seed, int float32s) {
        VectorMessages fitting = new VectorMessages(float32s, 7);
        try (SearchNetwork network = new SearchNetwork(4, metric, seed, fitting)) {
            fill(network, 2, new FlatIndex(new Int8Space(metric, SearchNetwork.DIMENSIONS)));
            fill(network, 3, new FlatIndex(metric.space(SearchNetwork.DIMENSIONS)));
            fill(network, 4, new FlatIndex(metric.space(SearchNetwork.DIMENSIONS)));
            for (int round = 0; round < 50; round++) {
                long op = network.node(1).ask(network.vector(), TEN.withRerank(3));
                network.deliverAll();
                SearchResult result = network.node(1).take(op);

                assertThat(result.misstated()).isZero();
                assertThat(result.vectorsWanted()).isEqualTo(3 * K);
                assertThat(result.isPartial()).isFalse();
            }
        }
    }

    @ParameterizedTest(name = "{0} of 7 peers lie")
    @ValueSource(ints = {1, 3, 6})
    void shouldGiveLiarsNothing(int liars) {
        try (SearchNetwork network = flat(8, Metric.L2, 20 + liars)) {
            for (int round = 0; round < 10; round++) {
                float[] query = network.vector();
                long op = network.node(1).ask(query, TEN.withRerank(1));
                deliver(
                        network,
                        letter -> true,
                        message -> lie(message, letterFrom(network) <= 1 + liars));
                SearchResult result = network.node(1).take(op);

                assertThat(result.hits())
                        .extracting(Hit::id)
                        .containsExactlyElementsOf(bestOf(Metric.L2, query, everything(network)));
                assertThat(result.misstated()).isPositive();
                assertThat(network.node(1).search.counters().misstated()).isPositive();
            }
        }
    }

    @Test
    void shouldBelieveLiarsIfToldNotToLookTwice() {
        try (SearchNetwork network = flat(4, Metric.L2, 30)) {
            long op = network.node(1).ask(network.vector(), TEN);
            deliver(network, letter -> true, message -> lie(message, letterFrom(network) == 2));
            SearchResult result = network.node(1).take(op);

            assertThat(result.hits()).extracting(Hit::peer).containsOnly(Peers.peer(2).id());
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0, Float.NaN, Float.POSITIVE_INFINITY})
    void shouldDropHitsWhoseVectorsAreNone(float component) {
        try (SearchNetwork network = flat(2, Metric.COSINE, 31)) {
            long op = network.node(1).ask(network.vector(), TEN.withRerank(1).withAskPeers(1));
            deliver(network, letter -> true, message -> fillWith(message, component));
            SearchResult result = network.node(1).take(op);

            assertThat(result.hits()).extracting(Hit::peer).containsOnly(Peers.peer(1).id());
            assertThat(result.misstated()).isEqualTo(result.vectorsWanted()).isPositive();
        }
    }

    @Test
    void shouldDropVectorsThatWereNotWishedFor() {
        try (SearchNetwork network = codes(3, Metric.L2, 42, true)) {
            Node asker = network.node(1);
            float[] query = network.vector();
            long op = asker.ask(query, TEN.withRerank(8));
            deliver(network, letter -> true, SecondLookLiesTest::doubled);
            SearchResult result = asker.take(op);

            assertThat(result.hits())
                    .extracting(Hit::id)
                    .containsExactlyElementsOf(
                            bestOf(Metric.L2, query, candidates(network, query)));
            assertThat(asker.search.counters().rejected()).isEqualTo(2 * K);
        }
    }

    /// All hits are said to be where the query is.
    private static SearchMessage lie(SearchMessage message, boolean isLiar) {
        if (!isLiar || !(message instanceof Response response)) {
            return message;
        }
        return response.with(
                response.hits().stream().map(hit -> new SearchCopy.Hit(hit.id(), 0)).toList());
    }

    private static SearchMessage fillWith(SearchMessage message, float component) {
        if (!(message instanceof Vectors vectors)) {
            return message;
        }
        long bits = Float.floatToRawIntBits(component) & 0xffff_ffffL;
        return vectors.with(
                vectors.vectors().stream()
                        .map(
                                given ->
                                        new Given(
                                                given.id(),
                                                given.state(),
                                                given.scale(),
                                                given.words().stream()
                                                        .map(word -> bits << 32 | bits)
                                                        .toList()))
                        .toList());
    }

    /// Every vector is given twice.
    private static SearchMessage doubled(SearchMessage message) {
        if (!(message instanceof Vectors vectors)) {
            return message;
        }
        List<Given> twice = new ArrayList<>(vectors.vectors());
        twice.addAll(vectors.vectors());
        return vectors.with(twice);
    }
}
