package ai.bytesandbrains.transport.aeron;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

import java.util.concurrent.TimeUnit;

/// What a thread does between duty cycles that found nothing to do: what it costs the machine
/// against how soon the thread notices the next frame.
public enum IdleMode {

    /// The next cycle at once. A core for each thread.
    NOOP,

    /// The next cycle after a hint to the processor. A core for each thread.
    SPIN,

    /// Lets other threads of the core go first. A core for each thread while nobody else wants it.
    YIELD,

    /// Spins, then yields, then sleeps, up to a millisecond: the default of nodes and drivers.
    BACKOFF;

    private static final long MAX_SPINS = 20;
    private static final long MAX_YIELDS = 20;
    private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(10);
    private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /// {@return a strategy for one thread}
    public IdleStrategy strategy() {
        return switch (this) {
            case NOOP -> NoOpIdleStrategy.INSTANCE;
            case SPIN -> BusySpinIdleStrategy.INSTANCE;
            case YIELD -> YieldingIdleStrategy.INSTANCE;
            case BACKOFF ->
                    new BackoffIdleStrategy(MAX_SPINS, MAX_YIELDS, MIN_PARK_NS, MAX_PARK_NS);
        };
    }
}
