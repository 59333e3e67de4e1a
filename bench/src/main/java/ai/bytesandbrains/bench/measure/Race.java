package ai.bytesandbrains.bench.measure;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/// Measures several ways of doing the same work in turns, so that a machine whose speed wanders
/// treats all alike: ratios of one race can be trusted where figures of two runs cannot.
///
/// For one thread.
public final class Race {
    private static final int ROUNDS = 7;

    private final ThreadMXBean jvm = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<Runner> runners = new ArrayList<>();
    private final double seconds;

    /// A race without runners.
    ///
    /// @param seconds how long each runner is measured, all rounds together; warming up takes half
    ///     of it more
    public Race(final double seconds) {
        this.seconds = seconds;
    }

    /// What was measured of one runner.
    ///
    /// @param perSecond units of work a second, median of the rounds
    /// @param allocatedBytesPerCall heap bytes that a call allocated, mean of the last round
    public record Result(double perSecond, double allocatedBytesPerCall) {}

    private static final class Runner {
        private final LongSupplier work;
        private final double[] rates = new double[ROUNDS];
        private double allocated;

        Runner(final LongSupplier work) {
            this.work = work;
        }
    }

    /// Adds a runner.
    ///
    /// @param work does a piece of the work and returns how many units it was
    public void add(final LongSupplier work) {
        runners.add(new Runner(work));
    }

    /// Lets all runners warm up, then measures them in turns.
    ///
    /// @return the results in the order of the runners
    public List<Result> run() {
        for (final Runner runner : runners) {
            rate(runner, seconds / 2);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (final Runner runner : runners) {
                runner.rates[round] = rate(runner, seconds / ROUNDS);
            }
        }
        return runners.stream()
                .map(
                        runner -> {
                            Arrays.sort(runner.rates);
                            return new Result(runner.rates[ROUNDS / 2], runner.allocated);
                        })
                .toList();
    }

    private double rate(final Runner runner, final double duration) {
        final long durationNs = (long) (duration * 1e9);
        final long before = jvm.getCurrentThreadAllocatedBytes();
        final long start = System.nanoTime();
        long elapsed;
        long units = 0;
        long calls = 0;
        do {
            units += runner.work.getAsLong();
            calls++;
            elapsed = System.nanoTime() - start;
        } while (elapsed < durationNs);
        runner.allocated = (double) (jvm.getCurrentThreadAllocatedBytes() - before) / calls;
        return units * 1e9 / elapsed;
    }
}
