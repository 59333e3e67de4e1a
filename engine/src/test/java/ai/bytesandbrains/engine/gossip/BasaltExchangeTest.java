package ai.bytesandbrains.engine.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.gossip.GossipNetwork.Faults;
import ai.bytesandbrains.engine.overlay.KeyedHash;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Peers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;

class BasaltExchangeTest {

    private static final int V = 16;
    private static final GossipConfig CONFIG = GossipConfig.basalt(V);

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldHoldTheSmallestRankOfAllItHasHeardOf(long seed) {
        try (Bound bound = new Bound(CONFIG, seed)) {
            Random random = new Random(seed);
            Set<Integer> heard = new HashSet<>();
            for (int round = 0; round < 200; round++) {
                int[] numbers = random.ints(1 + random.nextInt(V), 100, 300).toArray();
                for (int number : numbers) {
                    heard.add(number);
                }
                bound.merge(round, numbers);

                bound.check(heard);
            }
        }
    }

    @Test
    void shouldGiveTheSlotsOfARemovedPeerToTheBestOfTheOthers() {
        try (Bound bound = new Bound(CONFIG, 5)) {
            bound.merge(0, 100, 101, 102, 103, 104);
            Set<Integer> left = bound.numbers();
            for (int number : Set.copyOf(left)) {
                bound.node.drop(bound.table.find(number), RemovalReason.TIMEOUT);
                left.remove(number);

                bound.check(left);
            }
            assertThat(bound.node.view.size()).isZero();
        }
    }

    @Test
    void shouldRenewEverySlotOnceInItsLife() {
        int life = 40;
        GossipConfig config = CONFIG.withViewExchange(ExchangeFactory.basalt(life));
        try (Bound bound = new Bound(config, 6)) {
            bound.merge(0, 100, 101, 102, 103, 104);
            Set<Integer> all = bound.numbers();
            long[] before = bound.seeds();
            for (int period = 0; period < life; period++) {
                bound.node.periodPassed();
            }

            long[] after = bound.seeds();
            for (int slot = 0; slot < V; slot++) {
                assertThat(after[slot]).as("slot %d", slot).isNotEqualTo(before[slot]);
            }
            // Whoever lost all of his slots is forgotten; the others are ranked by the new seeds.
            assertThat(all).containsAll(bound.numbers());
            assertThat(bound.node.view.size()).isPositive();
        }
    }

    @Test
    void shouldGainNothingByRepetition() {
        try (Bound bound = new Bound(CONFIG, 7)) {
            for (int number = 100; number < 200; number++) {
                bound.merge(number, number);
            }
            Set<Integer> before = bound.numbers();
            assertThat(before).doesNotContain(999).hasSizeGreaterThan(10);
            bound.merge(1, 999);
            Set<Integer> after = bound.numbers();
            for (int again = 0; again < 1_000; again++) {
                bound.merge(again, 999, 999, 999);
            }

            assertThat(bound.numbers()).isEqualTo(after);
        }
    }

    @Test
    void shouldChooseThePeerMetLeastOften() {
        try (Bound bound = new Bound(CONFIG, 8)) {
            bound.merge(0, 100, 101, 102);
            Set<Integer> held = bound.numbers();
            int rare = held.iterator().next();
            held.remove(rare);
            bound.merge(1, held.stream().mapToInt(number -> number).toArray());

            GossipView view = bound.node.view;
            int chosen = CONFIG.selector().select(view, new Random(1));
            assertThat(bound.table.shortIdOf(view.peerAt(chosen))).isEqualTo(rare);
        }
    }

    @ParameterizedTest(name = "{0} attackers of 300")
    @CsvSource({"30, 0.13", "90, 0.36"})
    void shouldLeaveAttackersTheirShare(int attackers, double bound) {
        long seed = 11;
        try (AttackedNetwork network =
                new AttackedNetwork(GossipConfig.basalt(50), 300 - attackers, attackers, seed)) {
            network.run(60);

            assertThat(network.attackerShare()).as("seed %d", seed).isLessThan(bound);
        }
    }

    /// What the ranking is there for: the same attackers own the views of the classic exchange.
    @Test
    void shouldBeNeededAgainstAttackers() {
        try (AttackedNetwork network = new AttackedNetwork(GossipConfig.defaults(), 270, 30, 11)) {
            network.run(60);

            assertThat(network.attackerShare()).isGreaterThan(0.9);
        }
    }

    @Test
    void shouldBalanceItsReferencesUnderManyFaults() {
        try (GossipNetwork network = new GossipNetwork(CONFIG, Faults.MANY, 12)) {
            network.startRandom(100);
            network.run(20 * CONFIG.periodNs());
            for (int number = 1; number <= 50; number++) {
                network.kill(number);
            }
            network.run(40 * CONFIG.periodNs());

            network.alive().forEach(node -> assertThat(node.neighbours()).hasSizeGreaterThan(5));
        }
    }

    /// Nothing ages out of a ranked view, so the last of the dead go when they are chosen.
    @Test
    void shouldForgetNearlyAllOfTheDead() {
        try (GossipNetwork network = new GossipNetwork(CONFIG, Faults.NONE, 13)) {
            network.startRandom(100);
            network.run(20 * CONFIG.periodNs());
            for (int number = 1; number <= 30; number++) {
                network.kill(number);
            }
            double atDeath = deadShare(network);
            network.run(100 * CONFIG.periodNs());

            assertThat(atDeath).isGreaterThan(0.2);
            assertThat(deadShare(network)).isLessThan(0.01);
        }
    }

    @Test
    void shouldAllocateNothing() {
        try (Bound bound = new Bound(CONFIG, 14)) {
            int[] numbers = new Random(14).ints(V, 100, 400).toArray();
            GossipCopy message = GossipCopy.of(GossipKind.PUSH, 1, 3, numbers);
            long[] sent = new long[V];
            int[] round = new int[1];

            Allocation.assertNone(
                    () -> {
                        for (int i = 0; i < numbers.length; i++) {
                            int number = 100 + (round[0]++ * 7919) % 300;
                            message.peers().get(i).id(number, number * 31L, ~number, number * 17L);
                        }
                        bound.node.merge(message, sent, 0, true, 0);
                        bound.node.growOlder();
                        bound.node.periodPassed();
                    });
        }
    }

    @Test
    void shouldRefuseSlotsWithoutALife() {
        assertThatThrownBy(() -> ExchangeFactory.basalt(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("slotLifePeriods=0");
    }

    private static double deadShare(GossipNetwork network) {
        return network.alive().stream()
                .flatMap(node -> node.neighbours().stream())
                .mapToInt(number -> network.node(number).isAlive() ? 0 : 1)
                .average()
                .orElseThrow();
    }

    /// A node without a network.
    private static final class Bound implements AutoCloseable {

        final PeerTable table = new PeerTable(CONFIG.maxReferencedPeers());
        final GossipState state;
        final BoundNode node;

        Bound(GossipConfig config, long seed) {
            state = new GossipState(config, 1);
            node =
                    new BoundNode(
                            config,
                            state,
                            table,
                            new Random(seed),
                            GossipListener.NONE,
                            new GossipCounters(),
                            null);
            node.bind(0);
            node.start(table.acquire(Peers.descriptor(1)), 0, 0);
        }

        void merge(int age, int... numbers) {
            node.merge(GossipCopy.of(GossipKind.PUSH, 1, age, numbers), new long[V], 0, true, 0);
        }

        Set<Integer> numbers() {
            Set<Integer> numbers = new HashSet<>();
            for (int i = 0; i < node.view.size(); i++) {
                numbers.add((int) table.shortIdOf(node.view.peerAt(i)));
            }
            return numbers;
        }

        long[] seeds() {
            long[] seeds = new long[V];
            for (int slot = 0; slot < V; slot++) {
                seeds[slot] = node.view.state(4 + 3 * slot);
            }
            return seeds;
        }

        /// The view is the set of the winners, slot by slot.
        void check(Set<Integer> heard) {
            Set<Integer> winners = new HashSet<>();
            for (long seed : seeds()) {
                heard.stream()
                        .min((a, b) -> Long.compareUnsigned(rank(seed, a), rank(seed, b)))
                        .ifPresent(winners::add);
            }
            assertThat(numbers()).isEqualTo(winners);
        }

        private long rank(long seed, int number) {
            long key0 = node.view.state(0);
            long key1 = node.view.state(1);
            return KeyedHash.mix(KeyedHash.hash(key0, key1, number) ^ seed);
        }

        @Override
        public void close() {
            node.stop();
            int left = table.size();
            state.close();
            table.close();
            assertThat(left).as("references left").isZero();
        }
    }
}
