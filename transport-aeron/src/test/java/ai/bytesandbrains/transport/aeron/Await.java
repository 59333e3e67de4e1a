package ai.bytesandbrains.transport.aeron;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/// Drives agents by hand until something has happened, under a deadline that only a hang exceeds.
final class Await {

    private static final long DEADLINE_NS = 60_000_000_000L;

    private Await() {}

    static void until(String what, BooleanSupplier condition, IntSupplier step) {
        // The driver's thread needs a core, too.
        IdleStrategy idle = new BackoffIdleStrategy(10, 5, 1_000, 50_000);
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > DEADLINE_NS) {
                throw new AssertionError("waited in vain until " + what);
            }
            idle.idle(step.getAsInt());
        }
    }

    static void until(String what, BooleanSupplier condition, Agent... agents) {
        until(what, condition, () -> step(agents));
    }

    static int step(Agent... agents) {
        int work = 0;
        for (Agent agent : agents) {
            try {
                work += agent.doWork();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        return work;
    }
}
