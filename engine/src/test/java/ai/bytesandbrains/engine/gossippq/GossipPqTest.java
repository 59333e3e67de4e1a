package ai.bytesandbrains.engine.gossippq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.Random;

class GossipPqTest {
    private static final int NEVER = 1 << 20;
    private static final GossipPqConfig CONFIG =
            GossipPqConfig.of(Metric.L2, 8, 2, 4).withSample(256, 128).withRounds(NEVER, NEVER);

    @Test
    void shouldMakeTwoSamplesEqualInAFewExchanges() {
        try (PqPair pair = new PqPair(CONFIG, 100)) {
            for (int round = 0; round < 6; round++) {
                pair.round();
            }

            assertThat(pair.a.sampleSize(0)).isEqualTo(200);
            assertThat(pair.b.sampleSize(1)).isEqualTo(200);
            long sent = pair.a.counters().itemsSent() + pair.b.counters().itemsSent();
            assertThat(sent).as("items sent, for two subspaces").isBetween(400L, 420L);
        }
    }

    @Test
    void shouldAllocateNothingWhereSamplesAreEqual() {
        try (PqPair pair = new PqPair(CONFIG, 100)) {
            Allocation.assertNone(pair::round, 200);

            assertThat(pair.a.counters().same()).isPositive();
        }
    }

    @Test
    void shouldAllocateNothingWhereSamplesDiffer() {
        try (PqPair pair = new PqPair(CONFIG, 100)) {
            pair.wire = message -> message.kind() != GossipPqKind.ITEMS;
            Allocation.assertNone(pair::round, 200);

            assertThat(pair.a.counters().itemsSent()).isPositive();
            assertThat(pair.a.sampleSize(0)).isEqualTo(100);
        }
    }

    @Test
    void shouldBeginNoMoreExchangesThanAreAnswered() {
        GossipPqConfig config = withSixteenExchanges();
        int[] begun = {0};
        try (PqNet net = new PqNet(config, 2, 50, 1)) {
            net.lie = (to, letter) -> begun[0] += letter.kind() == GossipPqKind.SUMMARY ? 1 : 0;
            net.rounds(1);
            assertThat(begun[0]).as("under way, nothing came back").isEqualTo(4);

            net.pass(config.timeoutNs());
            assertThat(begun[0]).as("not given up yet").isEqualTo(4);
            assertThat(net.nodes[PqNet.LIAR].nextDeadlineNs(net.nowNs)).isEqualTo(net.nowNs + 1);

            net.pass(1);
            assertThat(begun[0]).as("after those were given up").isEqualTo(8);
        }
    }

    @Test
    void shouldBeginAllExchangesOfARoundWhereTheyAreAnswered() {
        int[] begun = {0};
        try (PqNet net = new PqNet(withSixteenExchanges(), 2, 50, 1)) {
            net.lie =
                    (to, letter) -> {
                        begun[0] += letter.kind() == GossipPqKind.SUMMARY ? 1 : 0;
                        net.post(PqNet.LIAR, to, letter);
                    };
            net.rounds(1);

            assertThat(begun[0]).isEqualTo(16);
        }
    }

    private static GossipPqConfig withSixteenExchanges() {
        return GossipPqConfig.of(Metric.L2, 64, 32, 4)
                .withSample(256, 128)
                .withRounds(NEVER, NEVER);
    }

    /// What crosses the wire where nodes contribute centroids: means of five vectors at the least.
    @Test
    void shouldSendNoCentroidOfFewerThanFiveVectors() {
        GossipPqConfig config = CONFIG.withLocalCentroids(40).withBudgets(1L << 40, 1000);
        int dimensions = config.subspaceDimensions();
        int[] items = {0};
        try (PqPair pair = new PqPair(config, 150)) {
            pair.wire =
                    message -> {
                        if (message.kind() == GossipPqKind.ITEMS) {
                            items[0] += message.count();
                            checkWeights(message, dimensions);
                        }
                        return true;
                    };
            for (int round = 0; round < 10; round++) {
                pair.round();
            }
        }

        assertThat(items[0]).isPositive();
    }

    private static void checkWeights(GossipPqMessage message, int dimensions) {
        byte[] body = new byte[message.bodyBytes()];
        MemorySegment bytes = MemorySegment.ofArray(body);
        message.copyBody(bytes, 0);
        boolean weighted = (message.flags() & GossipPqMessage.WEIGHTED) != 0;
        assertThat(weighted || message.count() == 0).isTrue();
        for (int i = 0; i < message.count(); i++) {
            long at = (long) i * ItemLayout.wireBytes(dimensions, true);
            assertThat(ItemLayout.weight(bytes, at))
                    .isGreaterThanOrEqualTo(LocalCentroids.LEAST_VECTORS);
        }
    }

    /// A link that takes some chunks of a request and refuses the rest, each time.
    @Test
    void shouldFetchACodebookOverALinkThatTakesFewChunksAtOnce() {
        GossipPqConfig wide =
                GossipPqConfig.of(Metric.L2, 128, 2, 6).withSample(256, 256).withRounds(4, 3);
        try (PqPair pair = new PqPair(wide, 100)) {
            for (int round = 0; round < 4000 && !pair.b.isFrozen(); round++) {
                pair.round();
            }
            assertThat(pair.b.isFrozen()).isTrue();
            int[] chunks = {0};
            pair.wire =
                    message ->
                            message.kind() != GossipPqKind.CHUNK
                                    || message.number() == 0
                                    || chunks[0]++ % 3 == 0;
            pair.restartA(GossipPqHistory.NONE, GossipPqLog.NONE);
            for (int round = 0; round < 100 && !pair.a.isFrozen(); round++) {
                pair.round();
            }

            assertThat(pair.a.isFrozen()).isTrue();
            assertThat(pair.a.codebook().idHex()).isEqualTo(pair.b.codebook().idHex());
            assertThat(chunks[0]).isGreaterThan(15);
            assertThat(pair.a.counters().trainings()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldStayAsItIsWhateverAStrangerSays(long seed) {
        Random random = new Random(seed);
        try (PqPair pair = new PqPair(CONFIG, 100)) {
            pair.wire = message -> false;
            // All rows have to be in before a liar has a say.
            pair.round();
            pair.round();
            for (int i = 0; i < 20_000; i++) {
                pair.a.onMessage(random.nextInt(200), new Anything(random), pair.nowNs);
                pair.nowNs += CONFIG.periodNs() / 100;
                pair.a.poll(pair.nowNs);
            }

            assertThat(pair.a.sampleSize(0)).as("seed=%d", seed).isEqualTo(100);
            assertThat(pair.a.epoch()).as("seed=%d", seed).isZero();
            assertThat(pair.a.codebook()).as("seed=%d", seed).isNull();
            assertThat(pair.a.counters().foreign()).isPositive();
            assertThat(pair.a.counters().unsolicited()).isPositive();
        }
    }

    /// A peer that answers with more items than were asked for, and with the same ones again.
    @Test
    void shouldTakeNoMoreThanItAskedFor() {
        try (PqPair pair = new PqPair(CONFIG, 100)) {
            pair.round();
            pair.round();
            int size = pair.a.sampleSize(0);
            long unsolicited = pair.a.counters().unsolicited();
            Random random = new Random(4);
            for (int i = 0; i < 1000; i++) {
                pair.a.onMessage(PqPair.B, Anything.items(random), pair.nowNs);
            }

            assertThat(pair.a.sampleSize(0)).isEqualTo(size);
            assertThat(pair.a.counters().unsolicited()).isEqualTo(unsolicited + 1000);
        }
    }

    @Test
    void shouldNotListenToANetworkWithAnotherConfiguration() {
        GossipPqConfig other = CONFIG.withSample(256, 127);

        assertThat(other.epochSeed(0)).isNotEqualTo(CONFIG.epochSeed(0));
        assertThat(CONFIG.withNetwork(2).epochSeed(0)).isNotEqualTo(CONFIG.epochSeed(0));
        assertThat(CONFIG.epochSeed(1)).isNotEqualTo(CONFIG.epochSeed(0));
        // What may differ between the nodes of a network.
        assertThat(CONFIG.withRate(1, 5, 5).epochSeed(0)).isEqualTo(CONFIG.epochSeed(0));
    }

    @Test
    void shouldNameWhatIsWrongWithAConfiguration() {
        assertThatThrownBy(() -> GossipPqConfig.of(Metric.L2, 10, 3, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10")
                .hasMessageContaining("3");
        assertThatThrownBy(() -> CONFIG.withSample(8, 1)).hasMessageContaining("sampleSize=8");
        assertThatThrownBy(() -> CONFIG.withSample(256, 257))
                .hasMessageContaining("originQuota=257");
        assertThatThrownBy(() -> CONFIG.withRate(3, 1, 1)).hasMessageContaining("fanout=3");
    }

    /// A message of any content, sound in form or not.
    private record Anything(
            GossipPqKind kind,
            long requestId,
            int epoch,
            int flags,
            int subspace,
            int number,
            long threshold,
            long ranges,
            int count,
            MemorySegment body,
            long space)
            implements GossipPqMessage {
        private static final GossipPqKind[] KINDS = GossipPqKind.values();

        Anything(Random random) {
            this(
                    KINDS[random.nextInt(KINDS.length)],
                    random.nextLong(),
                    random.nextBoolean() ? 0 : random.nextInt(),
                    random.nextInt(16),
                    random.nextInt(5) - 1,
                    random.nextInt(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextInt(100) - 5,
                    bytes(random, random.nextInt(4) == 0 ? 520 : random.nextInt(1000)),
                    random.nextBoolean() ? CONFIG.epochSeed(0) : 0);
        }

        private static MemorySegment bytes(Random random, int count) {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            return MemorySegment.ofArray(bytes);
        }

        static Anything items(Random random) {
            int bytes = ItemLayout.wireBytes(CONFIG.subspaceDimensions(), false);
            return new Anything(
                    GossipPqKind.ITEMS,
                    random.nextLong(),
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    10,
                    bytes(random, 10 * bytes),
                    0);
        }

        @Override
        public long codebookHigh() {
            return requestId;
        }

        @Override
        public long codebookLow() {
            return 1;
        }

        @Override
        public int bodyBytes() {
            return (int) body.byteSize();
        }

        @Override
        public void copyBody(MemorySegment into, long offset) {
            MemorySegment.copy(body, 0, into, offset, body.byteSize());
        }
    }
}
