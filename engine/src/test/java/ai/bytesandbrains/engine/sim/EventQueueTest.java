package ai.bytesandbrains.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

class EventQueueTest {

    private static final long PERIOD_NS = 10_000_000_000L;

    private record Expected(long timeNs, int payload) {}

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldGiveEventsInTheOrderOfAPriorityQueue(long seed) {
        Random random = new Random(seed);
        Comparator<Expected> order = Comparator.comparingLong(Expected::timeNs);
        PriorityQueue<Expected> expected =
                new PriorityQueue<>(order.thenComparingInt(Expected::payload));
        long start = random.nextLong(1L << 50) - (1L << 49);
        int payload = 0;
        long now = start;
        try (EventQueue queue = new EventQueue(start, PERIOD_NS, 1)) {
            for (int step = 0; step < 20_000; step++) {
                if (random.nextInt(100) < 60) {
                    // Many at one time, some within a bucket, some beyond the wheel.
                    long wait = random.nextInt(4) * random.nextLong(1L << random.nextInt(1, 38));
                    queue.add(now + wait, payload % 7, payload % 3, payload);
                    expected.add(new Expected(now + wait, payload++));
                } else {
                    long until = now + random.nextLong(1L << random.nextInt(1, 36));
                    while (queue.next(until)) {
                        Expected first = expected.poll();
                        assertThat(queue.timeNs()).isEqualTo(first.timeNs());
                        assertThat(queue.payload()).isEqualTo(first.payload());
                        assertThat(queue.node()).isEqualTo(first.payload() % 7);
                        assertThat(queue.kind()).isEqualTo(first.payload() % 3);
                        now = queue.timeNs();
                    }
                    assertThat(expected.stream().allMatch(e -> e.timeNs() > until)).isTrue();
                    now = until;
                }
                assertThat(queue.size()).isEqualTo(expected.size());
            }
        }
    }

    @Test
    void shouldKeepAnEventThatIsNotDueYet() {
        try (EventQueue queue = new EventQueue(0, PERIOD_NS, 1)) {
            queue.add(100, 1, 2, 3);

            assertThat(queue.next(99)).isFalse();
            assertThat(queue.next(100)).isTrue();
            assertThat(queue.next(Long.MAX_VALUE >> 1)).isFalse();
        }
    }
}
