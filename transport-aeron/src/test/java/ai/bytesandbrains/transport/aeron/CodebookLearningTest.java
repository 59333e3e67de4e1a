package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.GossipPqListener;
import ai.bytesandbrains.engine.gossippq.NodeSecrets;
import ai.bytesandbrains.engine.gossippq.VectorSource;
import ai.bytesandbrains.engine.index.CodedIndex;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Metric;

import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Nodes that learn a codebook from the vectors of all of them.
class CodebookLearningTest {
    private static final int NODES = 4;
    private static final int ROWS = 120;
    private static final int DIMENSIONS = 16;
    private static final int SUBSPACES = 4;
    private static final EmbeddingSpace SPACE = Metric.L2.space(DIMENSIONS);

    private static final GossipConfig GOSSIP =
            GossipConfig.defaults().withTimes(Cluster.ms(10), Cluster.ms(60), Cluster.ms(5));
    private static final GossipPqConfig CONFIG =
            GossipPqConfig.of(Metric.L2, DIMENSIONS, SUBSPACES, 4)
                    .withSample(1024, 512)
                    .withRate(SUBSPACES, Cluster.ms(20), Cluster.ms(15))
                    .withRounds(5, 8)
                    .withBudgets(1024, 128);

    private final ManualClock clock = new ManualClock();
    private final MemoryNetwork network = new MemoryNetwork(1 << 17);
    private final Cluster cluster =
            new Cluster(DIMENSIONS, 10, 5).beforeStep(() -> clock.advance(Cluster.ms(1)));
    private final List<CodebookLearning> learners = new ArrayList<>();
    private final List<CodedIndex> indexes = new ArrayList<>();

    @AfterEach
    void close() {
        cluster.close();
        CloseHelper.closeAll(indexes);
    }

    /// Rows of a node, of a kind of its own.
    private record Rows(int rows, long seed) implements VectorSource {
        @Override
        public boolean copy(int row, MemorySegment into) {
            SplittableRandom random = new SplittableRandom(seed * 1_000_003 + row);
            for (int d = 0; d < DIMENSIONS; d++) {
                float x = (float) (random.nextGaussian() + (d == seed ? 3 : 0));
                into.setAtIndex(ValueLayout.JAVA_FLOAT, d, x);
            }
            return true;
        }
    }

    private CodebookLearning learner(GossipPqConfig config) {
        int number = learners.size() + 1;
        NodeSecrets secrets = new NodeSecrets(number, 77L * number);
        CodebookLearning learner = new CodebookLearning(config, secrets, new Rows(ROWS, number));
        learners.add(learner);
        return learner;
    }

    private void start(int nodes) {
        for (int i = 0; i < nodes; i++) {
            add(learner(CONFIG), network.mailbox(learners.size()));
        }
        cluster.join();
    }

    private void add(CodebookLearning learner, Transport.Factory factory) {
        NodeConfig config =
                NodeConfig.of(Cluster.NETWORK).withGossip(GOSSIP).withExtension(learner);
        cluster.add(config, factory, clock);
    }

    private boolean allFinal() {
        return learners.stream().allMatch(learner -> learner.learned().isFinal());
    }

    private void assertOneCodebook() {
        Codebook one = learners.getFirst().learned().codebook();
        assertThat(learners)
                .allSatisfy(
                        each ->
                                assertThat(each.learned().codebook().idHex())
                                        .isEqualTo(one.idHex()));
    }

    @Test
    void shouldGiveAllNodesOneCodebookInMemory() {
        start(NODES);
        cluster.until("all are final", this::allFinal);

        assertOneCodebook();
        assertThat(learners.getFirst().learned().epoch()).isZero();
        assertThat(learners.getFirst().learned().rounds()).isGreaterThan(5);
        assertThat(learners.getFirst().counters().trainings()).isPositive();
        assertThat(learners.getFirst().bytesSent()).isPositive();
        assertThat(learners.getFirst().messagesSent()).isPositive();
    }

    @Test
    void shouldGiveAllNodesOneCodebookOverAeron() {
        try (EmbeddedDriver driver = EmbeddedDriver.launch()) {
            for (int i = 0; i < NODES; i++) {
                add(learner(CONFIG), Drivers.transport(driver, Address.Kind.IPC));
            }
            cluster.join();
            cluster.until("all are final", this::allFinal);

            assertOneCodebook();
            cluster.close();
        }
    }

    @Test
    void shouldGiveTheCodebookToALatecomer() {
        start(NODES);
        cluster.until("all are final", this::allFinal);
        start(1);
        cluster.until("the latecomer has it", this::allFinal);

        assertOneCodebook();
        assertThat(learners.getLast().counters().trainings()).isZero();
    }

    /// Most of them, since it takes more than a quarter of those that a node hears of.
    @Test
    void shouldOpenTheNextEpochWhenNewVectorsMoveAway() {
        start(NODES);
        cluster.until("all are final", this::allFinal);
        String before = learners.getFirst().learned().codebook().idHex();
        SplittableRandom random = new SplittableRandom(5);
        for (CodebookLearning learner : learners.subList(1, NODES)) {
            for (int i = 0; i < 600; i++) {
                float[] vector = new float[DIMENSIONS];
                for (int d = 0; d < DIMENSIONS; d++) {
                    vector[d] = (float) (4 * random.nextGaussian());
                }
                assertThat(learner.observe(vector)).isTrue();
            }
        }

        cluster.until(
                "all are in the next epoch",
                () -> learners.stream().allMatch(each -> each.learned().epoch() == 1));
        cluster.until("all are final again", this::allFinal);

        assertOneCodebook();
        LearnedCodebook learned = learners.getFirst().learned();
        assertThat(learned.codebook().idHex()).isNotEqualTo(before);
        assertThat(learned.previous().idHex()).isEqualTo(before);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> learners.getFirst().observe(new float[1]))
                .withMessageContaining("1 dimensions");
    }

    @Test
    void shouldLetIndexesFollowTheCodebook() {
        for (int i = 0; i < NODES; i++) {
            CodebookLearning learner = learner(CONFIG);
            CodedIndex index = new CodedIndex(SPACE, SPACE);
            indexes.add(index);
            float[] vector = new float[DIMENSIONS];
            for (int row = 0; row < ROWS; row++) {
                new Rows(ROWS, i + 1).copy(row, MemorySegment.ofArray(vector));
                index.add(row, vector);
            }
            add(learner.encoding(index, 7), network.mailbox(i + 1));
        }
        cluster.join();

        cluster.until(
                "all have codes",
                () -> learners.stream().allMatch(each -> each.learned().encoded()));

        assertOneCodebook();
        for (CodedIndex index : indexes) {
            assertThat(index.codebook().idHex())
                    .isEqualTo(learners.getFirst().learned().codebook().idHex());
            assertThat(index.len()).isEqualTo(ROWS);
        }
    }

    @Test
    void shouldWaitUntilItIsToldToBegin() {
        add(learner(CONFIG).waiting(), network.mailbox(1));
        add(learner(CONFIG).waiting(), network.mailbox(2));
        cluster.join();
        for (int step = 0; step < 500; step++) {
            cluster.step();
        }
        assertThat(learners.getFirst().messagesSent()).isZero();

        learners.forEach(CodebookLearning::begin);
        cluster.until("all are final", this::allFinal);

        assertOneCodebook();
    }

    @Test
    void shouldTellWhatItCameTo() {
        List<String> heard = new ArrayList<>();
        GossipPqListener listener =
                new GossipPqListener() {
                    @Override
                    public void onEpoch(int epoch) {
                        heard.add("epoch " + epoch);
                    }

                    @Override
                    public void onFrozen(Codebook codebook, int epoch) {
                        heard.add("final " + codebook.idHex());
                    }
                };
        add(learner(CONFIG).telling(listener), network.mailbox(1));
        start(1);
        cluster.until("all are final", this::allFinal);

        assertThat(heard)
                .containsExactly(
                        "epoch 0", "final " + learners.getFirst().learned().codebook().idHex());
    }

    @Test
    void shouldAllocateNothingWhereSamplesAreEqual() {
        GossipPqConfig endless =
                CONFIG.withRounds(1 << 20, 1 << 20).withRate(2, Cluster.ms(2), Cluster.ms(20));
        for (int i = 1; i <= 2; i++) {
            add(learner(endless), network.mailbox(i));
        }
        // Within a duty cycle's budget, so that no cycle is cut short.
        cluster.beforeStep(() -> clock.advance(Cluster.ms(1) / 10));
        cluster.join();
        cluster.until(
                "both have the same", () -> learners.getFirst().counters().same() > SUBSPACES);
        long same = learners.getFirst().counters().same();

        Allocation.assertNone(cluster::step);

        assertThat(learners.getFirst().counters().same()).isGreaterThan(same + 100);
    }

    @Test
    void shouldRefuseATransportThatCannotCarryItsMessages() {
        MemoryNetwork narrow = new MemoryNetwork(1 << 12);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> add(learner(CONFIG), narrow.mailbox(1)))
                .withMessageContaining("dimensions=16");
    }

    @Test
    void shouldServeOneNode() {
        CodebookLearning learner = learner(CONFIG);
        add(learner, network.mailbox(1));

        assertThatIllegalStateException().isThrownBy(() -> add(learner, network.mailbox(2)));
    }

    @Test
    void shouldHaveNoCountersBeforeThereIsANode() {
        assertThatIllegalStateException().isThrownBy(learner(CONFIG)::counters);
    }

    @Test
    void shouldRefuseAnIndexOfAnotherShape() {
        EmbeddingSpace other = Metric.L2.space(8);
        try (CodedIndex index = new CodedIndex(other, other)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> learner(CONFIG).encoding(index))
                    .withMessageContaining("dimensions=8");
        }
    }
}
