package ai.bytesandbrains.engine.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.Peers;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// What strangers can make a node do, and what not.
class GossipAdmissionTest {

    private static final GossipConfig CONFIG = GossipConfig.defaults();
    private static final long T = CONFIG.periodNs();

    private final OneNode one = new OneNode(CONFIG);

    @AfterEach
    void close() {
        one.close();
    }

    @Test
    void shouldAcceptOneExchangeOfASenderInHalfAPeriod() {
        exchange(10);
        one.nowNs += T / 2 - 1;
        exchange(10);

        assertThat(kinds()).containsExactly(GossipKind.REPLY, GossipKind.BUSY);
    }

    @Test
    void shouldAcceptTheSameSenderAgainAfterHalfAPeriod() {
        exchange(10);
        one.nowNs += T / 2;
        exchange(10);

        assertThat(kinds()).containsExactly(GossipKind.REPLY, GossipKind.REPLY);
    }

    @Test
    void shouldAcceptSixExchangesInAPeriod() {
        for (int number = 10; number < 17; number++) {
            exchange(number);
        }

        assertThat(kinds()).filteredOn(kind -> kind == GossipKind.REPLY).hasSize(6);
        assertThat(kinds().getLast()).isEqualTo(GossipKind.BUSY);
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldNeverAcceptMoreThanSixInAnyPeriod(long seed) {
        Random random = new Random(seed);
        List<Long> accepted = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            one.nowNs += random.nextLong(T / 20);
            long before = one.logic.counters().accepted();
            exchange(10 + random.nextInt(100));
            if (one.logic.counters().accepted() > before) {
                accepted.add(one.nowNs);
            }
        }
        for (int i = 6; i < accepted.size(); i++) {
            assertThat(accepted.get(i) - accepted.get(i - 6)).isGreaterThanOrEqualTo(T);
        }
        assertThat(accepted).hasSizeGreaterThan(300);
    }

    @Test
    void shouldNotMergeWhatItRefuses() {
        exchange(10);
        one.receive(GossipCopy.of(GossipKind.PUSH_PULL, 2, 0, 10, 77));

        assertThat(one.view()).containsOnlyKeys(10);
    }

    @Test
    void shouldRefuseAPushWithoutAWord() {
        exchange(10);
        one.receive(GossipCopy.of(GossipKind.PUSH, 2, 0, 10, 77));

        assertThat(kinds()).containsExactly(GossipKind.REPLY);
        assertThat(one.logic.counters().refused()).isEqualTo(1);
    }

    @Test
    void shouldAnswerSixtyFourJoinsInAPeriod() {
        for (int i = 0; i < 100; i++) {
            join(10 + i);
        }

        assertThat(kinds()).filteredOn(kind -> kind == GossipKind.JOIN_REPLY).hasSize(64);
    }

    @Test
    void shouldAnswerJoinsAgainInTheNextPeriod() {
        for (int i = 0; i < 100; i++) {
            join(10 + i);
        }
        one.nowNs += T;
        join(200);

        assertThat(one.last().kind()).isEqualTo(GossipKind.JOIN_REPLY);
    }

    @Test
    void shouldAnswerOneJoinOfASenderInHalfAPeriod() {
        join(10);
        one.nowNs += T / 2 - 1;
        join(10);
        assertThat(kinds()).containsExactly(GossipKind.JOIN_REPLY);
        assertThat(one.logic.counters().joinsRepeated()).isEqualTo(1);

        one.nowNs += T / 1_000;
        join(10);
        assertThat(kinds()).containsExactly(GossipKind.JOIN_REPLY, GossipKind.JOIN_REPLY);
    }

    @Test
    void shouldLetNewcomersInThoughOneFloods() {
        // The flooder gets two of the 64 answers, or three: all the others are the newcomers'.
        for (int newcomer = 10; newcomer < 10 + 61; newcomer++) {
            for (int i = 0; i < 100; i++) {
                join(200);
            }
            one.nowNs += T / 64;
            join(newcomer);
            assertThat(one.to(one.last())).isEqualTo(newcomer);
            assertThat(one.last().kind()).isEqualTo(GossipKind.JOIN_REPLY);
        }
        assertThat(one.messages).filteredOn(message -> one.to(message) == 200).hasSize(2);
        assertThat(kinds()).as("no BUSY for others is used up").doesNotContain(GossipKind.BUSY);
    }

    @Test
    void shouldNotCountAJoinThatItCouldNotAnswer() {
        one.refusing = true;
        join(10);
        one.refusing = false;
        join(10);

        assertThat(kinds()).containsExactly(GossipKind.JOIN_REPLY);
    }

    /// Few enough senders to meet the first limit, and as many as the second takes.
    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {4, 5, 6})
    void shouldKeepBothLimitsOfJoinsAtAnyTime(long seed) {
        Random random = new Random(seed);
        List<Long> answered = new ArrayList<>();
        Map<Integer, Long> lastOf = new HashMap<>();
        int full = 0;
        long grace = T / 4_096;
        for (int i = 0; i < 30_000; i++) {
            // Now and then a pause in which short times would come round.
            boolean pause = random.nextInt(500) == 0;
            one.nowNs += random.nextLong(pause ? 20 * T : T / 80);
            int sender = 10 + random.nextInt(150);
            int before = one.messages.size();
            long repeatedBefore = one.logic.counters().joinsRepeated();
            join(sender);
            boolean repeated = one.logic.counters().joinsRepeated() > repeatedBefore;
            long age = one.nowNs - lastOf.getOrDefault(sender, one.nowNs - 100 * T);
            if (repeated) {
                assertThat(age).isLessThan(T / 2 + grace);
                assertThat(one.messages).hasSize(before);
            } else {
                assertThat(age).isGreaterThanOrEqualTo(T / 2);
            }
            if (one.messages.size() > before && one.last().kind() == GossipKind.JOIN_REPLY) {
                answered.add(one.nowNs);
                lastOf.put(sender, one.nowNs);
            } else if (!repeated) {
                full++;
                assertThat(one.nowNs - answered.get(answered.size() - 64)).isLessThan(T + grace);
            }
        }
        for (int i = 64; i < answered.size(); i++) {
            assertThat(answered.get(i) - answered.get(i - 64)).isGreaterThanOrEqualTo(T);
        }
        assertThat(full).isPositive();
        assertThat(one.logic.counters().joinsRepeated()).isPositive();
    }

    @Test
    void shouldAnswerNoJoinWhereNoneIsAllowed() {
        GossipConfig none =
                new GossipConfig(
                        CONFIG.viewSize(),
                        CONFIG.healing(),
                        CONFIG.swap(),
                        CONFIG.selector(),
                        CONFIG.mode(),
                        CONFIG.periodNs(),
                        CONFIG.requestTimeoutNs(),
                        CONFIG.retryTimeNs(),
                        CONFIG.maxConcurrentRequests(),
                        CONFIG.reserveSize(),
                        CONFIG.exchangesPerPeriod(),
                        0,
                        CONFIG.maxSeeds(),
                        CONFIG.exchange());
        try (OneNode closed = new OneNode(none)) {
            closed.receive(GossipCopy.of(GossipKind.JOIN, 1, 0, 10));

            assertThat(closed.messages)
                    .extracting(CollectedStep.Message::kind)
                    .containsExactly(GossipKind.BUSY);
            assertThat(closed.logic.counters().refused()).isEqualTo(1);
        }
    }

    @Test
    void shouldBoundItsRefusalsToo() {
        for (int i = 0; i < 500; i++) {
            join(10 + i % 150);
        }

        assertThat(kinds()).filteredOn(kind -> kind == GossipKind.BUSY).hasSizeBetween(32, 64);
        one.nowNs += T / 16;
        join(159);
        assertThat(one.last().kind()).isEqualTo(GossipKind.BUSY);
        assertThat(one.to(one.last())).isEqualTo(159);
    }

    @Test
    void shouldTellOthersThatItIsBusyThoughOneFloods() {
        for (int number = 10; number < 16; number++) {
            exchange(number);
        }
        for (int i = 0; i < 1_000; i++) {
            exchange(20);
        }
        assertThat(one.messages).filteredOn(message -> one.to(message) == 20).hasSize(1);
        int told = 0;
        for (int number = 30; number < 46; number++) {
            one.nowNs += T / 16;
            exchange(20);
            exchange(number);
            told += one.to(one.last()) == number ? 1 : 0;
        }

        assertThat(told).as("of 16, each of whom may share the flooder's bit").isBetween(14, 16);
        assertThat(one.messages)
                .filteredOn(message -> one.to(message) == 20)
                .as("once in a sixteenth of a period")
                .hasSizeLessThanOrEqualTo(1 + 16 + 1);
    }

    @Test
    void shouldNameSomebodyElseToAskWhenJoinsAreUsedUp() {
        one.gossip.bootstrap(Peers.peers(20, 20), one.nowNs);
        one.know(3, 20, 21, 22);
        for (int i = 0; i < 64; i++) {
            join(30 + i);
        }
        one.messages.clear();
        for (int i = 0; i < 10; i++) {
            join(100 + i);
            one.nowNs += T / 16;
        }

        assertThat(kinds()).hasSize(10).containsOnly(GossipKind.JOIN_REPLY);
        assertThat(one.messages)
                .as("itself and one other, not the seed that all know")
                .allSatisfy(
                        message ->
                                assertThat(one.numbers(message))
                                        .hasSize(2)
                                        .startsWith(OneNode.SELF)
                                        .isSubsetOf(OneNode.SELF, 21, 22));
        assertThat(one.logic.counters().joinsPassedOn()).isEqualTo(10);
    }

    @Test
    void shouldNotNameANewcomerToItself() {
        one.know(3, 150);
        for (int i = 0; i < 64; i++) {
            join(30 + i);
        }
        join(150);

        assertThat(one.last().kind()).isEqualTo(GossipKind.BUSY);
    }

    @Test
    void shouldAnswerExchangesThoughJoinsAreUsedUp() {
        for (int i = 0; i < 100; i++) {
            join(10 + i);
        }
        exchange(150);

        assertThat(one.last().kind()).isEqualTo(GossipKind.REPLY);
    }

    @Test
    void shouldNotMergeAJoin() {
        join(10);

        assertThat(one.view()).isEmpty();
        assertThat(one.table.size()).as("peers referred to").isEqualTo(1);
    }

    @Test
    void shouldAnswerAJoinWithASampleOfItsView() {
        one.know(3, 20, 21, 22);
        join(10);

        assertThat(one.numbers(one.last())).containsExactlyInAnyOrder(OneNode.SELF, 20, 21, 22);
    }

    @Test
    void shouldTakeNoRequestFromItself() {
        assertThat(one.receive(GossipCopy.of(GossipKind.PUSH_PULL, 1, 0, OneNode.SELF, 10)))
                .isZero();
        assertThat(one.logic.counters().rejected()).isEqualTo(1);
    }

    @Test
    void shouldTakeNoRequestWithoutASender() {
        assertThat(one.receiveFrom(10, new GossipCopy(GossipKind.PUSH_PULL, 1, List.of())))
                .isZero();
        assertThat(one.logic.counters().rejected()).isEqualTo(1);
    }

    @Test
    void shouldTakeNoRequestInAnothersName() {
        one.know(3, 20);
        one.receiveFrom(20, GossipCopy.of(GossipKind.PUSH_PULL, 1, 0, 10, 77));

        assertThat(one.view()).containsOnlyKeys(20);
        assertThat(one.messages).isEmpty();
    }

    @Test
    void shouldTakeNoRequestThatTheTableHasNoRoomFor() {
        try (OneNode full = new OneNode(CONFIG, 1, 2)) {
            full.know(3, 20);
            full.receive(GossipCopy.of(GossipKind.PUSH_PULL, 1, 0, 10));

            assertThat(full.messages).isEmpty();
            assertThat(full.view()).containsOnlyKeys(20);
        }
    }

    @Test
    void shouldMergeWhatTheTableHasRoomFor() {
        try (OneNode full = new OneNode(CONFIG, 1, 4)) {
            full.receive(GossipCopy.of(GossipKind.PUSH, 1, 0, 10, 11, 12, 13, 14));

            assertThat(full.view()).containsOnlyKeys(10, 11, 12);
            assertThat(full.logic.counters().rejected()).isEqualTo(2);
        }
    }

    private void exchange(int number) {
        one.receive(GossipCopy.of(GossipKind.PUSH_PULL, 1, 0, number));
    }

    private void join(int number) {
        one.receive(GossipCopy.of(GossipKind.JOIN, 1, 0, number));
    }

    private List<GossipKind> kinds() {
        return one.messages.stream().map(CollectedStep.Message::kind).toList();
    }
}
