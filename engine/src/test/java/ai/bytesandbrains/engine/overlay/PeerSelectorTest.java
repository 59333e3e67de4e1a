package ai.bytesandbrains.engine.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

import java.util.Random;

class PeerSelectorTest {

    private static final int DRAWS = 100_000;
    private static final long SEED = 20_250_713;

    @Test
    void shouldChooseTheOldestByTail() {
        assertThat(drawn(PeerSelector.TAIL, 1, 9, 3)).containsExactly(0, DRAWS, 0);
    }

    @Test
    void shouldChooseAmongTheOldestEvenlyByTail() {
        int[] drawn = drawn(PeerSelector.TAIL, 7, 2, 7, 7, 0);

        assertThat(drawn[1] + drawn[4]).isZero();
        for (int oldest : new int[] {0, 2, 3}) {
            assertThat(drawn[oldest]).isCloseTo(DRAWS / 3, Percentage.withPercentage(3));
        }
    }

    @Test
    void shouldChooseEvenlyByUniform() {
        for (int count : drawn(PeerSelector.UNIFORM, 0, 50, 3, 3)) {
            assertThat(count).isCloseTo(DRAWS / 4, Percentage.withPercentage(3));
        }
    }

    @Test
    void shouldChooseByAgePlusOneByWeighted() {
        int[] drawn = drawn(PeerSelector.WEIGHTED, 0, 1, 2, 3);

        assertThat(drawn[0]).isCloseTo(DRAWS / 10, Percentage.withPercentage(4));
        assertThat(drawn[1]).isCloseTo(DRAWS / 5, Percentage.withPercentage(4));
        assertThat(drawn[2]).isCloseTo(DRAWS * 3 / 10, Percentage.withPercentage(4));
        assertThat(drawn[3]).isCloseTo(DRAWS * 4 / 10, Percentage.withPercentage(4));
    }

    @Test
    void shouldChooseTheOnlyOneByAll() {
        assertThat(drawn(PeerSelector.TAIL, 3)).containsExactly(DRAWS);
        assertThat(drawn(PeerSelector.UNIFORM, 3)).containsExactly(DRAWS);
        assertThat(drawn(PeerSelector.WEIGHTED, 3)).containsExactly(DRAWS);
    }

    @Test
    void shouldWeighAgesThatAddUpBeyondAnInt() {
        int[] drawn = drawn(PeerSelector.WEIGHTED, Integer.MAX_VALUE, Integer.MAX_VALUE, 0);

        assertThat(drawn[0]).isCloseTo(DRAWS / 2, Percentage.withPercentage(3));
        assertThat(drawn[2]).isZero();
    }

    @Test
    void shouldChooseAmongTheLeastMetEvenly() {
        int[] drawn = drawn(PeerSelector.LEAST_HIT, 3, 1, 2, 1);

        assertThat(drawn[0] + drawn[2]).isZero();
        assertThat(drawn[1]).isCloseTo(DRAWS / 2, Percentage.withPercentage(3));
    }

    /// Draws from a view of these ages, which are its hits too.
    private static int[] drawn(PeerSelector selector, int... ages) {
        Random random = new Random(SEED);
        PeerView view =
                new PeerView() {
                    @Override
                    public int size() {
                        return ages.length;
                    }

                    @Override
                    public long peerAt(int index) {
                        return 1L + index;
                    }

                    @Override
                    public int ageAt(int index) {
                        return ages[index];
                    }

                    @Override
                    public int hitsAt(int index) {
                        return ages[index];
                    }
                };
        int[] drawn = new int[ages.length];
        for (int i = 0; i < DRAWS; i++) {
            drawn[selector.select(view, random)]++;
        }
        return drawn;
    }
}
