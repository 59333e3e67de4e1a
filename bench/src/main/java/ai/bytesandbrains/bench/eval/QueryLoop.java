package ai.bytesandbrains.bench.eval;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.SearchOptions;
import ai.bytesandbrains.engine.op.Workers;

import com.sun.management.ThreadMXBean;

import org.HdrHistogram.Histogram;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

/// Searches the same queries over and over: first unmeasured until the JIT compiler has seen the
/// path, then measured.
///
/// With batches of one, each thread searches queries of its own, one at a time. With larger
/// batches one thread hands them over and the index spreads a batch over the threads; the time of a
/// query is then that of its whole batch. The loop itself allocates nothing.
///
/// For one thread, which closes it.
public final class QueryLoop implements AutoCloseable {
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(30);
    private static final int DIGITS = 3;

    private final ThreadMXBean jvm = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Index index;
    private final NativeVectors queries;
    private final SearchOptions options;
    private final int batch;
    private final Worker[] workers;
    private final Workers batchWorkers;

    /// What was measured.
    ///
    /// @param queries searches done
    /// @param seconds how long they took, all threads at once
    /// @param times the time of each search in nanoseconds
    /// @param allocatedBytes heap bytes that the JVM's threads allocated meanwhile
    public record Result(long queries, double seconds, Histogram times, long allocatedBytes) {
        /// {@return searches a second, all threads together}
        public double perSecond() {
            return queries / seconds;
        }

        /// {@return heap bytes a search}
        public double allocatedBytesPerQuery() {
            return (double) allocatedBytes / queries;
        }

        /// {@return the time of a search in microseconds}
        ///
        /// @param percentile 0 to 100
        public double percentileUs(final double percentile) {
            return times.getValueAtPercentile(percentile) / 1e3;
        }
    }

    /// Prepares everything that a search needs.
    ///
    /// @param index what is searched; stays the caller's
    /// @param queries the queries; stay the caller's
    /// @param options of each search
    /// @param batch queries handed over at a time, at most their number
    /// @param threads how many threads search
    public QueryLoop(
            final Index index,
            final NativeVectors queries,
            final SearchOptions options,
            final int batch,
            final int threads) {
        this.index = index;
        this.queries = queries;
        this.options = options;
        this.batch = batch;
        workers = new Worker[batch == 1 ? threads : 1];
        Arrays.setAll(workers, i -> new Worker(i));
        batchWorkers = batch == 1 ? null : workersOf(threads);
    }

    /// Searches without measuring.
    ///
    /// @param seconds for how long at least; one batch is searched in any case
    public void warmUp(final double seconds) {
        run(seconds);
    }

    /// Searches and measures.
    ///
    /// @param seconds for how long at least; one batch is searched in any case
    /// @return what was measured
    public Result measure(final double seconds) {
        for (final Worker worker : workers) {
            worker.times.reset();
        }
        final long before = jvm.getTotalThreadAllocatedBytes();
        final long ownBefore = jvm.getCurrentThreadAllocatedBytes();
        final double elapsed = run(seconds);
        final long own = jvm.getCurrentThreadAllocatedBytes() - ownBefore;
        final long all = jvm.getTotalThreadAllocatedBytes() - before;
        final Histogram times = new Histogram(LONGEST_NS, DIGITS);
        for (final Worker worker : workers) {
            times.add(worker.times);
        }
        return new Result(times.getTotalCount(), elapsed, times, allocated(own, all));
    }

    private static Workers workersOf(final int threads) {
        return threads == 1 ? Workers.caller() : Workers.of(threads);
    }

    /// What the searching threads allocated: each its own, where a thread searches alone.
    private long allocated(final long own, final long all) {
        if (workers.length == 1) {
            return batchWorkers == null ? own : all;
        }
        return Arrays.stream(workers).mapToLong(worker -> worker.allocatedBytes).sum();
    }

    /// Searches each query once and counts how much of the truth is found.
    ///
    /// @param truth the true neighbours
    /// @return share of the true `k` nearest that were found, mean over the queries
    public double recall(final Truth truth) {
        final int k = options.k();
        final Worker worker = workers[0];
        long hits = 0;
        for (int from = 0; from < queries.rows(); from += batch) {
            final int count = worker.search(from);
            for (int i = 0; i < count; i++) {
                hits += truth.hits(from + i, k, worker.out[i]);
            }
        }
        return (double) hits / ((long) k * queries.rows());
    }

    private double run(final double seconds) {
        final long durationNs = (long) (seconds * 1e9);
        if (workers.length == 1) {
            return workers[0].run(durationNs) / 1e9;
        }
        final CyclicBarrier start = new CyclicBarrier(workers.length);
        final Thread[] threads = new Thread[workers.length];
        for (int i = 0; i < threads.length; i++) {
            final Worker worker = workers[i];
            threads[i] = new Thread(() -> worker.runTogether(start, durationNs), "eval-query-" + i);
            threads[i].start();
        }
        long longest = 0;
        for (int i = 0; i < threads.length; i++) {
            join(threads[i]);
            workers[i].rethrow();
            longest = Math.max(longest, workers[i].elapsedNs);
        }
        return longest / 1e9;
    }

    private static void join(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while searching", e);
        }
    }

    @Override
    public void close() {
        for (final Worker worker : workers) {
            worker.close();
        }
        if (batchWorkers != null) {
            batchWorkers.close();
        }
    }

    /// One searching thread with its own results and times.
    private final class Worker implements AutoCloseable {
        private final int number;
        private final Neighbours[] out = new Neighbours[batch];
        private final Histogram times = new Histogram(LONGEST_NS, DIGITS);
        private long elapsedNs;
        private long allocatedBytes;
        private RuntimeException failure;

        Worker(final int number) {
            this.number = number;
            Arrays.setAll(out, _ -> new Neighbours(options.k()));
        }

        /// Searches the batch that begins with a query; returns how many queries that are.
        int search(final int from) {
            final int count = Math.min(batch, queries.rows() - from);
            if (batchWorkers == null) {
                index.search(queries.segment(), queries.offset(from), options, out[0]);
            } else {
                index.searchBatch(
                        queries.segment(),
                        queries.offset(from),
                        queries.strideBytes(),
                        count,
                        options,
                        out,
                        batchWorkers);
            }
            return count;
        }

        /// Goes round the queries until the time is over; returns the nanoseconds it took.
        long run(final long durationNs) {
            final int step = batch * workers.length;
            final long start = System.nanoTime();
            long now = start;
            int from = number * batch;
            do {
                final long begin = now;
                final int count = search(from);
                now = System.nanoTime();
                times.recordValueWithCount(Math.min(now - begin, LONGEST_NS), count);
                from += step;
                if (from >= queries.rows()) {
                    from = number * batch;
                }
            } while (now - start < durationNs);
            return now - start;
        }

        void runTogether(final CyclicBarrier start, final long durationNs) {
            try {
                start.await();
                final long before = jvm.getCurrentThreadAllocatedBytes();
                elapsedNs = run(durationNs);
                allocatedBytes = jvm.getCurrentThreadAllocatedBytes() - before;
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = new IllegalStateException("interrupted while searching", e);
            } catch (final BrokenBarrierException e) {
                failure = new IllegalStateException("another searching thread failed", e);
            } catch (final RuntimeException e) {
                failure = e;
            }
        }

        void rethrow() {
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void close() {
            for (final Neighbours neighbours : out) {
                neighbours.close();
            }
        }
    }
}
