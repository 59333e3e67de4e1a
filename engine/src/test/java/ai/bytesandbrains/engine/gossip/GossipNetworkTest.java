package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.GossipNetwork.MS;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.gossip.GossipNetwork.Faults;
import ai.bytesandbrains.engine.gossip.GossipNetwork.Node;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.Peers;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// What a handful of nodes do together.
class GossipNetworkTest {

    private static final long T = 100 * MS;
    private static final GossipConfig CONFIG =
            GossipConfig.defaults().withTimes(T, 300 * MS, 100 * MS);

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldFillAllViewsOfFifteenNodesThatStartAtOnce(long seed) {
        try (GossipNetwork network = new GossipNetwork(CONFIG, Faults.NONE, seed)) {
            startFromFirst(network, 15);
            network.run(20 * T);

            assertAllKnowAll(network, 15);
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldFillAllViewsOverABadNetwork(long seed) {
        try (GossipNetwork network = new GossipNetwork(CONFIG, Faults.MANY, seed)) {
            startFromFirst(network, 15);
            network.run(100 * T);

            // A lost answer costs a neighbour now and then, so "all at one time" is too much.
            for (Node node : network.alive()) {
                assertThat(node.neighbours()).as("of %d", node.number).hasSizeGreaterThan(10);
            }
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldAnswerAllOfSixtyNodesThatJoinOneSeedPeerAtOnce(long seed) {
        try (GossipNetwork network = new GossipNetwork(CONFIG, Faults.NONE, seed)) {
            startFromFirst(network, 60);
            network.run(10 * T);

            assertThat(network.alive())
                    .allSatisfy(node -> assertThat(node.neighbours()).isNotEmpty());
        }
    }

    @ParameterizedTest(name = "{0} with seed={1}")
    @CsvSource({"PUSH, 1", "PUSH, 2", "PUSH_PULL, 1"})
    void shouldFillViewsInEveryModeThatPushes(GossipMode mode, long seed) {
        GossipConfig config = CONFIG.withExchange(PeerSelector.UNIFORM, mode);
        try (GossipNetwork network = new GossipNetwork(config, Faults.NONE, seed)) {
            startFromFirst(network, 10);
            network.run(60 * T);

            assertThat(network.alive())
                    .allSatisfy(node -> assertThat(node.neighbours()).hasSizeGreaterThan(6));
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldKeepViewsFullByPullsAlone(long seed) {
        GossipConfig config =
                CONFIG.withView(8, 1, 3).withExchange(PeerSelector.UNIFORM, GossipMode.PULL);
        try (GossipNetwork network = new GossipNetwork(config, Faults.NONE, seed)) {
            network.startRandom(40);
            network.run(30 * T);

            assertThat(network.alive())
                    .allSatisfy(node -> assertThat(node.neighbours()).hasSizeGreaterThan(5))
                    .allSatisfy(node -> assertThat(node.logic.counters().completed()).isPositive());
        }
    }

    @ParameterizedTest
    @EnumSource(GossipMode.class)
    void shouldAnswerAPullWhateverTheResponderDoesItself(GossipMode mode) {
        try (OneNode one = new OneNode(CONFIG.withExchange(PeerSelector.TAIL, mode))) {
            one.know(3, 10, 11, 12);
            one.receive(GossipCopy.of(GossipKind.PULL, 7, 0, 50));

            assertThat(one.last().kind()).isEqualTo(GossipKind.REPLY);
            assertThat(one.numbers(one.last())).contains(10, 11, 12);
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldForgetTheDeadByTimeout(long seed) {
        try (GossipNetwork network = new GossipNetwork(CONFIG, Faults.NONE, seed)) {
            startFromFirst(network, 15);
            network.run(20 * T);
            network.kill(3);
            network.kill(4);
            network.run(30 * T);

            assertThat(network.alive())
                    .allSatisfy(node -> assertThat(node.neighbours()).doesNotContain(3, 4));
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldForgetTheDeadByFailedConnections(long seed) {
        GossipConfig patient = CONFIG.withTimes(T, 100_000 * MS, 50 * MS);
        try (GossipNetwork network =
                new GossipNetwork(patient, Faults.NONE, seed).reportingFailures()) {
            startFromFirst(network, 15);
            network.run(20 * T);
            network.kill(3);
            network.kill(4);
            network.run(40 * T);

            assertThat(network.alive())
                    .allSatisfy(node -> assertThat(node.neighbours()).doesNotContain(3, 4));
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldFindTogetherAfterAPartition(long seed) {
        try (GossipNetwork network = new GossipNetwork(CONFIG, Faults.NONE, seed)) {
            startFromFirst(network, 15);
            network.run(20 * T);
            for (int number = 2; number <= 15; number += 2) {
                network.move(number, 1);
            }
            network.run(60 * T);
            for (int number = 2; number <= 15; number += 2) {
                network.move(number, 0);
            }
            network.run(100 * T);

            for (Node node : network.alive()) {
                assertThat(reachable(network, node)).as("from %d", node.number).hasSize(15);
            }
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldTakeAPausedNodeBack(long seed) {
        try (GossipNetwork network = new GossipNetwork(CONFIG, Faults.NONE, seed)) {
            startFromFirst(network, 15);
            network.run(20 * T);
            network.pause(7);
            network.run(60 * T);
            network.resume(7);
            network.run(60 * T);

            assertAllKnowAll(network, 15);
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldKeepItsInvariantsUnderEverythingAtOnce(long seed) {
        Random random = new Random(seed);
        GossipConfig small = CONFIG.withView(8, 1, 3);
        try (GossipNetwork network =
                new GossipNetwork(small, Faults.MANY, seed).reportingFailures()) {
            startFromFirst(network, 60);
            for (int step = 0; step < 150; step++) {
                int number = 2 + random.nextInt(59);
                switch (random.nextInt(4)) {
                    case 0 -> network.pause(number);
                    case 1 -> network.resume(number);
                    case 2 -> network.move(number, random.nextInt(2));
                    default -> {
                        if (network.alive().size() > 30) {
                            network.kill(number);
                        }
                    }
                }
                network.run(T);
            }
            // The network itself checks views, deadlines and, when it is closed, references.
            assertThat(network.alive()).hasSizeGreaterThan(20);
        }
    }

    private static void startFromFirst(GossipNetwork network, int count) {
        for (int number = 1; number <= count; number++) {
            network.start(number, List.of(Peers.peer(1)));
        }
    }

    private static void assertAllKnowAll(GossipNetwork network, int count) {
        for (Node node : network.alive()) {
            assertThat(node.neighbours()).as("of %d", node.number).hasSize(count - 1);
        }
    }

    private static Set<Integer> reachable(GossipNetwork network, Node from) {
        Set<Integer> seen = new HashSet<>(Set.of(from.number));
        List<Integer> front = List.of(from.number);
        while (!front.isEmpty()) {
            front =
                    front.stream()
                            .flatMap(number -> network.node(number).neighbours().stream())
                            .filter(seen::add)
                            .toList();
        }
        return seen;
    }
}
