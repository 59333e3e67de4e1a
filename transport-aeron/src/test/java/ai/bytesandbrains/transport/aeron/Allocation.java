package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;

/// Measures how many heap bytes a hot path allocates a call, on the calling thread.
final class Allocation {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_CALLS = 12_000;
    private static final int MEASURED_CALLS = 2_000;

    /// C2 compiles in the background and may finish a path some thousands of calls after it began.
    private static final int RUNS = 50;

    private Allocation() {}

    /// Calls `path` until it is warm, then asserts that a run of calls allocates nothing: less than
    /// a byte a call on average, where one object would be 16.
    static void assertNone(Runnable path) {
        run(path, WARM_CALLS);
        double bytesPerCall = Double.MAX_VALUE;
        int runs = 0;
        while (bytesPerCall >= 1 && runs < RUNS) {
            bytesPerCall = run(path, MEASURED_CALLS);
            runs++;
        }
        assertThat(bytesPerCall).as("bytes a call after %d runs", runs).isLessThan(1);
    }

    /// How many heap bytes something allocates on this thread.
    static long bytesOf(Runnable path) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        path.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static double run(Runnable path, int calls) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int call = 0; call < calls; call++) {
            path.run();
        }
        return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / calls;
    }
}
