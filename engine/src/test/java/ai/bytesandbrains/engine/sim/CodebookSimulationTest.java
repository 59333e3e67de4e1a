package ai.bytesandbrains.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.gossippq.GossipPq;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.gossippq.VectorSource;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;

class CodebookSimulationTest {
    private static final int NODES = 12;
    private static final int ROWS = 60;
    private static final int DIMENSIONS = 8;
    private static final GossipPqConfig CONFIG =
            GossipPqConfig.of(Metric.L2, DIMENSIONS, 2, 4)
                    .withSample(256, 40)
                    .withRounds(8, 10)
                    .withBudgets(1L << 40, 1000);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldGiveAllNodesOneCodebook(long seed) {
        try (CodebookSimulation run = run(CodebookScenario.of(CONFIG, NODES, seed))) {
            assertThat(roundsUntilAllHave(run, NODES, false, 40)).as("seed=%d", seed).isPositive();
            assertThat(roundsUntilAllHave(run, NODES, true, 40)).as("seed=%d", seed).isPositive();
        }
    }

    /// What the network does to messages delays the codebook and does not change it.
    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void shouldComeToTheSameCodebookThroughAnyWeather(long seed) {
        Faults faults =
                Faults.NONE
                        .withMessages(.2, .1, .2, 2_000_000_000L)
                        .withRefusals(.1)
                        .withClockOffset(1_000_000_000L);
        Codebook clean;
        try (CodebookSimulation run = run(CodebookScenario.of(CONFIG, NODES, seed))) {
            roundsUntilAllHave(run, NODES, true, 80);
            clean = run.node(0).codebook();
        }
        CodebookScenario storm =
                new CodebookScenario(CONFIG, NODES, 0, faults, .1, 0, .02, 0, seed);
        try (CodebookSimulation run = run(storm)) {
            assertThat(roundsUntilAllHave(run, NODES, true, 300)).as("seed=%d", seed).isPositive();
            assertThat(run.node(0).codebook().idHex()).as("seed=%d", seed).isEqualTo(clean.idHex());
        }
    }

    @Test
    void shouldAgreeAfterNodesWereReplaced() {
        CodebookScenario scenario =
                new CodebookScenario(CONFIG, NODES, 0, Faults.NONE, 0, .01, 0, 0, 7);
        try (CodebookSimulation run = run(scenario)) {
            assertThat(roundsUntilAllHave(run, NODES, false, 200)).isPositive();
        }
    }

    @Test
    void shouldOpenTheNextEpochWhenTwoHalvesMeetThatHaveEachTheirOwn() {
        CodebookScenario scenario =
                new CodebookScenario(CONFIG, NODES, 0, Faults.NONE, 0, 0, 0, 60, 8);
        try (CodebookSimulation run = run(scenario)) {
            for (int round = 0; round < 60; round++) {
                run.runRound();
            }
            GossipPq left = run.node(0);
            GossipPq right = run.node(1);
            assertThat(left.isFrozen() && right.isFrozen()).isTrue();
            assertThat(left.codebook().hasSameId(right.codebook())).isFalse();
            Codebook before = left.codebook();

            assertThat(roundsUntilAllHave(run, NODES, true, 120)).isPositive();

            assertThat(left.epoch()).isEqualTo(1);
            assertThat(left.previous()).isSameAs(before);
        }
    }

    @Test
    void shouldGiveLateNodesTheFinalCodebook() {
        CodebookScenario scenario =
                new CodebookScenario(CONFIG, NODES, 3, Faults.NONE, 0, 0, 0, 0, 9);
        try (CodebookSimulation run = run(scenario)) {
            assertThat(roundsUntilAllHave(run, NODES, true, 80)).isPositive();
            run.addLate();

            assertThat(roundsUntilAllHave(run, NODES + 3, true, 10)).isPositive();

            assertThat(run.node(NODES).counters().trainings()).isZero();
            assertThat(run.node(0).epoch()).isZero();
        }
    }

    @Test
    void shouldOpenTheNextEpochWhenTheDataOfManyMoveAway() {
        Rows[] rows = rows(10, NODES);
        try (CodebookSimulation run =
                new CodebookSimulation(CodebookScenario.of(CONFIG, NODES, 10), rows)) {
            assertThat(roundsUntilAllHave(run, NODES, true, 80)).isPositive();
            Codebook before = run.node(0).codebook();
            // One node alone is no reason, half of them are.
            observe(run.node(0), 3);
            for (int round = 0; round < 20; round++) {
                run.runRound();
            }
            assertThat(run.node(1).epoch()).isZero();
            for (int node = 0; node < NODES; node += 2) {
                observe(run.node(node), 3);
                rows[node].scale(3);
            }

            for (int round = 0; round < 100 && run.node(1).epoch() == 0; round++) {
                run.runRound();
            }
            assertThat(roundsUntilAllHave(run, NODES, true, 120)).isPositive();

            assertThat(run.node(1).epoch()).isEqualTo(1);
            assertThat(run.node(1).codebook().hasSameId(before)).isFalse();
            assertThat(run.node(1).previous().hasSameId(before)).isTrue();
        }
    }

    @Test
    void shouldDoTheSameTwice() {
        long[] digests = new long[2];
        for (int i = 0; i < 2; i++) {
            try (CodebookSimulation run = run(CodebookScenario.of(CONFIG, NODES, 11))) {
                roundsUntilAllHave(run, NODES, true, 80);
                digests[i] = run.simulation().digest();
            }
        }

        assertThat(digests[1]).isEqualTo(digests[0]);
    }

    @Test
    void shouldLearnFromLocalCentroids() {
        GossipPqConfig config = CONFIG.withLocalCentroids(8);
        try (CodebookSimulation run = run(CodebookScenario.of(config, NODES, 12))) {
            assertThat(roundsUntilAllHave(run, NODES, false, 60)).isPositive();
            // At most as many as asked for, of at least five vectors each.
            assertThat(run.node(0).sampleSize(0)).isBetween(NODES, NODES * 8);
        }
    }

    private static CodebookSimulation run(CodebookScenario scenario) {
        Rows[] rows = rows(scenario.seed(), scenario.nodes() + scenario.late());
        return new CodebookSimulation(scenario, rows);
    }

    /// The rounds it took, or -1 if it took more than `most`.
    private static int roundsUntilAllHave(
            CodebookSimulation run, int nodes, boolean frozen, int most) {
        for (int round = 1; round <= most; round++) {
            run.runRound();
            if (run.isIdentical(0, nodes, frozen)) {
                return round;
            }
        }
        return -1;
    }

    private static void observe(GossipPq node, float scale) {
        Random random = new Random(3);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vector = arena.allocate(4L * DIMENSIONS, 64);
            for (int i = 0; i < 600; i++) {
                for (int d = 0; d < DIMENSIONS; d++) {
                    float x = scale * (float) random.nextGaussian();
                    vector.setAtIndex(ValueLayout.JAVA_FLOAT, d, x);
                }
                node.observe(vector, 0);
            }
        }
    }

    private static Rows[] rows(long seed, int nodes) {
        Rows[] rows = new Rows[nodes];
        Arrays.setAll(rows, node -> new Rows(seed * 1000 + node));
        return rows;
    }

    /// The rows of a node.
    private static final class Rows implements VectorSource {
        private final float[] values = new float[ROWS * DIMENSIONS];

        Rows(long seed) {
            Random random = new Random(seed);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
        }

        void scale(float factor) {
            for (int i = 0; i < values.length; i++) {
                values[i] *= factor;
            }
        }

        @Override
        public int rows() {
            return ROWS;
        }

        @Override
        public boolean copy(int row, MemorySegment into) {
            MemorySegment.copy(
                    values, row * DIMENSIONS, into, ValueLayout.JAVA_FLOAT, 0, DIMENSIONS);
            return true;
        }
    }
}
