package ai.bytesandbrains.engine.simd;

import com.sun.management.ThreadMXBean;

import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.List;

/// Brings vector kernels to their compiled state in the background and decides, kernel by kernel,
/// when they serve.
///
/// Vector API code allocates on each operation until C2 has compiled it, and a compilation that
/// went wrong shows either as allocation or as time. So kernels are called round-robin with tiny
/// shapes; one that has been quiet for three batches in a row and is not slower than the scalar
/// implementation on a fixed tile serves from then on. What has not come that far after 20 seconds
/// of this thread's processor time stays scalar.
///
/// The thread is a daemon of the lowest priority; it is started by the first use of a kernel and
/// ends when all is decided.
final class KernelWarmUp {
    private static final int CALLS = 100;

    /// For the scalar implementation and each decoy: enough of them that no receiver stands for
    /// nine tenths of the calls.
    private static final int OTHER_CALLS = 25;

    private static final int QUIET_BATCHES = 3;
    private static final long QUIET_BYTES_PER_CALL = 64;

    /// More calls than C2's threshold for a method with loops: a kernel that holds no vector never
    /// allocates, so only their number says that it is compiled.
    private static final int MIN_BATCHES = 120;

    private static final long LIMIT_NS = 20_000_000_000L;

    /// Tiles are timed as the best of these.
    private static final int TILES = 7;

    /// By this much a vector kernel may seem slower: clocks and neighbours are noisy, and some
    /// kernels are plain Java in both implementations.
    private static final double TOLERANCE = 1.25;

    private final List<KernelFamily<?>> families;
    private final ThreadMXBean threads =
            ManagementFactory.getThreadMXBean() instanceof ThreadMXBean bean
                            && bean.isThreadAllocatedMemorySupported()
                            && bean.isCurrentThreadCpuTimeSupported()
                    ? bean
                    : null;
    private final Thread thread = new Thread(this::run, "bytesandbrains-kernel-warm-up");
    private boolean started;

    /// Nothing relies on the priority; where the system heeds it, it leaves the processor to
    /// others.
    ///
    /// @param families of which there is a vector implementation; none to decide nothing
    @SuppressWarnings("ThreadPriorityCheck")
    KernelWarmUp(List<KernelFamily<?>> families) {
        this.families = families;
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    /// Starts the thread unless it has been started.
    synchronized void start() {
        if (!started && !families.isEmpty()) {
            started = true;
            thread.start();
        }
    }

    /// Starts the thread if need be and waits until it has decided everything.
    ///
    /// @return whether it has; if not, the caller's thread was interrupted, and its flag is set
    boolean await() {
        start();
        try {
            thread.join();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void run() {
        if (threads == null) {
            String remark = "this JVM does not count allocation, so nothing could be measured";
            families.forEach(family -> keepScalar(family, remark));
            return;
        }
        try (Arena arena = Arena.ofShared()) {
            decide(new WarmUpMemory(arena));
        }
    }

    private static void keepScalar(KernelFamily<?> family, String remark) {
        for (int kernel = 0; kernel < family.size(); kernel++) {
            family.keepScalar(kernel, remark);
        }
    }

    private void decide(WarmUpMemory memory) {
        Progress[][] progress = new Progress[families.size()][];
        int open = 0;
        for (int i = 0; i < progress.length; i++) {
            progress[i] = new Progress[families.get(i).size()];
            for (int kernel = 0; kernel < progress[i].length; kernel++, open++) {
                progress[i][kernel] = new Progress();
            }
        }
        long start = threads.getCurrentThreadCpuTime();
        for (int batch = 1; open > 0; batch++) {
            boolean late = threads.getCurrentThreadCpuTime() - start > LIMIT_NS;
            for (int i = 0; i < progress.length; i++) {
                for (int kernel = 0; kernel < progress[i].length; kernel++) {
                    Progress each = progress[i][kernel];
                    if (!each.decided) {
                        step(families.get(i), kernel, each, batch, late, memory);
                        open -= each.decided ? 1 : 0;
                    }
                }
            }
        }
    }

    /// How far one kernel has come.
    private static final class Progress {
        private int quiet;
        private boolean decided;
        private String hindrance = "is on its way";
    }

    private void step(
            KernelFamily<?> family,
            int kernel,
            Progress progress,
            int batch,
            boolean late,
            WarmUpMemory memory) {
        family.callOthers(kernel, OTHER_CALLS, memory);
        long before = threads.getCurrentThreadAllocatedBytes();
        family.callVector(kernel, CALLS, memory);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        if (bytes > CALLS * QUIET_BYTES_PER_CALL) {
            progress.quiet = 0;
            progress.hindrance = "allocates " + bytes / CALLS + " bytes a call";
        } else {
            progress.quiet++;
        }
        if (batch >= MIN_BATCHES && progress.quiet >= QUIET_BATCHES) {
            double gain = gain(family, kernel, memory);
            if (gain * TOLERANCE >= 1) {
                family.serveVector(kernel, "%.1f times the scalar speed".formatted(gain));
                progress.decided = true;
                return;
            }
            progress.hindrance = "has %.2f times the scalar speed".formatted(gain);
        }
        if (late) {
            family.keepScalar(kernel, "still " + progress.hindrance + " after 20 s");
            progress.decided = true;
        }
    }

    private static double gain(KernelFamily<?> family, int kernel, WarmUpMemory memory) {
        long scalar = Long.MAX_VALUE;
        long vector = Long.MAX_VALUE;
        for (int tile = 0; tile < TILES; tile++) {
            scalar = Math.min(scalar, family.tileNs(kernel, false, memory));
            vector = Math.min(vector, family.tileNs(kernel, true, memory));
        }
        return (double) scalar / Math.max(vector, 1);
    }
}
