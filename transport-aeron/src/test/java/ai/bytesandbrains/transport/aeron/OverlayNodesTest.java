package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.gossip.DescriptorRejection;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Neighbour;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.NodeIdentity;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchReach;
import ai.bytesandbrains.engine.search.SearchResult;
import ai.bytesandbrains.engine.semantic.FindParameters;
import ai.bytesandbrains.engine.semantic.FindResult;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/// Nodes with topics of their own, in one thread and in a time of their own: searches ask those
/// that have what is near.
class OverlayNodesTest {

    private static final int NODES = 12;

    /// Descriptors that a node may put off in a network where nobody lies.
    private static final long FEW_PUT_OFF = 16;
    private static final int DIMENSIONS = 16;
    private static final int ROWS = 90;
    private static final int K = 10;
    private static final long MS = 1_000_000;
    private static final GossipConfig GOSSIP =
            GossipConfig.defaults().withTimes(10 * MS, 60 * MS, 5 * MS);

    private final ManualClock clock = new ManualClock();
    private final MemoryNetwork network = new MemoryNetwork(1 << 16);
    private final List<FlatIndex> indexes = new ArrayList<>();
    private final List<FlatIndex> twins = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Random random = new Random(5);
    private final float[][] topics = new float[NODES][];

    @AfterEach
    void close() {
        nodes.forEach(Node::close);
        indexes.forEach(FlatIndex::close);
        twins.forEach(FlatIndex::close);
    }

    /// Rows of a topic for each node, or rows of any topic for everybody.
    private void start(boolean scattered, ProfileConfig profiles) {
        start(scattered, NodeConfig.of("test").withProfiles(profiles), UnaryOperator.identity());
    }

    /// @param each what is done to the parameters for each of the nodes
    private void start(boolean scattered, NodeConfig common, UnaryOperator<NodeConfig> each) {
        for (int i = 0; i < NODES; i++) {
            topics[i] = vector(1, null);
        }
        NodeConfig config = common.withGossip(GOSSIP);
        for (int node = 0; node < NODES; node++) {
            FlatIndex index = new FlatIndex(Metric.COSINE.space(DIMENSIONS));
            FlatIndex twin = new FlatIndex(Metric.COSINE.space(DIMENSIONS));
            for (int row = 0; row < ROWS; row++) {
                float[] vector = near(scattered ? random.nextInt(NODES) : node);
                index.add(node * 1_000L + row, vector);
                twin.add(node * 1_000L + row, vector);
            }
            indexes.add(index);
            twins.add(twin);
            nodes.add(new Node(each.apply(config), index, network.mailbox(node + 1), clock));
        }
        for (Node node : nodes.subList(1, NODES)) {
            node.bootstrap(List.of(nodes.getFirst().peer()));
        }
    }

    private float[] near(int topic) {
        return vector(0.4f, topics[topic]);
    }

    private float[] vector(float sd, float[] around) {
        float[] vector = new float[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
            vector[d] = sd * (float) random.nextGaussian() + (around == null ? 0 : around[d]);
        }
        return vector;
    }

    private int step() {
        clock.advance(MS);
        int work = 0;
        for (Node node : nodes) {
            work += node.doWork();
        }
        return work;
    }

    private void pass(int milliseconds) {
        for (int i = 0; i < milliseconds; i++) {
            step();
        }
    }

    private SearchResult search(int asked, float[] query, SearchParameters parameters) {
        Node node = nodes.get(asked);
        long op = node.beginSearch(MemorySegment.ofArray(query), 0, parameters);
        assertThat(op).isNotEqualTo(OpTable.NULL_OP);
        Await.until("it has ended", () -> node.operations().isFinished(op), this::step);
        SearchResult result = node.operations().result(op);
        node.operations().finish(op);
        return result;
    }

    private double recall(SearchResult result, float[] query) {
        List<Neighbour> union = new ArrayList<>();
        twins.forEach(twin -> union.addAll(twin.search(query, K)));
        union.sort((a, b) -> Float.compare(a.distance(), b.distance()));
        List<Long> truth = union.stream().limit(K).map(Neighbour::id).toList();
        return result.hits().stream().filter(hit -> truth.contains(hit.id())).count() / (double) K;
    }

    @Test
    void shouldAskFewWhereEverybodyHasSomethingOfHisOwn() {
        start(false, ProfileConfig.defaults());
        pass(1_500);

        expectGoodAnswersFromFew();
        // Nearly everything is where the query belongs: one peer is enough for it.
        float[] query = near(3);
        SearchResult one = search(0, query, SearchParameters.of(K).withAskPeers(1));
        assertThat(one.peersContacted()).isEqualTo(1);
        assertThat(one.hits().getFirst().peer()).isEqualTo(nodes.get(3).peer().id());
    }

    @Test
    void shouldAskFewInANetworkOfSignedDescriptors() {
        start(false, NodeConfig.of("test"), config -> config.withIdentity(NodeIdentity.generate()));
        pass(1_500);

        expectGoodAnswersFromFew();
        for (DescriptorRejection reason : DescriptorRejection.values()) {
            // Whoever everybody joins through may have more to verify at once than it can pay for:
            // it takes those descriptors when they come again.
            long most = reason == DescriptorRejection.OVER_BUDGET ? FEW_PUT_OFF : 0;
            assertThat(nodes.getFirst().rejectedDescriptors(reason))
                    .as("%s", reason)
                    .isLessThanOrEqualTo(most);
        }
    }

    private void expectGoodAnswersFromFew() {
        double recall = 0;
        double asked = 0;
        int queries = 60;
        for (int i = 0; i < queries; i++) {
            float[] query = near(i % NODES);
            SearchParameters few = SearchParameters.of(K).withAskPeers(SearchParameters.FEW);
            SearchResult result = search((i + 1) % NODES, query, few);
            assertThat(result.isScattered()).isFalse();
            assertThat(result.separation()).isGreaterThan(0.9f);
            recall += recall(result, query) / queries;
            asked += result.peersContacted() / (double) queries;
        }

        assertThat(recall).isGreaterThan(0.9);
        assertThat(asked).isLessThan(NODES / 3.0);
    }

    @Test
    void shouldTellThatDataIsScatteredAndAskMany() {
        start(true, ProfileConfig.defaults());
        pass(1_500);

        float[] query = near(0);
        SearchResult result =
                search(1, query, SearchParameters.of(K).withAskPeers(SearchParameters.FEW));

        assertThat(result.isScattered()).isTrue();
        assertThat(result.peersContacted()).isEqualTo(NODES - 1);
        assertThat(recall(result, query)).isGreaterThan(0.95);
    }

    @Test
    void shouldFindThePeersThatHaveWhatIsNear() {
        start(false, ProfileConfig.defaults());
        pass(1_500);
        Node asker = nodes.get(2);

        long op =
                asker.beginFind(
                        MemorySegment.ofArray(near(7)), 0, FindParameters.nearest(1).withBeam(3));
        Await.until("it has ended", () -> asker.finds().isFinished(op), this::step);
        FindResult result = asker.finds().result(op);
        asker.finds().finish(op);

        assertThat(result.found())
                .extracting(FindResult.Found::peer)
                .containsExactly(nodes.get(7).peer().id());
        assertThat(result.peersAnswered()).isEqualTo(result.peersAsked()).isGreaterThan(0);
    }

    @Test
    void shouldTellOthersWhenItsDataHasChanged() {
        start(false, ProfileConfig.defaults());
        pass(1_000);
        // What was the fourth node's topic is now the ninth's as well, many times over.
        for (int row = 0; row < 4 * ROWS; row++) {
            indexes.get(9).add(90_000L + row, near(4));
        }
        pass(1_000);

        SearchResult result = search(0, near(4), SearchParameters.of(K).withAskPeers(2));

        assertThat(result.hits())
                .extracting(SearchResult.Hit::peer)
                .contains(nodes.get(9).peer().id());
    }

    @Test
    void shouldStayAtHomeIfToldTo() {
        start(false, ProfileConfig.defaults());
        pass(200);
        float[] query = near(5);
        SearchParameters first = SearchParameters.of(K).withReach(SearchReach.LOCAL_FIRST);

        SearchResult alone =
                search(5, query, SearchParameters.of(K).withReach(SearchReach.LOCAL_ONLY));
        SearchResult enough = search(5, query, first);
        SearchParameters many =
                SearchParameters.of(ROWS + 10).withReach(SearchReach.LOCAL_FIRST).withAskPeers(3);
        SearchResult more = search(5, query, many);

        assertThat(List.of(alone, enough))
                .allMatch(result -> result.peersContacted() == 0 && !result.isPartial())
                .allMatch(result -> result.hits().size() == K);
        assertThat(more.peersContacted()).isEqualTo(3);
        assertThat(more.hits()).hasSize(ROWS + 10);
    }

    @Test
    void shouldAskWhomItIsToldTo() {
        start(false, ProfileConfig.defaults());
        pass(500);
        List<PeerId> given = List.of(nodes.get(4).peer().id(), nodes.get(8).peer().id());
        SearchParameters parameters = SearchParameters.of(250).ofPeers(given);

        SearchResult result = search(1, near(4), parameters.withDeadlineNs(100 * MS));
        PeerId nobody = new PeerId(1, 2, 3, 4);
        SearchResult missing =
                search(1, near(4), SearchParameters.of(K).ofPeers(List.of(given.get(0), nobody)));

        assertThat(result.peersAsked()).isEqualTo(2);
        assertThat(result.hits())
                .extracting(SearchResult.Hit::peer)
                .contains(given.get(0), given.get(1), nodes.get(1).peer().id())
                .hasSize(250);
        assertThat(missing.isPartial()).isTrue();
        assertThat(missing.peersChosen()).isEqualTo(2);
        assertThat(missing.peersAsked()).isEqualTo(1);
    }

    @Test
    void shouldAskRandomPeersWhereItTakesNoPart() {
        start(false, ProfileConfig.none());
        pass(300);

        SearchResult result = search(1, near(4), SearchParameters.of(K).withAskPeers(4));

        assertThat(result.peersContacted()).isEqualTo(4);
        assertThat(result.separation()).isNaN();
        assertThatIllegalStateException()
                .isThrownBy(() -> nodes.get(0).find(near(0), FindParameters.nearest(1)))
                .withMessageContaining("takes no part");
    }

    @Test
    void shouldNotBeHeldUpByAPeerThatIsGone() {
        start(false, ProfileConfig.defaults());
        pass(800);
        nodes.remove(7).close();
        SearchParameters few = SearchParameters.of(K).withAskPeers(2).withDeadlineNs(200 * MS);

        SearchResult result = search(0, near(7), few);

        assertThat(result.isPartial()).isTrue();
        assertThat(result.elapsedNs()).isLessThan(300 * MS);
        pass(2_000);
        assertThat(search(0, near(7), few).isPartial()).isFalse();
    }
}
