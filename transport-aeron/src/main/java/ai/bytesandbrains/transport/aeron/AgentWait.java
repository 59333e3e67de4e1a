package ai.bytesandbrains.transport.aeron;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// How a thread waits for what a node's agent does.
final class AgentWait {

    private static final long STALLED_NS = TimeUnit.SECONDS.toNanos(10);

    private AgentWait() {}

    /// Waits; false if nothing has come of it ten seconds after it should have been done.
    static boolean until(BooleanSupplier done, long allowedNs, NanoClock clock) {
        IdleStrategy idle =
                new BackoffIdleStrategy(
                        50,
                        50,
                        TimeUnit.MICROSECONDS.toNanos(1),
                        TimeUnit.MICROSECONDS.toNanos(100));
        long start = clock.nanoTime();
        while (!done.getAsBoolean()) {
            if (clock.nanoTime() - start - allowedNs > STALLED_NS) {
                return false;
            }
            idle.idle();
        }
        return true;
    }
}
