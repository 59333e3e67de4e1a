package ai.bytesandbrains.engine.simd;

import com.sun.management.ThreadMXBean;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;

/// Runs kernels round-robin on tiny shapes that visit every loop, until none allocates any more.
final class KernelWarmUp {
    private static final int CALLS = 100;
    private static final int MAX_BATCHES = 20_000;
    private static final int QUIET_BATCHES = 3;
    private static final long QUIET_BYTES_PER_CALL = 64;

    /// More calls than C2's threshold for a method with loops: a scalar kernel never allocates, so
    /// only their number says that it is compiled.
    private static final int MIN_BATCHES = 120;

    private static final int ROWS = 7;
    private static final int DIMENSIONS = 2 * DistanceKernels.PADDING;
    private static final int COLUMNS = 5 * DistanceKernels.PADDING;
    private static final int SUBSPACES = 11;
    private static final String[] NAMES = {
        "squaredL2", "dot", "squaredL2Rows", "dotRows", "squaredL2Columns", "adcRows"
    };

    private final DistanceKernels kernels;
    private final MemorySegment rows;
    private final MemorySegment table;
    private final float[] out = new float[COLUMNS];

    private KernelWarmUp(DistanceKernels kernels, Arena arena) {
        this.kernels = kernels;
        rows = arena.allocate(4L * COLUMNS * DIMENSIONS, 64);
        table = arena.allocate(4L * 256 * SUBSPACES, 64);
    }

    /// {@return what did not come to rest, empty if all did}
    static String run(DistanceKernels kernels) {
        if (!(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads)
                || !threads.isThreadAllocatedMemorySupported()) {
            return "this JVM does not count allocation, so nothing was measured";
        }
        try (Arena arena = Arena.ofShared()) {
            return new KernelWarmUp(kernels, arena).run(threads);
        }
    }

    private String run(ThreadMXBean threads) {
        int[] quiet = new int[NAMES.length];
        long[] bytesPerCall = new long[NAMES.length];
        for (int batch = 0; batch < MAX_BATCHES; batch++) {
            boolean rest = batch >= MIN_BATCHES;
            for (int kernel = 0; kernel < NAMES.length; kernel++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int call = 0; call < CALLS; call++) {
                    invoke(kernel);
                }
                long bytes = threads.getCurrentThreadAllocatedBytes() - before;
                bytesPerCall[kernel] = bytes / CALLS;
                quiet[kernel] = bytes <= CALLS * QUIET_BYTES_PER_CALL ? quiet[kernel] + 1 : 0;
                rest &= quiet[kernel] >= QUIET_BATCHES;
            }
            if (rest) {
                return "";
            }
        }
        StringBuilder unsettled = new StringBuilder("still allocating");
        for (int kernel = 0; kernel < NAMES.length; kernel++) {
            if (quiet[kernel] < QUIET_BATCHES) {
                unsettled
                        .append(' ')
                        .append(NAMES[kernel])
                        .append('=')
                        .append(bytesPerCall[kernel])
                        .append(" bytes a call");
            }
        }
        return unsettled.toString();
    }

    private void invoke(int kernel) {
        long stride = 4L * DIMENSIONS;
        switch (kernel) {
            case 0 -> out[0] = kernels.squaredL2(rows, 0, rows, stride, DIMENSIONS + 3);
            case 1 -> out[0] = kernels.dot(rows, 0, rows, stride, DIMENSIONS + 3);
            case 2 -> kernels.squaredL2Rows(rows, 0, rows, 0, stride, ROWS, DIMENSIONS, out);
            case 3 -> kernels.dotRows(rows, 0, rows, 0, stride, ROWS, DIMENSIONS, out);
            case 4 -> kernels.squaredL2Columns(rows, 0, rows, 0, 4L * COLUMNS, COLUMNS, 5, out);
            default -> kernels.adcRows(table, 0, SUBSPACES, rows, 0, SUBSPACES, ROWS, out);
        }
    }
}
