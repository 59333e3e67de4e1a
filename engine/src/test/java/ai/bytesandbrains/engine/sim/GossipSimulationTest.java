package ai.bytesandbrains.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.gossip.GossipConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A thousand nodes; bounds are wide, for chance differs from seed to seed.
class GossipSimulationTest {

    private static final long S = 1_000_000_000L;
    private static final GossipConfig CONFIG = GossipConfig.defaults();
    private static final Faults MANY =
            Faults.NONE
                    .withMessages(0.3, 0.1, 0.2, 2 * S)
                    .withRefusals(0.05)
                    .withClockOffset(500 * S);

    private static Scenario faulty(int nodes, int cycles, long seed, Attack attack) {
        return new Scenario(
                CONFIG,
                nodes,
                cycles,
                Start.RANDOM,
                2,
                MANY,
                0.01,
                0.1,
                4,
                0.05,
                0.05,
                3,
                0.02,
                attack,
                seed);
    }

    private static long digestOf(Scenario scenario) {
        try (GossipSimulation simulation = run(scenario)) {
            return simulation.digest();
        }
    }

    private static GossipSimulation run(Scenario scenario) {
        GossipSimulation simulation = new GossipSimulation(scenario);
        while (simulation.cycle() < scenario.cycles()) {
            simulation.runCycle();
        }
        return simulation;
    }

    @ParameterizedTest
    @EnumSource
    void shouldRunTheSameAgainFromTheSameSeed(Attack attack) {
        long first = digestOf(faulty(300, 20, 7, attack));

        assertThat(digestOf(faulty(300, 20, 7, attack))).isEqualTo(first);
        assertThat(digestOf(faulty(300, 20, 8, attack))).isNotEqualTo(first);
    }

    /// More of them than the budgets of joins of both seeds let in during the run.
    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2})
    void shouldLetACrowdInThroughFewSeeds(long seed) {
        int nodes = 3_000;
        Scenario scenario =
                new Scenario(
                        CONFIG,
                        nodes,
                        20,
                        Start.JOIN,
                        2,
                        Faults.NONE,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        Attack.HUB,
                        seed);
        assertThat(2 * scenario.cycles() * CONFIG.joinsPerPeriod()).isLessThan(nodes);
        try (GossipSimulation simulation = run(scenario)) {
            OverlayMetrics metrics = simulation.metrics();

            assertThat(metrics.components()).isEqualTo(1);
            assertThat(metrics.deaf()).isZero();
            assertThat(metrics.inDegree().mean()).isEqualTo(CONFIG.viewSize());
            assertThat(metrics.inDegree().max()).as("no hub is left").isLessThan(100);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldConnectEverybodyWhateverTheyKnowAtFirst(Start start) {
        Scenario scenario =
                new Scenario(
                        CONFIG,
                        1_000,
                        60,
                        start,
                        4,
                        Faults.NONE,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        Attack.HUB,
                        3);
        try (GossipSimulation simulation = run(scenario)) {
            OverlayMetrics metrics = simulation.metrics();

            assertThat(metrics.members()).isEqualTo(1_000);
            assertThat(metrics.components()).isEqualTo(1);
            assertThat(metrics.deaf()).isZero();
            assertThat(metrics.inDegree().mean()).isBetween(19.5, 20.0);
            assertThat(metrics.inDegree().sd()).isBetween(4.5, 7.0);
            assertThat(metrics.inDegree().max()).as("no hub").isLessThan(65);
            assertThat(metrics.averagePath()).isBetween(2.1, 2.3);
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2})
    void shouldForgetHalfOfTheNetworkInTwentyFiveCycles(long seed) {
        Scenario scenario =
                new Scenario(
                        CONFIG,
                        1_000,
                        50,
                        Start.RANDOM,
                        4,
                        Faults.NONE,
                        0,
                        0.5,
                        0,
                        0,
                        0,
                        0,
                        0,
                        Attack.HUB,
                        seed);
        try (GossipSimulation simulation = run(scenario)) {
            OverlayMetrics metrics = simulation.metrics();

            assertThat(metrics.members()).isEqualTo(500);
            assertThat(metrics.deadLinksPerView()).isZero();
            assertThat(metrics.components()).isEqualTo(1);
            assertThat(metrics.deaf()).isZero();
        }
    }

    @Test
    void shouldKeepAViewOfTheNetworkUnderLossDuplicationAndReordering() {
        try (GossipSimulation simulation = run(faulty(1_000, 40, 5, Attack.LIES))) {
            OverlayMetrics metrics = simulation.metrics();

            assertThat(metrics.largestComponent()).isGreaterThan(metrics.members() * 95 / 100);
            assertThat(simulation.channel().lost()).isPositive();
            assertThat(simulation.channel().refused()).isPositive();
        }
    }

    @Test
    void shouldAllocateNothingInSteadyState() {
        Scenario scenario = Scenario.of(CONFIG, 20, 1, 4);
        try (GossipSimulation simulation = new GossipSimulation(scenario)) {
            long tenthNs = CONFIG.periodNs() / 10;

            Allocation.assertNone(() -> simulation.simulation().run(tenthNs));
        }
    }
}
