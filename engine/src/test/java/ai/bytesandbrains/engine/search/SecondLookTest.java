package ai.bytesandbrains.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.PqIndex;
import ai.bytesandbrains.engine.index.SearchOptions;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.search.SearchResult.Hit;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/// Hits that are measured again on fetched vectors, with codes under different codebooks.
class SecondLookTest extends SecondLookFixture {

    @ParameterizedTest(name = "{0} seed={1}")
    @CsvSource({"L2, 1", "L2, 2", "COSINE, 3", "INNER_PRODUCT, 4"})
    void shouldOrderHitsUnderDifferentCodebooksByTheirVectors(Metric metric, long seed) {
        try (SearchNetwork network = codes(5, metric, seed, true)) {
            for (int round = 0; round < 20; round++) {
                float[] query = network.vector();
                long op = network.node(1).ask(query, TEN.withRerank(8));
                network.deliverAll();
                SearchResult result = network.node(1).take(op);

                assertThat(result.hits())
                        .extracting(Hit::id)
                        .containsExactlyElementsOf(
                                bestOf(metric, query, candidates(network, query)));
                assertThat(result.hits()).extracting(Hit::measured).containsOnly(Measured.VERIFIED);
                assertThat(result.vectorsWanted()).isEqualTo(5 * K);
                assertThat(result.misstated()).isZero();
                assertThat(result.isPartial()).isFalse();
            }
        }
    }

    @Test
    void shouldLookTwiceAtCodesUnlessToldNotTo() {
        try (SearchNetwork network = codes(4, Metric.L2, 5, true)) {
            long op = network.node(1).ask(network.vector(), TEN);
            network.deliverAll();
            SearchResult result = network.node(1).take(op);

            assertThat(result.hits()).extracting(Hit::measured).containsOnly(Measured.VERIFIED);
            assertThat(result.vectorsWanted()).isEqualTo(4 * K);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"L2", "COSINE", "INNER_PRODUCT"})
    void shouldSayUnderWhichCodebookHitsWereMeasured(Metric metric) {
        try (SearchNetwork network = codes(3, metric, 6, true)) {
            float[] query = network.vector();
            long op = network.node(1).ask(query, TEN.withRerank(0));
            network.deliverAll();
            SearchResult result = network.node(1).take(op);

            assertThat(result.vectorsWanted()).isZero();
            for (Hit hit : result.hits()) {
                PqIndex index = (PqIndex) network.node(numberOf(hit.peer())).index;
                float error = (float) index.codebook().trainingError();
                assertThat(hit.measured())
                        .isEqualTo(
                                new Measured(
                                        DistanceForm.ADC,
                                        index.codebook().idHigh(),
                                        index.codebook().idLow(),
                                        error));
                float more = metric == Metric.L2 ? error : metric == Metric.COSINE ? error / 2 : 0;
                assertThat(hit.distance()).isEqualTo(told(index, query, hit.id()) + more);
            }
        }
    }

    @Test
    void shouldFetchNothingWhereEverybodyIsExact() {
        try (SearchNetwork network = flat(6, Metric.L2, 7)) {
            long op = network.node(1).ask(network.vector(), TEN);
            network.deliverAll();
            SearchResult result = network.node(1).take(op);

            assertThat(result.vectorsWanted()).isZero();
            assertThat(result.hits()).extracting(Hit::measured).containsOnly(Measured.EXACT);
        }
    }

    @Test
    void shouldLeaveHitsOfWhichPeersKeepOnlyCodes() {
        try (SearchNetwork network = codes(3, Metric.L2, 8, false)) {
            long op = network.node(1).ask(network.vector(), TEN);
            network.deliverAll();
            SearchResult result = network.node(1).take(op);

            assertThat(result.hits()).hasSize(K);
            assertThat(result.hits())
                    .extracting(hit -> hit.measured().form())
                    .containsOnly(DistanceForm.ADC);
            assertThat(result.vectorsMissing()).isZero();
            assertThat(result.isPartial()).isFalse();
        }
    }

    private static float told(Index index, float[] query, long wanted) {
        try (Neighbours found = new Neighbours(K)) {
            index.search(MemorySegment.ofArray(query), 0, SearchOptions.of(K).withRerank(0), found);
            return IntStream.range(0, found.size())
                    .filter(i -> found.idAt(i) == wanted)
                    .mapToObj(found::distanceAt)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static int numberOf(PeerId id) {
        return (int) id.shortId();
    }
}
