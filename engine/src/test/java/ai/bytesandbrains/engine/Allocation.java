package ai.bytesandbrains.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/// Measures how many heap bytes a hot path allocates a call.
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int WARM_CALLS = 12_000;
    private static final int MEASURED_CALLS = 2_000;

    /// C2 compiles in the background, one method after the other: a path may be called a million
    /// times before it is its turn. Only what allocates in earnest is given so much time.
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    private Allocation() {}

    /// Calls `path` until it is warm, then asserts that a run of calls allocates nothing.
    ///
    /// Less than one byte a call over the whole run is nothing: one object would be 16.
    public static void assertNone(Runnable path) {
        assertNone(path, MEASURED_CALLS);
    }

    /// The same for a path that does much in a call, measured over fewer of them.
    public static void assertNone(Runnable path, int measuredCalls) {
        run(path, measuredCalls * (WARM_CALLS / MEASURED_CALLS));
        double bytesPerCall = Double.MAX_VALUE;
        long start = System.nanoTime();
        while (bytesPerCall >= 1 && System.nanoTime() - start < PATIENCE_NS) {
            bytesPerCall = run(path, measuredCalls);
        }
        assertThat(bytesPerCall).as("bytes a call").isLessThan(1);
    }

    private static double run(Runnable path, int calls) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int call = 0; call < calls; call++) {
            path.run();
        }
        return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / calls;
    }
}
