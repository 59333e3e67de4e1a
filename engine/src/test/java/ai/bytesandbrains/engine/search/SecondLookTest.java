package ai.bytesandbrains.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.PqIndex;
import ai.bytesandbrains.engine.index.SearchOptions;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.search.SearchCopy.Given;
import ai.bytesandbrains.engine.search.SearchCopy.Response;
import ai.bytesandbrains.engine.search.SearchCopy.Vectors;
import ai.bytesandbrains.engine.search.SearchNetwork.Letter;
import ai.bytesandbrains.engine.search.SearchNetwork.Node;
import ai.bytesandbrains.engine.search.SearchResult.Hit;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// Hits that are measured again on fetched vectors: with codes under different codebooks, with
/// peers that lie, and with vectors that do not come.
class SecondLookTest {

    private static final int K = 10;
    private static final int ROWS = 120;
    private static final SearchParameters TEN =
            SearchParameters.of(K).withEncoding(QueryEncoding.FLOAT32);
    private static final SearchLimits BY_CODES = new SearchLimits(4, 32, 24, 8).withAnswerRerank(0);

    /// The vectors of all nodes, by their number and id.
    private final Map<Integer, Map<Long, float[]>> rows = new HashMap<>();

    // ---- codes

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

    // ---- honesty

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

    // ---- vectors that do not come

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
    void shouldDropVectorsThatWereNotWishedFor() {
        try (SearchNetwork network = codes(3, Metric.L2, 42, true)) {
            Node asker = network.node(1);
            float[] query = network.vector();
            long op = asker.ask(query, TEN.withRerank(8));
            deliver(network, letter -> true, SecondLookTest::doubled);
            SearchResult result = asker.take(op);

            assertThat(result.hits())
                    .extracting(Hit::id)
                    .containsExactlyElementsOf(
                            bestOf(Metric.L2, query, candidates(network, query)));
            assertThat(asker.search.counters().rejected()).isEqualTo(2 * K);
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

    // ---- wishes of strangers

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

    // ---- networks

    private SearchNetwork flat(int count, Metric metric, long seed) {
        SearchNetwork network = new SearchNetwork(count, metric, seed);
        for (int number = 1; number <= count; number++) {
            fill(network, number, new FlatIndex(metric.space(SearchNetwork.DIMENSIONS)));
        }
        return network;
    }

    private SearchNetwork codes(int count, Metric metric, long seed, boolean withRows) {
        return codes(count, metric, seed, withRows, BY_CODES);
    }

    /// Nodes that answer by codes, each under a codebook of its own.
    private SearchNetwork codes(
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

    private void fill(SearchNetwork network, int number, Index index) {
        fill(network, number, index, SearchNetwork.LIMITS);
    }

    private void fill(SearchNetwork network, int number, Index index, SearchLimits limits) {
        Node node = network.replace(number, index, limits, FilterResolver.NONE);
        Map<Long, float[]> own = rows.computeIfAbsent(number, n -> new HashMap<>());
        for (int i = 0; i < ROWS; i++) {
            long id = number * 1_000L + i;
            float[] vector = network.vector();
            own.put(id, vector);
            node.index.add(id, vector);
        }
    }

    // ---- what is to be expected

    /// What each node has among its best by its codes.
    private List<Long> candidates(SearchNetwork network, float[] query) {
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

    private List<Long> everything(SearchNetwork network) {
        return network.nodes.stream()
                .flatMap(node -> rows.get(node.number).keySet().stream())
                .toList();
    }

    private List<Long> bestOf(Metric metric, float[] query, List<Long> candidates) {
        EmbeddingSpace space = metric.space(SearchNetwork.DIMENSIONS);
        Comparator<Long> byDistance =
                Comparator.comparingDouble(
                        id -> space.distance(query, rows.get((int) (id / 1_000)).get(id)));
        return candidates.stream()
                .sorted(byDistance.thenComparing(Comparator.naturalOrder()))
                .limit(K)
                .toList();
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

    // ---- the wire

    private int from;

    private int letterFrom(SearchNetwork network) {
        assertThat(from).isBetween(1, network.nodes.size());
        return from;
    }

    /// Delivers what passes, changed; the rest is lost.
    private void deliver(
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
