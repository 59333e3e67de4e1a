package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.RowFilter;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.search.DistanceForm;
import ai.bytesandbrains.engine.search.SearchFilter;
import ai.bytesandbrains.engine.search.SearchLimits;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;
import ai.bytesandbrains.engine.space.Metric;

import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A hundred searches in flight while peers are killed, in one thread and a time of their own; and
/// what searches carry besides a query.
class KilledPeersTest {

    private static final int NODES = 12;
    private static final int SEARCHES = 100;
    private static final int DIMENSIONS = 16;
    private static final int ROWS = 40;
    private static final int K = 10;
    private static final long ODD = 3;
    private static final long MS = 1_000_000;
    private static final GossipConfig GOSSIP =
            GossipConfig.defaults().withTimes(10 * MS, 60 * MS, 5 * MS);
    private static final NodeConfig CONFIG =
            NodeConfig.of("test")
                    .withGossip(GOSSIP)
                    .withSearch(new SearchLimits(SEARCHES, 64, NODES, 16))
                    .withFilters(tag -> tag == ODD ? RowFilter.byId(id -> id % 2 != 0) : null);

    private final ManualClock clock = new ManualClock();
    private final MemoryNetwork network = new MemoryNetwork(1 << 18);
    private final List<FlatIndex> indexes = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Random random = new Random(9);

    @BeforeEach
    void start() {
        for (int i = 0; i < NODES; i++) {
            FlatIndex index = new FlatIndex(Metric.L2.space(DIMENSIONS));
            for (int row = 0; row < ROWS; row++) {
                index.add(i * 1_000L + row, vector());
            }
            indexes.add(index);
            nodes.add(new Node(CONFIG, index, network.mailbox(i + 1), clock));
        }
        for (Node node : nodes.subList(1, NODES)) {
            node.bootstrap(List.of(nodes.getFirst().peer()));
        }
        Await.until(
                "everybody knows everybody",
                () -> nodes.stream().allMatch(node -> node.status().viewLength() == NODES - 1),
                this::step);
    }

    @AfterEach
    void close() {
        CloseHelper.closeAll(nodes);
        CloseHelper.closeAll(indexes);
    }

    private float[] vector() {
        float[] vector = new float[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
            vector[d] = (float) random.nextGaussian();
        }
        return vector;
    }

    private int step() {
        clock.advance(MS);
        return nodes.stream().mapToInt(Node::doWork).sum();
    }

    private SearchResult finish(long op) {
        Node asker = nodes.getFirst();
        Await.until("it has ended", () -> asker.operations().isFinished(op), this::step);
        SearchResult result = asker.operations().result(op);
        asker.operations().finish(op);
        return result;
    }

    private long ask(SearchParameters parameters) {
        MemorySegment query = MemorySegment.ofArray(vector());
        long op = nodes.getFirst().beginSearch(query, 0, parameters);
        assertThat(op).isNotEqualTo(OpTable.NULL_OP);
        return op;
    }

    @ParameterizedTest(name = "killed after {0} steps, of which each does some of the searches")
    @ValueSource(ints = {0, 1, 2, 3, 5})
    void shouldEndAHundredSearchesWhilePeersAreKilled(int steps) {
        SearchParameters parameters = SearchParameters.of(K).withRerank(2).withDeadlineNs(500 * MS);
        for (int round = 0; round < 2; round++) {
            List<Long> ops = new ArrayList<>();
            for (int i = 0; i < SEARCHES; i++) {
                ops.add(ask(parameters));
                // Some are asking, some fetching when the peers die.
                if (i % 25 == 0) {
                    step();
                }
            }
            for (int i = 0; i < steps; i++) {
                step();
            }
            for (int killed = 0; killed < 4 && round == 0; killed++) {
                nodes.removeLast().close();
            }
            for (long op : ops) {
                SearchResult result = finish(op);
                assertThat(result.hits()).hasSize(K);
                assertThat(result.elapsedNs()).isLessThanOrEqualTo(502 * MS);
                assertThat(result.misstated()).isZero();
                boolean complete =
                        result.peersAnswered() == result.peersChosen()
                                && result.vectorsMissing() == 0;
                assertThat(result.isPartial()).isEqualTo(!complete);
            }
        }
    }

    @Test
    void shouldMeasureHitsAgainAndKeepToTheFilter() {
        SearchFilter filter = SearchFilter.range(1_000, 6_999).withTag(ODD);
        SearchResult result = finish(ask(SearchParameters.of(K).withRerank(1).withFilter(filter)));

        assertThat(result.isPartial()).isFalse();
        assertThat(result.hits()).hasSize(K);
        assertThat(result.hits()).allMatch(hit -> hit.id() % 2 != 0 && hit.id() >= 1_000);
        assertThat(result.hits()).allMatch(hit -> hit.id() < 7_000);
        assertThat(result.hits()).allMatch(hit -> hit.measured().form() == DistanceForm.VERIFIED);
    }

    @Test
    void shouldSayThatNobodyKnowsATag() {
        SearchFilter unknown = SearchFilter.tag(ODD + 1);
        SearchResult result = finish(ask(SearchParameters.of(K).withFilter(unknown)));

        assertThat(result.hits()).isEmpty();
        assertThat(result.peersRefused()).isEqualTo(NODES - 1);
    }
}
