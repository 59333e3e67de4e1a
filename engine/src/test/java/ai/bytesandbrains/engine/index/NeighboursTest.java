package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.space.Distances;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

class NeighboursTest {
    private static final Comparator<Neighbour> ORDER =
            ((Comparator<Neighbour>) (a, b) -> Distances.compare(a.distance(), b.distance()))
                    .thenComparingLong(Neighbour::id);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 64, 500})
    void shouldKeepTheBestInOrder(int k) {
        SplittableRandom random = new SplittableRandom(k);
        float[] specials = {Float.NaN, Float.POSITIVE_INFINITY, -0f, 0f};
        try (Neighbours best = new Neighbours(500)) {
            for (int round = 0; round < 20; round++) {
                best.reset(k);
                List<Neighbour> offers = new ArrayList<>();
                for (int i = random.nextInt(1000); i > 0; i--) {
                    // Few values, so that there are many ties.
                    int value = random.nextInt(24);
                    float distance = value < specials.length ? specials[value] : value;
                    Neighbour offer = new Neighbour(random.nextLong() >> 40, distance);
                    offers.add(offer);
                    best.offer(offer.distance(), offer.id());
                    if (random.nextInt(50) == 0) {
                        assertThat(list(best)).isEqualTo(expected(offers, k));
                    }
                }
                assertThat(list(best)).isEqualTo(expected(offers, k));
            }
        }
    }

    @Test
    void shouldTellTheWorstOnlyWhenFull() {
        try (Neighbours best = new Neighbours(2)) {
            best.offer(3, 1);
            assertThat(best.worst()).isNaN();
            assertThat(best.isFull()).isFalse();
            best.offer(1, 2);
            assertThat(best.worst()).isEqualTo(3);
            assertThat(best.isFull()).isTrue();
            assertThat(best.distanceAt(0)).isEqualTo(1);
            assertThat(best.worst()).isEqualTo(3);
        }
    }

    @Test
    void shouldTakeExtremeIds() {
        try (Neighbours best = new Neighbours(3)) {
            best.offer(1, Long.MAX_VALUE);
            best.offer(1, Long.MIN_VALUE);
            best.offer(1, 0);
            assertThat(best.offer(1, -1)).isTrue();

            assertThat(list(best))
                    .extracting(Neighbour::id)
                    .containsExactly(Long.MIN_VALUE, -1L, 0L);
        }
    }

    @Test
    void shouldRefuseAKOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Neighbours(0))
                .withMessageContaining("capacity=0");
        try (Neighbours best = new Neighbours(4)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> best.reset(5))
                    .withMessageContaining("k=5")
                    .withMessageContaining("capacity=4");
        }
    }

    @Test
    void shouldRefuseRanksThatAreNotThere() {
        try (Neighbours best = new Neighbours(4)) {
            best.offer(1, 1);

            assertThatThrownBy(() -> best.idAt(1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldThrowAfterClose() {
        Neighbours best = new Neighbours(4);
        best.close();
        best.close();

        assertThatIllegalStateException().isThrownBy(() -> best.offer(1, 1));
    }

    private static List<Neighbour> expected(List<Neighbour> offers, int k) {
        return offers.stream().sorted(ORDER).limit(k).toList();
    }

    private static List<Neighbour> list(Neighbours best) {
        List<Neighbour> list = new ArrayList<>();
        for (int i = 0; i < best.size(); i++) {
            list.add(new Neighbour(best.idAt(i), best.distanceAt(i)));
        }
        return list;
    }
}
