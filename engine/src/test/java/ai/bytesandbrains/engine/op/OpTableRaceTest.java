package ai.bytesandbrains.engine.op;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What two threads do at once. The numbers of rounds are what makes the unlikely orders happen.
@Timeout(60)
class OpTableRaceTest {

    private static final int ROUNDS = 20_000;
    private static final int SLOTS = 4;

    @Test
    void shouldFreeASlotExactlyOnceWhenAbandonAndCompleteMeet() throws Exception {
        OpTable table = new OpTable(1);
        long[] current = new long[1];
        CyclicBarrier start = new CyclicBarrier(2);
        CyclicBarrier end = new CyclicBarrier(2);
        try (ExecutorService agent = Executors.newSingleThreadExecutor()) {
            Future<Void> completed =
                    agent.submit(
                            () -> {
                                for (int round = 0; round < ROUNDS; round++) {
                                    start.await();
                                    table.complete(current[0]);
                                    end.await();
                                }
                                return null;
                            });
            for (int round = 0; round < ROUNDS; round++) {
                long op = table.claim();
                assertThat(op).as("round %d: the slot is free", round).isNotZero();
                table.submit(op);
                current[0] = op;
                start.await();
                table.abandon(op);
                end.await();
            }
            completed.get();
        }
        assertThat(table.claim()).isNotZero();
    }

    @Test
    void shouldHandOverWhatWasWrittenBeforeEachStep() throws Exception {
        OpTable table = new OpTable(SLOTS);
        long[] question = new long[SLOTS];
        long[] answer = new long[SLOTS];
        BlockingQueue<Long> submitted = new ArrayBlockingQueue<>(SLOTS);
        int callers = 2;
        try (ExecutorService threads = Executors.newFixedThreadPool(callers + 1)) {
            Callable<Void> agent =
                    () -> {
                        for (int i = 0; i < callers * ROUNDS; i++) {
                            long op = submitted.take();
                            answer[OpTable.slotOf(op)] = -question[OpTable.slotOf(op)];
                            table.complete(op);
                        }
                        return null;
                    };
            Future<Void> done = threads.submit(agent);
            Future<Long> first = threads.submit(() -> ask(table, question, answer, submitted, 1));
            Future<Long> second = threads.submit(() -> ask(table, question, answer, submitted, 2));
            assertThat(first.get() + second.get()).as("wrong answers").isZero();
            done.get();
        }
    }

    private static long ask(
            OpTable table,
            long[] question,
            long[] answer,
            BlockingQueue<Long> submitted,
            long caller)
            throws InterruptedException {
        long wrong = 0;
        for (long round = 0; round < ROUNDS; round++) {
            long op;
            while ((op = table.claim()) == OpTable.NULL_OP) {
                Thread.onSpinWait();
            }
            int slot = OpTable.slotOf(op);
            long asked = caller << 32 | round;
            question[slot] = asked;
            table.submit(op);
            submitted.put(op);
            if (round % 5 == 0) {
                table.abandon(op);
            } else {
                while (!table.isFinished(op)) {
                    Thread.onSpinWait();
                }
                wrong += answer[slot] == -asked ? 0 : 1;
                table.finish(op);
            }
        }
        return wrong;
    }
}
