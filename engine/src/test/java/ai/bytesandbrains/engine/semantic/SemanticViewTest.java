package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.OneSemanticNode.DIMENSIONS;
import static ai.bytesandbrains.engine.semantic.SemanticCopy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.semantic.SemanticCopy.Entry;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/// What a node keeps of what it hears, and for how long.
class SemanticViewTest extends SemanticFixture {

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
    void shouldMeasureAgainWhenItsProfileChanges() {
        node.setProfile(0, 1, 0, 0, 0);
        node.receive(exchange(1, 2, Entry.of(2, 0, 1, 0, EAST), Entry.of(3, 0, 1, 1, NORTH)));
        assertThat(node.near(0)).containsExactly(2L, 3L);

        node.setProfile(0, 0, 1, 0, 0);

        assertThat(node.near(0)).containsExactly(3L, 2L);
        node.pollNext();
        assertThat(node.last().entries().getFirst().version()).isEqualTo(2);
    }
}
