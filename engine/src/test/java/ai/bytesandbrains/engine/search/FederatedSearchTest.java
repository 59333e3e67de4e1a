package ai.bytesandbrains.engine.search;

import static ai.bytesandbrains.engine.search.SearchNetwork.LIMITS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Neighbour;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.search.SearchNetwork.Node;
import ai.bytesandbrains.engine.search.SearchResult.Hit;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Searches over a network that behaves: results against brute force, counts, deadlines.
class FederatedSearchTest {

    private static final SearchParameters EXACT =
            SearchParameters.of(10).withEncoding(QueryEncoding.FLOAT32);

    @ParameterizedTest(name = "{0} seed={1}")
    @CsvSource({"L2, 1", "L2, 2", "COSINE, 3", "COSINE, 4", "INNER_PRODUCT, 5"})
    void shouldFindWhatBruteForceFindsInTheUnion(Metric metric, long seed) {
        try (SearchNetwork network = new SearchNetwork(8, metric, seed)) {
            network.fill(40);
            Node asker = network.node(1);
            for (int round = 0; round < 50; round++) {
                float[] query = network.vector();
                long op = asker.ask(query, EXACT);
                network.deliverAll();

                assertThat(asker.take(op).hits())
                        .containsExactlyElementsOf(bruteForce(network, query, 10));
            }
        }
    }

    @Test
    void shouldOrderEqualDistancesBySmallerId() {
        try (SearchNetwork network = new SearchNetwork(4, Metric.L2, 5)) {
            float[] row = network.vector();
            for (Node node : network.nodes) {
                node.index.add(100 - node.number, row);
            }
            long op = network.node(1).ask(row, EXACT);
            network.deliverAll();

            assertThat(network.node(1).take(op).hits())
                    .extracting(Hit::id)
                    .containsExactly(96L, 97L, 98L, 99L);
        }
    }

    @ParameterizedTest(name = "ask {0} of 7")
    @CsvSource({"0, 0", "1, 1", "3, 3", "7, 7", "100, 7", "2147483647, 7"})
    void shouldAskAsManyAsWanted(int wanted, int asked) {
        try (SearchNetwork network = new SearchNetwork(8, Metric.L2, 6)) {
            network.fill(5);
            long op = network.node(1).ask(network.vector(), EXACT.withAskPeers(wanted));
            assertThat(network.letters).hasSize(asked);
            assertThat(network.letters)
                    .extracting(SearchNetwork.Letter::to)
                    .doesNotHaveDuplicates();
            network.deliverAll();
            SearchResult result = network.node(1).take(op);

            assertThat(result.peersChosen()).isEqualTo(asked);
            assertThat(result.peersAsked()).isEqualTo(asked);
            assertThat(result.peersAnswered()).isEqualTo(asked);
            assertThat(result.isPartial()).isFalse();
        }
    }

    @Test
    void shouldChooseEveryPeerAboutAsOften() {
        try (SearchNetwork network = new SearchNetwork(8, Metric.L2, 7)) {
            int[] asked = new int[9];
            for (int round = 0; round < 7_000; round++) {
                long op = network.node(1).ask(network.vector(), EXACT.withAskPeers(2));
                network.letters.forEach(letter -> asked[letter.to()]++);
                network.deliverAll();
                network.node(1).take(op);
            }
            for (int number = 2; number <= 8; number++) {
                assertThat(asked[number]).isBetween(1_800, 2_200);
            }
        }
    }

    @Test
    void shouldAskNoMoreThanItsLimit() {
        try (SearchNetwork network = new SearchNetwork(40, Metric.L2, 8)) {
            long op = network.node(1).ask(network.vector(), EXACT);
            network.deliverAll();

            assertThat(network.node(1).take(op).peersAsked()).isEqualTo(LIMITS.maxPeers());
        }
    }

    @Test
    void shouldEndAtOnceWithoutPeers() {
        try (SearchNetwork network = new SearchNetwork(1, Metric.L2, 9)) {
            network.fill(3);
            long op = network.node(1).ask(network.vector(), EXACT);

            assertThat(network.node(1).operations.isFinished(op)).isTrue();
            assertThat(network.node(1).take(op).hits()).hasSize(3);
        }
    }

    @Test
    void shouldGiveWhatItHasAtTheDeadline() {
        try (SearchNetwork network = new SearchNetwork(6, Metric.L2, 10)) {
            network.fill(4);
            Node asker = network.node(1);
            long op = asker.ask(network.vector(), EXACT);
            for (int i = 0; i < 2; i++) {
                network.deliver(network.letters.poll());
                network.deliver(network.letters.pollLast());
            }
            long deadline = asker.search.nextDeadlineNs(network.nowNs);
            assertThat(deadline).isEqualTo(network.nowNs + EXACT.deadlineNs());
            network.nowNs = deadline - 1;
            assertThat(asker.search.poll(network.nowNs)).isZero();
            assertThat(asker.operations.isFinished(op)).isFalse();
            network.nowNs = deadline;
            asker.search.poll(network.nowNs);
            SearchResult result = asker.take(op);

            assertThat(result.isPartial()).isTrue();
            assertThat(result.peersAsked()).isEqualTo(5);
            assertThat(result.peersAnswered()).isEqualTo(2);
            assertThat(result.peersTimedOut()).isEqualTo(3);
            assertThat(result.elapsedNs()).isEqualTo(EXACT.deadlineNs());
            assertThat(result.hits()).extracting(Hit::peer).contains(Peers.peer(1).id());
        }
    }

    @Test
    void shouldTellPeersHowLongItWaits() {
        try (SearchNetwork network = new SearchNetwork(2, Metric.L2, 11)) {
            network.node(1).ask(network.vector(), EXACT.withDeadlineNs(12_345));
            SearchRequest request = (SearchRequest) network.letters.poll().message();

            assertThat(request.budgetNs()).isEqualTo(12_345);
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {12, 13, 14})
    void shouldGetThroughAnOutboxThatRefusesAtRandom(long seed) {
        try (SearchNetwork network = new SearchNetwork(8, Metric.L2, seed)) {
            network.fill(10);
            network.nodes.forEach(node -> node.refuse = 0.6);
            for (int round = 0; round < 30; round++) {
                float[] query = network.vector();
                Node asker = network.node(1);
                long op = asker.ask(query, EXACT);
                for (int i = 0; i < 200 && !asker.operations.isFinished(op); i++) {
                    network.deliverAll();
                    network.nowNs += 1_000;
                    network.pollAll();
                }
                SearchResult result = asker.take(op);

                assertThat(result.isPartial()).isFalse();
                assertThat(result.hits()).containsExactlyElementsOf(bruteForce(network, query, 10));
            }
            assertNothingHeld(network);
        }
    }

    @Test
    void shouldCountOnlyThoseItCouldAsk() {
        try (SearchNetwork network = new SearchNetwork(4, Metric.L2, 15)) {
            network.node(1).refuse = 1;
            long op = network.node(1).ask(network.vector(), EXACT);
            assertThat(network.node(1).search.nextDeadlineNs(network.nowNs))
                    .isEqualTo(network.nowNs);
            network.nowNs += EXACT.deadlineNs();
            network.pollAll();
            SearchResult result = network.node(1).take(op);

            assertThat(result.peersChosen()).isEqualTo(3);
            assertThat(result.peersAsked()).isZero();
            assertThat(result.peersTimedOut()).isZero();
            assertThat(result.isPartial()).isTrue();
        }
    }

    @Test
    void shouldRunAsManySearchesAsAllowed() {
        try (SearchNetwork network = new SearchNetwork(4, Metric.L2, 16)) {
            List<Long> ops = new ArrayList<>();
            for (int i = 0; i < LIMITS.concurrentSearches(); i++) {
                ops.add(network.node(1).ask(network.vector(), EXACT));
            }
            assertThat(network.node(1).ask(network.vector(), EXACT)).isEqualTo(OpTable.NULL_OP);
            network.deliverAll();
            ops.forEach(network.node(1)::take);

            assertThat(network.node(1).ask(network.vector(), EXACT)).isNotEqualTo(OpTable.NULL_OP);
        }
    }

    @Test
    void shouldForgetAnAbandonedSearch() {
        try (SearchNetwork network = new SearchNetwork(4, Metric.L2, 17)) {
            Node asker = network.node(1);
            long op = asker.ask(network.vector(), EXACT);
            asker.operations.abandon(op);
            assertThat(asker.search.nextDeadlineNs(network.nowNs)).isEqualTo(network.nowNs);
            network.pollAll();

            assertThatThrownBy(() -> asker.operations.isFinished(op))
                    .isInstanceOf(IllegalStateException.class);
            network.deliverAll();
            assertThat(asker.search.counters().unsolicited()).isEqualTo(3);
            assertNothingHeld(network);
        }
    }

    @Test
    void shouldAskNobodyForASearchThatWasAbandonedBefore() {
        try (SearchNetwork network = new SearchNetwork(4, Metric.L2, 18)) {
            Node asker = network.node(1);
            MemorySegment query = MemorySegment.ofArray(network.vector());
            long op = asker.operations.begin(query, 0, EXACT, network.nowNs);
            asker.operations.abandon(op);
            asker.search.start(op, network.nowNs);

            assertThat(network.letters).isEmpty();
            assertThatThrownBy(() -> asker.operations.isFinished(op))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldRefuseToStartWhatIsNoSearch() {
        try (SearchNetwork network = new SearchNetwork(2, Metric.L2, 19)) {
            assertThatThrownBy(() -> network.node(1).search.start(OpTable.NULL_OP, network.nowNs))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldEndEverySearchWhenItStops() {
        try (SearchNetwork network = new SearchNetwork(4, Metric.L2, 20)) {
            long op = network.node(1).ask(network.vector(), EXACT);
            network.node(1).search.stop(network.nowNs);

            assertThat(network.node(1).take(op).isPartial()).isTrue();
            assertThat(network.node(1).peersHeld()).isZero();
        }
    }

    @Test
    void shouldRefuseAnIndexOfOtherDimensions() {
        try (SearchNetwork network = new SearchNetwork(1, Metric.L2, 21);
                FlatIndex other = new FlatIndex(Metric.L2.space(5))) {
            Node node = network.node(1);
            assertThatThrownBy(
                            () ->
                                    new FederatedSearch(
                                            Peers.peer(1),
                                            node.operations,
                                            other,
                                            node.table,
                                            node,
                                            network.random,
                                            node))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("index.dimensions=5");
        }
    }

    private static void assertNothingHeld(SearchNetwork network) {
        network.deliverAll();
        for (Node node : network.nodes) {
            node.refuse = 0;
            node.search.poll(network.nowNs);
            assertThat(node.peersHeld()).as("held by %d", node.number).isZero();
        }
        network.letters.clear();
    }

    private static List<Hit> bruteForce(SearchNetwork network, float[] query, int k) {
        List<Hit> all = new ArrayList<>();
        for (Node node : network.nodes) {
            for (Neighbour found : node.index.search(query, 10_000)) {
                all.add(new Hit(Peers.peer(node.number).id(), found.id(), found.distance()));
            }
        }
        all.sort(Comparator.comparingDouble(Hit::distance).thenComparingLong(Hit::id));
        return all.subList(0, k);
    }
}
