package ai.bytesandbrains.engine.search;

import static ai.bytesandbrains.engine.search.SearchNetwork.DIMENSIONS;
import static ai.bytesandbrains.engine.search.SearchNetwork.LIMITS;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.search.SearchCopy.Hit;
import ai.bytesandbrains.engine.search.SearchCopy.Request;
import ai.bytesandbrains.engine.search.SearchCopy.Response;
import ai.bytesandbrains.engine.search.SearchNetwork.Letter;
import ai.bytesandbrains.engine.search.SearchNetwork.Node;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/// Answers and queries that are wrong, and peers that fail.
class SearchHostilityTest {

    private static final SearchParameters TWO = SearchParameters.of(2);
    private static final long SECOND = 1_000_000_000L;

    private final SearchNetwork network = new SearchNetwork(4, Metric.COSINE, 1);
    private final Node asker = network.node(1);

    @AfterEach
    void close() {
        network.close();
    }

    // ---- answers

    @Test
    void shouldMergeAnAnswer() {
        long id = ask(TWO);
        answer(2, new Response(id, SearchStatus.OK, new Hit(5, 0.5f)));

        assertThat(asker.search.counters().unsolicited()).isZero();
        assertThat(finish().peersAnswered()).isEqualTo(1);
    }

    @Test
    void shouldRejectMoreHitsThanItAskedFor() {
        assertRejected(new Hit(1, 0), new Hit(2, 0), new Hit(3, 0));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, -1e-30f, -1, Float.NEGATIVE_INFINITY})
    void shouldRejectDistancesThatCannotBe(float distance) {
        assertRejected(new Hit(1, 0.5f), new Hit(2, distance));
    }

    @Test
    void shouldTakeOneAnswerOfAPeer() {
        long id = ask(TWO);
        answer(2, new Response(id, SearchStatus.OK, new Hit(5, 0.5f)));
        assertUnsolicited(2, new Response(id, SearchStatus.OK, new Hit(6, 0.1f)));
    }

    @Test
    void shouldTakeNoAnswerToAnotherRequest() {
        long id = ask(TWO);
        assertUnsolicited(2, new Response(id + 1, SearchStatus.OK, new Hit(6, 0.1f)));
    }

    @Test
    void shouldTakeNoAnswerFromAStranger() {
        long id = ask(TWO);
        assertUnsolicited(50, new Response(id, SearchStatus.OK, new Hit(6, 0.1f)));
    }

    @Test
    void shouldTakeNoAnswerFromAPeerThatWasNotAsked() {
        long id = ask(TWO.withAskPeers(1));
        int asked = network.letters.peek().to();
        assertUnsolicited(asked == 2 ? 3 : 2, new Response(id, SearchStatus.OK, new Hit(6, 0.1f)));
    }

    @Test
    void shouldTakeNoAnswerAfterTheEnd() {
        long op = asker.ask(network.vector(), TWO);
        long id = network.letters.peek().message().requestId();
        network.nowNs += TWO.deadlineNs();
        network.pollAll();
        assertUnsolicited(2, new Response(id, SearchStatus.OK, new Hit(6, 0.1f)));

        assertThat(asker.take(op).hits()).isEmpty();
    }

    @Test
    void shouldCountRefusals() {
        long id = ask(TWO);
        answer(2, new Response(id, SearchStatus.OVERLOADED, new Hit(5, 0.5f)));
        SearchResult result = finish();

        assertThat(result.peersRefused()).isEqualTo(1);
        assertThat(result.hits()).isEmpty();
        assertThat(result.isPartial()).isTrue();
    }

    // ---- queries

    @Test
    void shouldRefuseOtherDimensions() {
        assertThat(statusOf(request(Metric.COSINE, DIMENSIONS + 1, 1, 1)))
                .isEqualTo(SearchStatus.WRONG_DIMENSIONS);
    }

    @Test
    void shouldRefuseAnotherMetric() {
        assertThat(statusOf(request(Metric.L2, DIMENSIONS, 1, 1)))
                .isEqualTo(SearchStatus.WRONG_METRIC);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 33, 65_535})
    void shouldRefuseMoreHitsThanItGives(int k) {
        assertThat(statusOf(request(Metric.COSINE, DIMENSIONS, k, 1)))
                .isEqualTo(SearchStatus.TOO_MANY_WANTED);
    }

    @Test
    void shouldRefuseAZeroVectorUnderCosine() {
        assertThat(statusOf(request(Metric.COSINE, DIMENSIONS, 1, 0)))
                .isEqualTo(SearchStatus.BAD_QUERY);
    }

    @Test
    void shouldRefuseAQueryThatOverflows() {
        Request plain = request(Metric.COSINE, DIMENSIONS, 1, 0x7f7f);
        Request huge =
                new Request(
                        9,
                        plain.from(),
                        1,
                        SECOND,
                        Metric.COSINE,
                        DIMENSIONS,
                        QueryEncoding.INT8,
                        Float.MAX_VALUE,
                        plain.words());

        assertThat(statusOf(huge)).isEqualTo(SearchStatus.BAD_QUERY);
    }

    @Test
    void shouldTakeNoQueryInItsOwnName() {
        Request own =
                new Request(
                        9,
                        Peers.descriptor(1),
                        1,
                        SECOND,
                        Metric.COSINE,
                        DIMENSIONS,
                        QueryEncoding.INT8,
                        1,
                        List.of(1L, 1L));
        assertThat(asker.search.onMessage(PeerTable.NULL_PEER, own, network.nowNs)).isZero();
        assertThat(asker.search.counters().rejected()).isEqualTo(1);
    }

    @Test
    void shouldTakeNoQueryInAnothersName() {
        Request request = request(Metric.COSINE, DIMENSIONS, 1, 1);
        assertThat(asker.search.onMessage(asker.table.find(3), request, network.nowNs)).isZero();
        assertThat(network.letters).isEmpty();
    }

    @Test
    void shouldTakeNoQueryFromAnAddressThatIsNone() {
        PeerDescriptor nowhere = new PeerDescriptor().id(90, 1, 1, 1);
        Request request =
                new Request(
                        9,
                        nowhere,
                        1,
                        SECOND,
                        Metric.COSINE,
                        DIMENSIONS,
                        QueryEncoding.INT8,
                        1,
                        List.of(1L, 1L));

        assertThat(asker.search.onMessage(PeerTable.NULL_PEER, request, network.nowNs)).isZero();
    }

    @Test
    void shouldForgetAStrangerOnceItIsAnswered() {
        int before = asker.table.size();
        asker.search.onMessage(
                PeerTable.NULL_PEER, from(90, request(Metric.COSINE, DIMENSIONS, 1, 1)), 0);

        assertThat(network.letters.poll().to()).isEqualTo(90);
        assertThat(asker.table.size()).isEqualTo(before);
    }

    @Test
    void shouldSayThatItIsOverloaded() {
        asker.refuse = 1;
        for (int i = 0; i < LIMITS.waitingAnswers(); i++) {
            assertThat(statusOf(request(Metric.COSINE, DIMENSIONS, 1, 1))).isNull();
        }
        asker.refuse = 0;

        assertThat(statusOf(request(Metric.COSINE, DIMENSIONS, 1, 1)))
                .isEqualTo(SearchStatus.OVERLOADED);
    }

    @Test
    void shouldSendWaitingAnswersWithTheNextPoll() {
        asker.refuse = 1;
        statusOf(request(Metric.COSINE, DIMENSIONS, 1, 1));
        asker.refuse = 0;
        assertThat(asker.search.nextDeadlineNs(network.nowNs)).isEqualTo(network.nowNs);
        asker.search.poll(network.nowNs);

        assertThat(network.letters).hasSize(1);
    }

    @Test
    void shouldDropAnswersThatNobodyWaitsForAnyMore() {
        asker.refuse = 1;
        statusOf(request(Metric.COSINE, DIMENSIONS, 1, 1));
        asker.refuse = 0;
        network.nowNs += SECOND;
        asker.search.poll(network.nowNs);

        assertThat(network.letters).isEmpty();
        assertThat(asker.search.counters().answersDropped()).isEqualTo(1);
    }

    // ---- failures

    @Test
    void shouldNotWaitForAPeerThatCannotBeReached() {
        long op = asker.ask(network.vector(), TWO);
        for (int number = 2; number <= 4; number++) {
            assertThat(asker.operations.isFinished(op)).isFalse();
            asker.search.onConnectionFailed(asker.table.find(number), network.nowNs);
        }

        assertThat(asker.take(op).isPartial()).isTrue();
        network.letters.clear();
    }

    @Test
    void shouldNotSpinForAPeerThatFailedBeforeItWasAsked() {
        asker.refuse = 1;
        asker.ask(network.vector(), TWO.withAskPeers(1));
        asker.ask(network.vector(), TWO);
        asker.refuse = 0;
        asker.search.onConnectionFailed(asker.table.find(2), network.nowNs);
        asker.search.poll(network.nowNs);

        assertThat(asker.search.nextDeadlineNs(network.nowNs))
                .isEqualTo(network.nowNs + TWO.deadlineNs());
    }

    @Test
    void shouldDropTheAnswersToAPeerThatCannotBeReached() {
        asker.refuse = 1;
        statusOf(request(Metric.COSINE, DIMENSIONS, 1, 1));
        asker.search.onConnectionFailed(asker.table.find(2), network.nowNs);

        assertThat(asker.search.nextDeadlineNs(network.nowNs)).isGreaterThan(network.nowNs);
        assertThat(asker.peersHeld()).isZero();
    }

    private long ask(SearchParameters parameters) {
        asker.ask(network.vector(), parameters);
        return network.letters.peek().message().requestId();
    }

    private int answer(int from, Response response) {
        return network.deliver(new Letter(from, 1, response));
    }

    /// Runs the only search to its deadline.
    private SearchResult finish() {
        network.letters.clear();
        network.nowNs += TWO.deadlineNs();
        network.pollAll();
        return asker.take(1L << 32);
    }

    private void assertRejected(Hit... hits) {
        long id = ask(TWO);
        answer(2, new Response(id, SearchStatus.OK, hits));
        SearchResult result = finish();

        assertThat(asker.search.counters().rejected()).isEqualTo(1);
        assertThat(result.hits()).isEmpty();
        assertThat(result.peersRefused()).isEqualTo(1);
    }

    private void assertUnsolicited(int from, Response response) {
        long before = asker.search.counters().unsolicited();
        assertThat(answer(from, response)).isZero();
        assertThat(asker.search.counters().unsolicited()).isEqualTo(before + 1);
    }

    /// The status that node 1 sends to node 2, or null if nothing was sent.
    private SearchStatus statusOf(Request request) {
        asker.search.onMessage(asker.table.find(2), request, network.nowNs);
        Letter letter = network.letters.poll();
        return letter == null ? null : ((SearchResponse) letter.message()).status();
    }

    private static Request request(Metric metric, int dimensions, int k, long word) {
        return new Request(
                9,
                Peers.descriptor(2),
                k,
                SECOND,
                metric,
                dimensions,
                QueryEncoding.INT8,
                1,
                List.of(word, 0L));
    }

    private static Request from(int number, Request request) {
        return new Request(
                request.requestId(),
                Peers.descriptor(number),
                request.k(),
                request.budgetNs(),
                request.metric(),
                request.dimensions(),
                request.encoding(),
                request.scale(),
                request.words());
    }
}
