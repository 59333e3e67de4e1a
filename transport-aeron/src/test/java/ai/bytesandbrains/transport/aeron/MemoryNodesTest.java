package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

class MemoryNodesTest {

    private static final int NODES = 5;
    private static final int DIMENSIONS = 24;
    private static final int K = 10;
    private static final GossipConfig GOSSIP =
            GossipConfig.defaults().withTimes(Cluster.ms(10), Cluster.ms(60), Cluster.ms(5));

    private final ManualClock clock = new ManualClock();
    private final MemoryNetwork network = new MemoryNetwork(1 << 16);
    private final Cluster cluster =
            new Cluster(DIMENSIONS, 100, ThreadLocalRandom.current().nextLong())
                    .beforeStep(() -> clock.advance(Cluster.ms(1)));

    @AfterEach
    void close() {
        cluster.close();
    }

    private void start(int nodes) {
        for (int i = 0; i < nodes; i++) {
            cluster.add(GOSSIP, network.mailbox(i + 1), clock);
        }
        cluster.join();
    }

    @Test
    void shouldFindEachOtherFromOneSeed() {
        start(NODES);

        for (int i = 0; i < NODES; i++) {
            assertThat(cluster.node(i).status().viewLength()).isEqualTo(NODES - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void shouldAnswerWithTheUnionWhoeverIsAsked(int asked) {
        start(NODES);
        for (QueryEncoding encoding : QueryEncoding.values()) {
            float[] query = cluster.query();

            SearchResult result =
                    cluster.search(asked, query, SearchParameters.of(K).withEncoding(encoding));

            assertThat(result.hits()).isEqualTo(cluster.union(query, K));
            assertThat(result.isPartial()).isFalse();
        }
    }

    @Test
    void shouldAnswerPartiallyWhenANodeHasGoneAndCompletelyAgainAfterwards() {
        start(NODES);
        float[] query = cluster.query();
        cluster.member(3).close();

        SearchResult first = cluster.search(0, query, SearchParameters.of(K));
        // The others may name it once more before they, too, have found out.
        SearchResult later =
                cluster.searchUntilComplete(0, query, SearchParameters.of(K), NODES - 2);

        assertThat(first.isPartial()).isTrue();
        assertThat(later.isPartial()).isFalse();
        assertThat(List.of(first.hits(), later.hits())).containsOnly(cluster.union(query, K));
        assertThat(cluster.node(0).transportCounters().linksFailed()).isPositive();
    }

    @Test
    void shouldForgetANodeThatHasGoneEverywhere() {
        start(NODES);
        cluster.member(0).close();

        cluster.awaitViews(NODES - 2);

        for (int i = 1; i < NODES; i++) {
            assertThat(cluster.node(i).status().viewLength()).isEqualTo(NODES - 2);
        }
    }

    @Test
    void shouldTellACallerOfASeedThatIsNullAndGoOn() {
        start(2);
        Cluster.Member successor = cluster.add(GOSSIP, network.mailbox(3), clock);
        Node node = successor.node;
        List<Peer> nonsense = Arrays.asList(cluster.node(0).peer(), null);

        // Far more than joins at once: each of them has to be taken back.
        for (int i = 0; i < 100; i++) {
            assertThatNullPointerException().isThrownBy(() -> node.beginJoin(nonsense, 1_000_000));
        }
        long op = node.beginJoin(List.of(cluster.node(0).peer()), 1_000_000);

        assertThat(op).isNotZero();
        node.joins().abandon(op);
        cluster.awaitViews(2);
    }

    @Test
    void shouldReachANodeThatTookTheMailboxOfOneThatHasGone() {
        start(2);
        cluster.member(1).close();
        Cluster.Member successor = cluster.add(GOSSIP, network.mailbox(2), clock);
        successor.node.bootstrap(List.of(cluster.node(0).peer()));
        float[] query = cluster.query();

        SearchResult result = cluster.searchUntilComplete(0, query, SearchParameters.of(K), 1);

        assertThat(result.hits()).isEqualTo(cluster.union(query, K));
    }

    @Test
    void shouldRefuseAnIndexWhoseQueriesDoNotFit() {
        MemoryNetwork small = new MemoryNetwork(1 << 11);
        try (FlatIndex index = new FlatIndex(Metric.L2.space(200))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> new Node(NodeConfig.of("test"), index, small.mailbox(1)).close())
                    .withMessageContainingAll("dimensions=200", "INT8", "359", "256");
        }
    }

    @Test
    void shouldGiveTheMailboxBackWhenConstructionFails() {
        MemoryNetwork small = new MemoryNetwork(1 << 11);
        try (FlatIndex tooWide = new FlatIndex(Metric.L2.space(200));
                FlatIndex index = new FlatIndex(Metric.L2.space(8))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () ->
                                    new Node(NodeConfig.of("test"), tooWide, small.mailbox(1))
                                            .close());

            try (Node node = new Node(NodeConfig.of("test"), index, small.mailbox(1))) {
                assertThat(node.peer().address().stream()).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldRefuseASearchWhoseEncodingDoesNotFit() {
        MemoryNetwork small = new MemoryNetwork(1 << 12);
        try (FlatIndex index = new FlatIndex(Metric.L2.space(200));
                Node node = new Node(NodeConfig.of("test"), index, small.mailbox(1))) {
            SearchParameters exact = SearchParameters.of(1).withEncoding(QueryEncoding.FLOAT32);

            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> node.beginSearch(MemorySegment.ofArray(new float[200]), 0, exact))
                    .withMessageContainingAll("dimensions=200", "FLOAT32", "959", "512");
        }
    }

    @Test
    void shouldRefuseAMailboxThatIsTaken() {
        start(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cluster.add(GOSSIP, network.mailbox(1), clock))
                .withMessageContaining("mailbox=1");
    }

    @Test
    void shouldLoseNothingWhenAMailboxIsFull() {
        MemoryNetwork narrow = new MemoryNetwork(1 << 13);
        cluster.add(
                GOSSIP.withTimes(Cluster.ms(10_000), 1L << 40, 1L << 40), narrow.mailbox(1), clock);
        cluster.add(
                GOSSIP.withTimes(Cluster.ms(10_000), 1L << 40, 1L << 40), narrow.mailbox(2), clock);
        cluster.join();
        TransportCounters counters = cluster.node(0).transportCounters();
        List<float[]> queries = new ArrayList<>();
        List<Long> ops = new ArrayList<>();
        SearchParameters patient = SearchParameters.of(K).withDeadlineNs(1L << 45);
        cluster.member(1).pause(true);

        for (int round = 0; counters.backPressure() == 0; round++) {
            assertThat(round).isLessThan(100);
            float[] query = cluster.query();
            long op = cluster.node(0).beginSearch(MemorySegment.ofArray(query), 0, patient);
            if (op != 0) {
                queries.add(query);
                ops.add(op);
            } else {
                ops.forEach(begun -> cluster.node(0).operations().abandon(begun));
                queries.clear();
                ops.clear();
            }
            cluster.step();
        }
        cluster.member(1).pause(false);
        cluster.until(
                "all have ended",
                () -> ops.stream().allMatch(cluster.node(0).operations()::isFinished));

        for (int i = 0; i < ops.size(); i++) {
            SearchResult result = cluster.node(0).operations().result(ops.get(i));
            assertThat(result.isPartial()).isFalse();
            assertThat(result.hits()).isEqualTo(cluster.union(queries.get(i), K));
        }
        assertThat(cluster.framesReceived()).isEqualTo(cluster.framesSent());
        assertThat(cluster.node(0).drops().total() + cluster.node(1).drops().total()).isZero();
    }
}
