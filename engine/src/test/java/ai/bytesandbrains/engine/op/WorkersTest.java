package ai.bytesandbrains.engine.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.Allocation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;

class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void shouldDoEachPartOnce(int threads) {
        try (Workers workers = Workers.of(threads)) {
            for (int parts : new int[] {0, 1, 2, 100, 5000}) {
                AtomicIntegerArray done = new AtomicIntegerArray(parts + 1);
                workers.run(parts, (part, worker) -> done.incrementAndGet(part));

                for (int part = 0; part <= parts; part++) {
                    assertThat(done.get(part)).isEqualTo(part < parts ? 1 : 0);
                }
            }
        }
    }

    @Test
    void shouldLetThreadsWorkAtTheSameTimeUnderNumbersOfTheirOwn() {
        int threads = 3;
        try (Workers workers = Workers.of(threads)) {
            CountDownLatch meeting = new CountDownLatch(threads);
            AtomicIntegerArray parts = new AtomicIntegerArray(threads);
            workers.run(
                    threads,
                    (part, worker) -> {
                        parts.incrementAndGet(worker);
                        meeting.countDown();
                        await(meeting);
                    });

            for (int worker = 0; worker < threads; worker++) {
                assertThat(parts.get(worker)).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldThrowWhatAPartThrowsAndWorkOn(int threads) {
        try (Workers workers = Workers.of(threads)) {
            assertThatThrownBy(
                            () ->
                                    workers.run(
                                            50,
                                            (part, worker) -> {
                                                if (part == 7) {
                                                    throw new IllegalArgumentException("part=7");
                                                }
                                            }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("part=7");
            AtomicIntegerArray done = new AtomicIntegerArray(1);
            workers.run(20, (part, worker) -> done.incrementAndGet(0));

            assertThat(done.get(0)).isEqualTo(20);
        }
    }

    @Test
    void shouldRefuseASecondCallMeanwhile() {
        try (Workers workers = Workers.of(2)) {
            assertThatIllegalStateException()
                    .isThrownBy(
                            () -> workers.run(1, (part, worker) -> workers.run(1, (p, w) -> {})))
                    .withMessageContaining("at work");
        }
    }

    @Test
    void shouldRefuseToWorkAfterClose() {
        Workers workers = Workers.of(2);
        workers.close();
        workers.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> workers.run(1, (part, worker) -> {}))
                .withMessageContaining("closed");
    }

    @Test
    void shouldRefuseNumbersOfThreadsAndPartsOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Workers.of(0))
                .withMessageContaining("threads=0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Workers.caller().run(-1, (part, worker) -> {}))
                .withMessageContaining("parts=-1");
    }

    @Test
    void shouldWorkOnTheCallerAloneEvenAfterClose() {
        Workers.caller().close();
        Thread caller = Thread.currentThread();
        Workers.caller()
                .run(3, (part, worker) -> assertThat(Thread.currentThread()).isSameAs(caller));

        assertThat(Workers.caller().count()).isEqualTo(1);
    }

    @Test
    void shouldAllocateNothingToRun() {
        try (Workers workers = Workers.of(2)) {
            Workers.Task task = (part, worker) -> {};

            Allocation.assertNone(() -> workers.run(4, task));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
