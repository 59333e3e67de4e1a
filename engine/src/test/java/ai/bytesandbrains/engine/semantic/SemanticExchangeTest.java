package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.OneSemanticNode.DIMENSIONS;
import static ai.bytesandbrains.engine.semantic.OneSemanticNode.SELF;
import static ai.bytesandbrains.engine.semantic.SemanticCopy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.semantic.SemanticCopy.Entry;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

class SemanticExchangeTest {

    private static final byte[] EAST = {100, 0, 0, 0};
    private static final byte[] NORTH = {0, 100, 0, 0};

    private OneSemanticNode node = new OneSemanticNode();

    @AfterEach
    void close() {
        node.close();
    }

    private void restart(SemanticConfig config) {
        node.close();
        node = new OneSemanticNode(config);
    }

    private static byte[] at(double degrees) {
        double radians = Math.toRadians(degrees);
        return new byte[] {
            (byte) Math.round(120 * Math.cos(radians)),
            (byte) Math.round(120 * Math.sin(radians)),
            0,
            0
        };
    }

    @Test
    void shouldStartWithARandomPeerAndSayWhatItHas() {
        node.setProfile(0, 1, 0, 0, 0);
        node.randomPeer = 7;

        node.pollNext();

        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE);
        assertThat(node.lastReceiver()).isEqualTo(7);
        assertThat(node.last().peers()).containsExactly((long) SELF);
        assertThat(node.last().entries().getFirst().components()).containsExactly(127, 0, 0, 0);
    }

    @Test
    void shouldListenWithoutAProfile() {
        node.randomPeer = 7;

        node.pollNext();

        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE);
        assertThat(node.last().entries()).isEmpty();
        long id = node.last().requestId();
        node.receive(
                SemanticCopy.of(
                        SemanticKind.EXCHANGE_REPLY,
                        id,
                        7,
                        SemanticCopy.Entry.of(7, 0, 1, 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0),
                        SemanticCopy.Entry.of(8, 1, 1, 3, (byte) 0, (byte) 9, (byte) 0, (byte) 0)));
        long[] ranked = new long[4];
        MemorySegment query = MemorySegment.ofArray(new float[] {0.1f, 1, 0, 0});
        assertThat(node.overlay.router().rank(query, 0, ranked, 4)).isEqualTo(2);
        assertThat(ranked[0]).isEqualTo(node.handle(8));
        assertThat(ranked[1]).isEqualTo(node.handle(7));
    }

    @Test
    void shouldTellWhoListens() {
        node.setProfile(0, 1, 0, 0, 0);

        node.receive(exchange(5, 2));

        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE_REPLY);
        assertThat(node.last().peers()).containsExactly((long) OneSemanticNode.SELF);
    }

    @Test
    void shouldAnswerWithItsOwnProfileAndThoseNearTheAskers() {
        node.setProfile(0, 1, 0, 0, 0);
        node.receive(
                exchange(
                        1,
                        2,
                        Entry.of(2, 0, 1, 0, EAST),
                        Entry.of(3, 0, 1, 1, at(80)),
                        Entry.of(4, 0, 1, 1, at(-80))));

        node.receive(exchange(9, 5, Entry.of(5, 0, 1, 0, NORTH)));

        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE_REPLY);
        assertThat(node.last().requestId()).isEqualTo(9);
        assertThat(node.lastReceiver()).isEqualTo(5);
        assertThat(node.last().peers()).containsExactly((long) SELF, 3L, 2L, 4L);
    }

    /// However entries come, the view holds the nearest ever heard of, nearest first.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldKeepTheNearest(long seed) {
        restart(SemanticConfig.of(Metric.L2, DIMENSIONS).withViews(8, 1, 1.2f));
        node.setProfile(0, 0, 0, 0, 0);
        Random random = new Random(seed);
        List<Entry> all = new ArrayList<>();
        for (int number = 10; number < 100; number++) {
            byte[] components = new byte[DIMENSIONS];
            random.nextBytes(components);
            all.add(Entry.of(number, 0, 1, 1, components));
        }
        for (int from = 0; from < all.size(); from += 9) {
            List<Entry> part = new ArrayList<>(all.subList(from, from + 9));
            part.addFirst(Entry.of(2, 0, 1, 0, (byte) 127, (byte) 127, (byte) 127, (byte) 127));
            node.receive(exchange(from, 2, part.toArray(Entry[]::new)));
            node.nowNs += node.config.periodNs();
        }

        List<Long> nearest =
                all.stream()
                        .sorted(Comparator.comparingInt(SemanticExchangeTest::squares))
                        .limit(8)
                        .map(entry -> entry.peer().shortId())
                        .toList();

        assertThat(node.near(0)).as("seed %d", seed).containsExactlyElementsOf(nearest);
    }

    private static int squares(Entry entry) {
        int sum = 0;
        for (byte component : entry.components()) {
            sum += component * component;
        }
        return sum;
    }

    /// Peers 3 and 4 lie behind 2, seen from here; 5 lies on the other side. Only what is in a
    /// direction of its own is kept beyond the near ones.
    @Test
    void shouldKeepPeersInDifferentDirections() {
        restart(SemanticConfig.of(Metric.L2, DIMENSIONS).withViews(1, 8, 1.2f));
        node.setProfile(0, 0, 0, 0, 0);

        node.receive(
                exchange(
                        1,
                        2,
                        Entry.of(2, 0, 1, 0, (byte) 10, (byte) 0, (byte) 0, (byte) 0),
                        Entry.of(3, 0, 1, 1, (byte) 20, (byte) 1, (byte) 0, (byte) 0),
                        Entry.of(4, 0, 1, 1, (byte) 30, (byte) 2, (byte) 0, (byte) 0),
                        Entry.of(5, 0, 1, 1, (byte) -60, (byte) 0, (byte) 0, (byte) 0)));

        assertThat(node.logic.view(0, 0).size()).isEqualTo(2);
        assertThat(node.logic.view(0, 0).indexOf(node.handle(2))).isZero();
        assertThat(node.logic.view(0, 0).indexOf(node.handle(5))).isEqualTo(1);
    }

    @Test
    void shouldBelieveNewerNewsAndAboveAllThePeerItself() {
        node.setProfile(0, 1, 0, 0, 0);
        node.receive(exchange(1, 2, Entry.of(2, 0, 1, 0, EAST), Entry.of(3, 0, 5, 3, at(10))));

        node.receive(exchange(2, 2, Entry.of(2, 0, 1, 0, EAST), Entry.of(3, 0, 4, 1, at(170))));
        assertThat(distanceOf(3))
                .isCloseTo((float) (1 - Math.cos(Math.toRadians(10))), within(.01f));

        node.receive(exchange(3, 2, Entry.of(2, 0, 1, 0, EAST), Entry.of(3, 0, 6, 1, at(40))));
        assertThat(distanceOf(3))
                .isCloseTo((float) (1 - Math.cos(Math.toRadians(40))), within(.01f));

        // A lie about versions lasts until the peer itself is heard.
        node.receive(exchange(4, 3, Entry.of(3, 0, 2, 0, at(20))));
        assertThat(distanceOf(3))
                .isCloseTo((float) (1 - Math.cos(Math.toRadians(20))), within(.01f));
    }

    private float distanceOf(int number) {
        NearView near = node.overlay.near(0);
        for (int i = 0; i < near.size(); i++) {
            if (near.peerAt(i) == node.handle(number)) {
                return near.distanceAt(i);
            }
        }
        return Float.NaN;
    }

    @Test
    void shouldHoldAPeerOnceByItsNearestProfile() {
        restart(SemanticConfig.of(Metric.COSINE, DIMENSIONS).withProfiles(2));
        node.setProfile(0, 1, 0, 0, 0);
        node.setProfile(1, 0, 1, 0, 0);

        node.receive(
                exchange(
                        1,
                        2,
                        Entry.of(2, 0, 1, 0, at(30)),
                        Entry.of(3, 0, 1, 1, at(60)),
                        Entry.of(3, 1, 1, 1, at(10)),
                        Entry.of(3, 2, 1, 1, at(50))));

        assertThat(node.near(0)).containsExactly(3L, 2L);
        assertThat(distanceOf(3))
                .isCloseTo((float) (1 - Math.cos(Math.toRadians(10))), within(.01f));
    }

    @Test
    void shouldTakeTwoSilencesForDeathAndNotBelieveOldNewsThen() {
        node.setProfile(0, 1, 0, 0, 0);
        node.receive(exchange(1, 2, Entry.of(2, 0, 1, 0, EAST)));
        node.pollNext();
        assertThat(node.lastReceiver()).isEqualTo(2);

        node.pass(node.config.requestTimeoutNs());
        assertThat(node.near(0)).containsExactly(2L);
        node.pass(node.config.periodNs());
        node.pass(node.config.requestTimeoutNs());
        assertThat(node.near(0)).isEmpty();
        assertThat(node.logic.counters().deaths()).isEqualTo(1);

        node.receive(exchange(2, 4, Entry.of(4, 0, 1, 0, NORTH), Entry.of(2, 0, 1, 3, EAST)));
        assertThat(node.near(0)).containsExactly(4L);

        node.receive(exchange(3, 2, Entry.of(2, 0, 1, 0, EAST)));
        assertThat(node.near(0)).containsExactly(2L, 4L);
    }

    /// The answer of a peer that has been there for long, and of one that has just come.
    @ParameterizedTest
    @ValueSource(ints = {3, 1})
    void shouldHurryToItsPlaceWhereOthersWereBefore(int age) {
        node.setProfile(0, 1, 0, 0, 0);
        node.randomPeer = 7;
        node.pollNext();
        reply(Entry.of(7, 0, 1, 0, at(90)), Entry.of(8, 0, 1, age, at(40)));
        node.overlay.poll(node.nowNs);

        if (age == 1) {
            assertThat(node.receivers).containsExactly(7L);
            return;
        }
        assertThat(node.receivers).containsExactly(7L, 8L);
        reply(
                Entry.of(8, 0, 1, 0, at(40)),
                Entry.of(9, 0, 1, age, at(20)),
                Entry.of(10, 0, 1, age, at(30)));
        node.overlay.poll(node.nowNs);
        assertThat(node.receivers).containsExactly(7L, 8L, 9L);
        reply(Entry.of(9, 0, 1, 0, at(20)), Entry.of(8, 0, 1, age, at(40)));
        node.overlay.poll(node.nowNs);
        assertThat(node.receivers).containsExactly(7L, 8L, 9L, 10L);
        reply(Entry.of(10, 0, 1, 0, at(30)), Entry.of(8, 0, 1, age, at(40)));
        node.overlay.poll(node.nowNs);
        assertThat(node.receivers).hasSize(4);
    }

    private void reply(Entry... entries) {
        node.receive(
                SemanticCopy.of(
                        SemanticKind.EXCHANGE_REPLY,
                        node.last().requestId(),
                        (int) node.lastReceiver(),
                        entries));
    }

    @Test
    void shouldNotHurryForEver() {
        node.setProfile(0, 1, 0, 0, 0);
        node.randomPeer = 7;
        node.pollNext();
        for (int i = 0; i < 40; i++) {
            int from = (int) node.lastReceiver();
            reply(Entry.of(from, 0, 1, 0, at(90)), Entry.of(10 + i, 0, 1, 3, at(1 + i)));
            node.overlay.poll(node.nowNs);
        }

        assertThat(node.sent).hasSize(17);
    }

    @Test
    void shouldForgetWhoHasNotBeenHeardOfForLong() {
        node.setProfile(0, 1, 0, 0, 0);
        int maxAge = node.config.maxAge();
        node.receive(
                exchange(
                        1,
                        2,
                        Entry.of(2, 0, 1, 0, EAST),
                        Entry.of(3, 0, 1, maxAge, NORTH),
                        Entry.of(4, 0, 1, maxAge + 1, NORTH)));
        assertThat(node.near(0)).containsExactly(2L, 3L);

        node.pass(node.config.periodNs());

        assertThat(node.near(0)).containsExactly(2L);
    }

    @Test
    void shouldChangeNothingWhenTheTransportRefuses() {
        node.setProfile(0, 1, 0, 0, 0);
        node.randomPeer = 7;
        node.refusing = true;
        node.pollNext();
        node.receive(exchange(1, 2, Entry.of(2, 0, 1, 0, EAST)));
        assertThat(node.near(0)).isEmpty();
        assertThat(node.logic.counters().started()).isZero();

        node.refusing = false;
        node.pollNext();
        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE);
    }

    @Test
    void shouldSayThatItIsBusyAboveItsBudget() {
        node.setProfile(0, 1, 0, 0, 0);
        for (int i = 0; i < node.config.exchangesPerPeriod(); i++) {
            node.receive(exchange(i, 2 + i, Entry.of(2 + i, 0, 1, 0, EAST)));
            assertThat(node.last().size()).isPositive();
        }

        node.receive(exchange(77, 60, Entry.of(60, 0, 1, 0, EAST)));

        assertThat(node.last().requestId()).isEqualTo(77);
        assertThat(node.last().size()).isZero();
        assertThat(node.handle(60)).isEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldTakeAnswersOnlyFromWhomItAsked() {
        node.setProfile(0, 1, 0, 0, 0);
        node.randomPeer = 7;
        node.pollNext();
        long request = node.last().requestId();
        node.table.acquire(Peers.descriptor(8));

        node.receive(
                SemanticCopy.of(
                        SemanticKind.EXCHANGE_REPLY, request, 8, Entry.of(8, 0, 1, 0, EAST)));
        node.receive(
                SemanticCopy.of(
                        SemanticKind.EXCHANGE_REPLY, request + 1, 7, Entry.of(7, 0, 1, 0, EAST)));
        assertThat(node.logic.counters().unsolicited()).isEqualTo(2);
        assertThat(node.near(0)).isEmpty();

        node.receive(
                SemanticCopy.of(
                        SemanticKind.EXCHANGE_REPLY, request, 7, Entry.of(7, 0, 1, 0, EAST)));
        assertThat(node.near(0)).containsExactly(7L);
    }

    @Test
    void shouldLeaveOutWhatMakesNoSense() {
        node.setProfile(0, 1, 0, 0, 0);
        byte[] zero = new byte[DIMENSIONS];

        node.receive(
                exchange(
                        1,
                        2,
                        Entry.of(2, 0, 1, 0, EAST),
                        Entry.of(3, -1, 1, 1, EAST),
                        Entry.of(4, SemanticConfig.MAX_PROFILES, 1, 1, EAST),
                        Entry.of(5, 0, 1, -1, EAST),
                        Entry.of(6, 0, 1, Integer.MAX_VALUE, EAST),
                        Entry.of(7, 0, 1, 1, zero),
                        Entry.of(SELF, 0, 1, 1, EAST),
                        Entry.of(8, 0, 1, 1, EAST).withScale(Float.NaN)));

        // Where a direction is all that counts, its scale is not believed anyway.
        assertThat(node.near(0)).containsExactlyInAnyOrder(2L, 8L);
        assertThat(distanceOf(8)).isZero();
        assertThat(node.table.size()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE})
    void shouldNotTakeAScaleThatCannotBe(float scale) {
        restart(SemanticConfig.of(Metric.L2, DIMENSIONS));
        node.setProfile(0, 1, 0, 0, 0);

        node.receive(
                exchange(
                        1,
                        2,
                        Entry.of(2, 0, 1, 0, EAST),
                        Entry.of(3, 0, 1, 0, EAST).withScale(scale)));

        assertThat(node.near(0)).containsExactly(2L);
    }

    @Test
    void shouldNotTakeMessagesOfOtherDimensionsOrFromItself() {
        node.setProfile(0, 1, 0, 0, 0);

        node.receive(exchange(1, 2, Entry.of(2, 0, 1, 0, new byte[DIMENSIONS + 1])));
        node.receive(exchange(1, SELF, Entry.of(SELF, 0, 1, 0, EAST)));

        assertThat(node.sent).isEmpty();
        assertThat(node.logic.counters().rejected()).isEqualTo(2);
    }

    @Test
    void shouldMeasureAgainWhenItsProfileChanges() {
        node.setProfile(0, 1, 0, 0, 0);
        node.receive(exchange(1, 2, Entry.of(2, 0, 1, 0, EAST), Entry.of(3, 0, 1, 1, NORTH)));
        assertThat(node.near(0)).containsExactly(2L, 3L);

        node.setProfile(0, 0, 1, 0, 0);

        assertThat(node.near(0)).containsExactly(3L, 2L);
        node.pollNext();
        assertThat(node.last().entries().getFirst().version()).isEqualTo(2);
    }

    @Test
    void shouldHoldNoReferencesWhenItIsClosed() {
        restart(SemanticConfig.of(Metric.COSINE, DIMENSIONS).withProfiles(3));
        Random random = new Random(3);
        node.setProfile(0, 1, 0, 0, 0);
        node.setProfile(1, 0, 1, 0, 0);
        node.setProfile(2, 0, 0, 1, 0);
        for (int round = 0; round < 300; round++) {
            Entry[] entries = new Entry[1 + random.nextInt(10)];
            int from = 2 + random.nextInt(100);
            for (int i = 0; i < entries.length; i++) {
                byte[] components = new byte[DIMENSIONS];
                random.nextBytes(components);
                int number = i == 0 ? from : 2 + random.nextInt(100);
                entries[i] =
                        Entry.of(number, random.nextInt(4), round, random.nextInt(9), components);
            }
            node.receive(exchange(round, from, entries));
            if (random.nextInt(4) == 0) {
                node.pass(node.config.requestTimeoutNs());
            }
            if (random.nextInt(20) == 0) {
                node.overlay.removePeer(Peers.peer(from).id());
            }
            if (random.nextInt(30) == 0) {
                node.overlay.addPeer(Peers.peer(200 + round));
            }
            if (random.nextInt(40) == 0) {
                node.overlay.clearProfile(2);
                node.setProfile(2, 0, 0, random.nextFloat() + 1, 1);
            }
        }
        assertThat(node.table.size()).isGreaterThan(20);

        node.overlay.close();

        assertThat(node.table.size()).isZero();
    }

    @Test
    void shouldNameWhatIsWrongWithAConfiguration() {
        SemanticConfig config = SemanticConfig.of(Metric.COSINE, 4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SemanticConfig.of(Metric.INNER_PRODUCT, 4))
                .withMessageContaining("metric=INNER_PRODUCT");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withProfiles(9))
                .withMessageContaining("profiles=9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withViews(20, 24, Float.NaN))
                .withMessageContaining("alpha=NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withTimes(1, 2))
                .withMessageContaining("requestTimeoutNs=2");
    }
}
