package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipNetwork.MS;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.gossip.GossipNetwork.Faults;
import ai.bytesandbrains.engine.gossip.GossipNetwork.Node;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.Random;

/// A thousand nodes. Figures of the literature and of simulations for ten thousand are the measure;
/// bounds are wide, because chance differs from seed to seed.
class GossipScaleTest {

    private static final int NODES = 1_000;
    private static final long T = 10_000 * MS;
    private static final GossipConfig CONFIG =
            GossipConfig.defaults().withTimes(T, 3_000 * MS, 1_000 * MS);

    @Test
    void shouldKeepInDegreesNarrow() {
        try (GossipNetwork network = new GossipNetwork(CONFIG, Faults.NONE, 5)) {
            network.startRandom(NODES);
            network.run(100 * T);

            int[] degrees = inDegrees(network);
            double mean = Arrays.stream(degrees).average().orElseThrow();
            double variance =
                    Arrays.stream(degrees).mapToDouble(d -> (d - mean) * (d - mean)).sum() / NODES;
            assertThat(mean).isBetween(19.5, 20.0);
            assertThat(Math.sqrt(variance)).isBetween(4.0, 7.5);
            assertThat(Arrays.stream(degrees).max().orElseThrow()).as("no hub").isLessThan(60);
            assertThat(Arrays.stream(degrees).min().orElseThrow()).as("nobody deaf").isPositive();
        }
    }

    @Test
    void shouldForgetHalfOfTheNetworkInTwentyFiveCycles() {
        try (GossipNetwork network = new GossipNetwork(CONFIG, Faults.NONE, 6)) {
            network.startRandom(NODES);
            network.run(30 * T);
            for (int number = 1; number <= NODES; number += 2) {
                network.kill(number);
            }
            network.run(25 * T);

            assertThat(deadLinks(network)).isZero();
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {7, 8})
    void shouldBalanceItsReferencesUnderLossAndChurn(long seed) {
        Random random = new Random(seed);
        Faults faults = new Faults(MS, 2_000 * MS, 0.05, 0.05, 0.05);
        try (GossipNetwork network = new GossipNetwork(CONFIG, faults, seed)) {
            network.startRandom(NODES);
            for (int cycle = 0; cycle < 20; cycle++) {
                for (int i = 0; i < NODES / 100; i++) {
                    network.kill(1 + random.nextInt(NODES));
                }
                network.run(T);
            }
            // Closing the network closes every node and looks at what is left in its table.
            assertThat(network.alive()).hasSizeGreaterThan(700);
        }
    }

    @Test
    void shouldRunTheSameAgainFromTheSameSeed() {
        assertThat(digest(9)).isEqualTo(digest(9));
    }

    @Test
    void shouldRunDifferentlyFromAnotherSeed() {
        assertThat(digest(9)).isNotEqualTo(digest(10));
    }

    private static long digest(long seed) {
        Faults faults = new Faults(MS, 500 * MS, 0.05, 0.05, 0.1);
        try (GossipNetwork network = new GossipNetwork(CONFIG, faults, seed)) {
            network.startRandom(200);
            network.run(20 * T);
            return network.digest();
        }
    }

    private static int[] inDegrees(GossipNetwork network) {
        int[] degrees = new int[NODES];
        for (Node node : network.alive()) {
            node.neighbours().forEach(number -> degrees[number - 1]++);
        }
        return degrees;
    }

    private static long deadLinks(GossipNetwork network) {
        return network.alive().stream()
                .flatMap(node -> node.neighbours().stream())
                .filter(number -> !network.node(number).isAlive())
                .count();
    }
}
