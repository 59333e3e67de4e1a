package ai.bytesandbrains.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.search.SearchCopy.Given;
import ai.bytesandbrains.engine.search.SearchCopy.Vectors;
import ai.bytesandbrains.engine.search.SearchNetwork.Letter;
import ai.bytesandbrains.engine.search.SearchNetwork.Node;
import ai.bytesandbrains.engine.search.SearchResult.Hit;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Hits that are measured again on fetched vectors, with vectors that do not come and wishes that
/// are not granted.
class SecondLookLossTest extends SecondLookFixture {

    @Test
    void shouldKeepWhatPeersSaidOfVectorsThatAreLost() {
        try (SearchNetwork network = codes(4, Metric.L2, 40, true)) {
            Node asker = network.node(1);
            long op = asker.ask(network.vector(), TEN);
            deliver(network, letter -> letter.message().kind() != SearchKind.VECTORS, m -> m);
            assertThat(asker.operations.isFinished(op)).isFalse();
            network.nowNs += TEN.deadlineNs();
            network.pollAll();
            SearchResult result = asker.take(op);

            assertThat(result.peersAnswered()).isEqualTo(3);
            assertThat(result.isPartial()).isTrue();
            assertThat(result.vectorsMissing()).isPositive();
            assertThat(result.hits()).hasSize(K);
            assertThat(result.hits())
                    .extracting(hit -> hit.measured().form())
                    .contains(DistanceForm.ADC, DistanceForm.VERIFIED);
        }
    }

    @Test
    void shouldTakeNoVectorsAfterTheEnd() {
        try (SearchNetwork network = codes(3, Metric.L2, 41, true)) {
            Node asker = network.node(1);
            List<Letter> late = new ArrayList<>();
            asker.ask(network.vector(), TEN);
            deliver(
                    network,
                    letter -> letter.message().kind() != SearchKind.VECTORS || !late.add(letter),
                    m -> m);
            network.nowNs += TEN.deadlineNs();
            network.pollAll();
            late.forEach(network::deliver);

            assertThat(late).isNotEmpty();
            assertThat(asker.search.counters().unsolicited()).isEqualTo(late.size());
        }
    }

    @Test
    void shouldNotWaitForAPeerThatDiedAfterItsAnswer() {
        try (SearchNetwork network = codes(4, Metric.L2, 43, true)) {
            Node asker = network.node(1);
            long op = asker.ask(network.vector(), TEN.withRerank(8));
            deliver(
                    network,
                    letter -> letter.from() != 3 || letter.message().kind() != SearchKind.VECTORS,
                    m -> m);
            assertThat(asker.operations.isFinished(op)).isFalse();
            asker.search.onConnectionFailed(asker.table.find(3), network.nowNs);
            SearchResult result = asker.take(op);

            assertThat(result.peersAnswered()).isEqualTo(3);
            assertThat(result.vectorsMissing()).isEqualTo(K);
            assertThat(result.isPartial()).isTrue();
            assertThat(asker.peersHeld()).isZero();
        }
    }

    @Test
    void shouldDropHitsThatAreGoneWhenTheirVectorsAreWishedFor() {
        try (SearchNetwork network = codes(3, Metric.L2, 44, true)) {
            Node asker = network.node(1);
            long op = asker.ask(network.vector(), TEN.withRerank(8));
            deliver(network, letter -> letter.message().kind() != SearchKind.FETCH, m -> m);
            network.node(2).index.reset();
            network.nowNs += 1;
            asker.search.onConnectionFailed(asker.table.find(3), network.nowNs);
            // The wish to node 2 was lost with the others; it is told to the node by hand.
            Letter gone = new Letter(2, 1, gone(network, asker));
            network.deliver(gone);
            SearchResult result = asker.take(op);

            assertThat(result.hits()).extracting(Hit::peer).doesNotContain(Peers.peer(2).id());
            assertThat(result.vectorsMissing()).isEqualTo(K);
        }
    }

    @Test
    void shouldFetchWhatItHasWhereAPeerIsSilent() {
        try (SearchNetwork network = codes(4, Metric.L2, 45, true)) {
            Node asker = network.node(1);
            long op = asker.ask(network.vector(), TEN);
            deliver(network, letter -> letter.to() != 4, m -> m);
            long begin = asker.search.nextDeadlineNs(network.nowNs);
            assertThat(begin - network.nowNs).isEqualTo(TEN.deadlineNs() / 4 * 3);
            network.nowNs = begin;
            network.pollAll();
            deliver(network, letter -> true, m -> m);
            assertThat(asker.operations.isFinished(op)).isFalse();
            network.nowNs = asker.search.nextDeadlineNs(network.nowNs);
            network.pollAll();
            SearchResult result = asker.take(op);

            assertThat(result.elapsedNs()).isEqualTo(TEN.deadlineNs());
            assertThat(result.peersTimedOut()).isEqualTo(1);
            assertThat(result.vectorsMissing()).isZero();
            assertThat(result.hits()).extracting(Hit::measured).containsOnly(Measured.VERIFIED);
        }
    }

    @Test
    void shouldGiveVectorsWithinTheBudgetOfTheAsker() {
        SearchLimits poor = BY_CODES.withQueriesPerSecond(1);
        try (SearchNetwork network = codes(2, Metric.L2, 46, true, poor)) {
            long op = network.node(1).ask(network.vector(), TEN);
            network.deliverAll();
            SearchResult result = network.node(1).take(op);

            assertThat(result.peersAnswered()).isEqualTo(1);
            assertThat(result.vectorsMissing()).isEqualTo(K);
            assertThat(network.node(2).search.counters().vectorsGiven()).isZero();
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {47, 48})
    void shouldGetThroughAnOutboxThatRefusesAtRandom(long seed) {
        try (SearchNetwork network = codes(4, Metric.L2, seed, true)) {
            network.nodes.forEach(node -> node.refuse = 0.5);
            for (int round = 0; round < 20; round++) {
                Node asker = network.node(1);
                long op = asker.ask(network.vector(), TEN);
                for (int i = 0; i < 300 && !asker.operations.isFinished(op); i++) {
                    network.deliverAll();
                    network.nowNs += 1_000;
                    network.pollAll();
                }
                SearchResult result = asker.take(op);

                assertThat(result.isPartial()).isFalse();
                assertThat(result.hits()).extracting(Hit::measured).containsOnly(Measured.VERIFIED);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "13, FLOAT32, 1, WRONG_DIMENSIONS",
        "12, FLOAT32, 0, TOO_MANY_WANTED",
        "12, FLOAT32, 33, TOO_MANY_WANTED",
        "12, FLOAT32, 1, UNSUITABLE_ENCODING",
        "12, INT8, 32, OK"
    })
    void shouldRefuseWishesThatItCannotGrant(
            int dimensions, QueryEncoding encoding, int count, SearchStatus status) {
        VectorMessages onlyInt8 = new VectorMessages(0, 5);
        try (SearchNetwork network = new SearchNetwork(2, Metric.L2, 50, onlyInt8)) {
            network.fill(3);
            List<Long> ids = IntStream.range(0, count).mapToObj(Long::valueOf).toList();
            network.deliver(
                    new Letter(
                            2,
                            1,
                            new SearchCopy.Wish(
                                    9,
                                    Peers.descriptor(2),
                                    TEN.deadlineNs(),
                                    dimensions,
                                    encoding,
                                    ids)));
            int told = 0;
            assertThat(network.letters).isNotEmpty();
            for (Letter letter : network.letters) {
                VectorResponse answer = (VectorResponse) letter.message();
                assertThat(answer.status()).isEqualTo(status);
                told += answer.size();
            }
            assertThat(told).isEqualTo(status == SearchStatus.OK ? count : 0);
        }
    }

    /// What node 2 would say to any wish now.
    private static Vectors gone(SearchNetwork network, Node asker) {
        List<Given> none = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            none.add(new Given(2_000L + i, VectorState.GONE, 0, List.of()));
        }
        long requestId = asker.operations.slots.getLong(0, SearchSlots.REQUEST_ID);
        assertThat(network.node(2).index.isEmpty()).isTrue();
        return new Vectors(
                requestId, SearchStatus.OK, SearchNetwork.DIMENSIONS, QueryEncoding.FLOAT32, none);
    }
}
