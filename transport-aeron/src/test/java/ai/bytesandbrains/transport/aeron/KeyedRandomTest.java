package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

class KeyedRandomTest {

    @Test
    void shouldDifferFromEveryOtherInstance() {
        Set<Long> first = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            first.add(new KeyedRandom().nextLong());
        }

        assertThat(first).hasSize(100);
    }

    @Test
    void shouldNotRepeatItselfFromBlockToBlock() {
        KeyedRandom random = new KeyedRandom();
        Set<Long> drawn = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            drawn.add(random.nextLong());
        }

        assertThat(drawn).hasSize(10_000);
    }

    @Test
    void shouldSetEveryBitHalfOfTheTime() {
        KeyedRandom random = new KeyedRandom();
        int draws = 100_000;
        int[] ones = new int[Long.SIZE];
        for (int i = 0; i < draws; i++) {
            long word = random.nextLong();
            for (int bit = 0; bit < Long.SIZE; bit++) {
                ones[bit] += (int) (word >>> bit & 1);
            }
        }

        // Ten standard deviations: sqrt(100,000) / 2 = 158.
        for (int bit = 0; bit < Long.SIZE; bit++) {
            assertThat(ones[bit]).isBetween(draws / 2 - 1_580, draws / 2 + 1_580);
        }
    }

    @Test
    void shouldDrawEveryNumberBelowABoundAboutAsOften() {
        KeyedRandom random = new KeyedRandom();
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++) {
            counts[random.nextInt(7)]++;
        }

        for (int count : counts) {
            assertThat(count).isBetween(9_000, 11_000);
        }
    }

    @Test
    void shouldAllocateNothing() {
        KeyedRandom random = new KeyedRandom();
        long[] sum = {0};

        Allocation.assertNone(() -> sum[0] += random.nextLong());
    }
}
