package ai.bytesandbrains.engine.gossippq;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// One of ten nodes lies in all it sends; the others come to one final codebook all the same.
class LyingPeerTest {
    private static final int NODES = 10;
    private static final int ROWS = 60;
    private static final int QUOTA = 40;
    private static final GossipPqConfig CONFIG =
            GossipPqConfig.of(Metric.L2, 8, 2, 4)
                    .withSample(256, QUOTA)
                    .withRounds(8, 10)
                    .withBudgets(1L << 40, 1000);
    private static final int MOST_ROUNDS = 80;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAgreeWithoutALiar(long seed) {
        try (PqNet net = net(seed)) {
            assertThat(net.roundsUntilFinal(40)).as("seed=%d", seed).isPositive();
        }
    }

    /// Another vector under the same origin and index for each peer: the peers merge them all.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldAgreeThoughAPeerTellsEachSomethingElse(long seed) {
        try (PqNet net = net(seed)) {
            net.lie = (to, letter) -> net.post(PqNet.LIAR, to, equivocate(letter, to));

            assertThat(net.roundsUntilFinal(MOST_ROUNDS)).as("seed=%d", seed).isPositive();
            assertThat(net.nodes[1].sampleSize(0)).isEqualTo(CONFIG.sampleSize());
        }
    }

    /// Other vectors each time keep samples apart for as long as they come. Nothing wrong becomes
    /// final meanwhile, and all is well when they end.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAgreeWhenAPeerEndsToTellSomethingElseEachTime(long seed) {
        Random random = new Random(seed);
        try (PqNet net = net(seed)) {
            net.lie =
                    (to, letter) ->
                            net.post(PqNet.LIAR, to, equivocate(letter, random.nextInt(1 << 20)));
            net.rounds(30);
            for (int node = 1; node < NODES; node++) {
                assertThat(net.nodes[node].isFrozen()).as("seed=%d", seed).isFalse();
            }
            net.lie = (to, letter) -> {};

            assertThat(net.roundsUntilFinal(MOST_ROUNDS)).as("seed=%d", seed).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAgreeThoughAPeerCutsItsMessages(long seed) {
        Random random = new Random(seed);
        try (PqNet net = net(seed)) {
            net.lie =
                    (to, letter) -> {
                        int length = random.nextInt(letter.bodyBytes() + 1);
                        MemorySegment cut = letter.body().asSlice(0, length);
                        net.post(PqNet.LIAR, to, letter.withBody(cut));
                        int count = random.nextInt(letter.count() + 1);
                        net.post(PqNet.LIAR, to, shortened(letter, cut, count));
                    };

            assertThat(net.roundsUntilFinal(MOST_ROUNDS)).as("seed=%d", seed).isPositive();
            assertThat(net.nodes[1].counters().foreign()).isPositive();
        }
    }

    /// Every message again and again, to everybody, for as long as the network learns.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldComeToTheSameCodebookThoughAPeerRepeatsAllItSaid(long seed) {
        String id;
        try (PqNet net = net(seed)) {
            assertThat(net.roundsUntilFinal(MOST_ROUNDS)).isPositive();
            id = net.nodes[1].codebook().idHex();
        }
        Random random = new Random(seed);
        List<Letter> said = new ArrayList<>();
        try (PqNet net = net(seed)) {
            net.lie =
                    (to, letter) -> {
                        said.add(letter);
                        net.post(PqNet.LIAR, to, letter);
                        for (int i = 0; i < 5; i++) {
                            Letter old = said.get(random.nextInt(said.size()));
                            net.post(PqNet.LIAR, 1 + random.nextInt(NODES - 1), old);
                        }
                    };

            assertThat(net.roundsUntilFinal(MOST_ROUNDS)).as("seed=%d", seed).isPositive();
            assertThat(net.nodes[1].codebook().idHex()).as("seed=%d", seed).isEqualTo(id);
            assertThat(net.nodes[1].counters().unsolicited()).isPositive();
        }
    }

    /// What it did not ask for, numbers and thresholds that cannot be.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAgreeThoughAPeerClaimsAbsurdNumbers(long seed) {
        Random random = new Random(seed);
        try (PqNet net = net(seed)) {
            net.lie =
                    (to, letter) -> {
                        long threshold = random.nextLong() >>> random.nextInt(64);
                        int number = random.nextInt() >>> random.nextInt(32);
                        int count = random.nextInt(1 << random.nextInt(16));
                        Letter absurd = letter.with(number, threshold, count, letter.body());
                        net.post(PqNet.LIAR, to, absurd);
                    };

            assertThat(net.roundsUntilFinal(MOST_ROUNDS)).as("seed=%d", seed).isPositive();
        }
    }

    /// Another final codebook for each peer and message; none of them is there to be fetched.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAgreeThoughAPeerClaimsCodebooksThatAreNot(long seed) {
        Random random = new Random(seed);
        try (PqNet net = net(seed)) {
            net.lie =
                    (to, letter) -> {
                        int flags = letter.flags() | GossipPqMessage.FROZEN;
                        Letter claim =
                                letter.withCodebook(random.nextLong(), random.nextLong(), flags);
                        net.post(PqNet.LIAR, to, claim);
                    };

            assertThat(net.roundsUntilFinal(MOST_ROUNDS)).as("seed=%d", seed).isPositive();
            assertThat(net.nodes[1].epoch()).isZero();
        }
    }

    private static PqNet net(long seed) {
        return new PqNet(CONFIG, NODES, ROWS, seed);
    }

    /// The liar's own items with other components.
    private static Letter equivocate(Letter letter, int variant) {
        if (letter.kind() != GossipPqKind.ITEMS) {
            return letter;
        }
        byte[] body = letter.body().toArray(ValueLayout.JAVA_BYTE);
        boolean weighted = (letter.flags() & GossipPqMessage.WEIGHTED) != 0;
        int dimensions = CONFIG.subspaceDimensions();
        int bytes = ItemLayout.wireBytes(dimensions, weighted);
        for (int item = 0; item < letter.count(); item++) {
            int at = item * bytes;
            boolean own = body[at] == PqNet.LIAR + 1 && body[at + 1] == 0;
            if (own) {
                // Not -128: that would be refused.
                for (int d = bytes - dimensions; d < bytes; d++) {
                    body[at + d] = (byte) ((variant >> (2 * d % 16)) % 100);
                }
            }
        }
        return letter.withBody(MemorySegment.ofArray(body));
    }

    private static Letter shortened(Letter letter, MemorySegment body, int count) {
        return letter.with(letter.number(), letter.threshold(), count, body);
    }
}
