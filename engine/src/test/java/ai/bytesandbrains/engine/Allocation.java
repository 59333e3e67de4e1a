package ai.bytesandbrains.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;

/// Measures how many heap bytes a hot path allocates a call.
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int WARM_CALLS = 12_000;
    private static final int MEASURED_CALLS = 2_000;

    /// C2 compiles in the background and may finish a path some thousands of calls after it began.
    private static final int RUNS = 100;

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
        for (int run = 0; run < RUNS && bytesPerCall >= 1; run++) {
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
