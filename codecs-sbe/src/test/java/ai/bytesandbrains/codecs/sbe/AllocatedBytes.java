package ai.bytesandbrains.codecs.sbe;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;

/// How many bytes an operation allocates on the calling thread, on average.
final class AllocatedBytes {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocatedBytes() {}

    static double perOperation(int warmUp, int measured, Runnable operation) {
        for (int i = 0; i < warmUp; i++) {
            operation.run();
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < measured; i++) {
            operation.run();
        }
        long after = THREADS.getCurrentThreadAllocatedBytes();
        return (after - before) / (double) measured;
    }
}
