package ai.bytesandbrains.bench.measure;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.CyclicBarrier;
import java.util.function.LongSupplier;

/// The two limits that a scan or a product of matrices cannot pass on the machine that runs: how
/// fast memory is read, and how many fused multiply-adds are done.
///
/// Both are the best of many short windows, since other users of a machine only ever make it
/// slower. Memory is read in two ways, in the order of addresses and as four streams side by side,
/// and the faster one counts: which it is depends on how a processor fetches ahead. The loops are
/// Vector API code, so they show what Java can reach; the module `jdk.incubator.vector` must be
/// there.
///
/// Source of the idea: Williams, Waterman, Patterson, "Roofline: An Insightful Visual Performance
/// Model", CACM 52(4), 2009.
public final class Roofline {
    /// Larger than the last-level cache of most machines.
    public static final long DEFAULT_BYTES = 512L << 20;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int VECTOR_BYTES = SPECIES.vectorByteSize();

    /// Latency times throughput of a multiply-add is at most this many vectors.
    private static final int CHAINS = 10;

    private static final long CALL_BYTES = 1L << 20;
    private static final int STREAMS = 4;
    private static final int CALL_STEPS = 20_000;
    private static final int WARM_UP_CALLS = 400;
    private static final int WINDOWS = 12;
    private static final int CALLS_PER_WINDOW = 40;

    /// Results go here so that the loops cannot be dropped.
    @SuppressWarnings("UnusedVariable")
    private static volatile float sink;

    private Roofline() {}

    /// Reads memory that no cache holds.
    ///
    /// @param threads how many read at once, each its own memory
    /// @param bytes how much memory in all; a multiple of 1 MB, at least 1 MB a thread
    /// @return gigabytes (10^9) a second, all threads together
    public static double readBandwidthGBs(final int threads, final long bytes) {
        if (threads < 1 || bytes / threads < CALL_BYTES) {
            throw new IllegalArgumentException("threads=" + threads + " bytes=" + bytes);
        }
        final long share = bytes / threads / CALL_BYTES * CALL_BYTES;
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment memory = arena.allocate(share * threads, 64);
            memory.fill((byte) 1);
            return Math.max(
                            best(readers(memory, share, threads, 1)),
                            best(readers(memory, share, threads, STREAMS)))
                    / 1e9;
        }
    }

    private static LongSupplier[] readers(
            final MemorySegment memory, final long share, final int threads, final int streams) {
        final LongSupplier[] works = new LongSupplier[threads];
        for (int thread = 0; thread < threads; thread++) {
            works[thread] = new Reader(memory.asSlice(thread * share, share), streams);
        }
        return works;
    }

    /// Multiplies and adds in registers.
    ///
    /// @param threads how many at once
    /// @return 10^9 floating-point operations a second, a multiply-add being two, all threads
    ///     together
    public static double fmaPeakGflops(final int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads=" + threads);
        }
        final LongSupplier[] works = new LongSupplier[threads];
        for (int thread = 0; thread < threads; thread++) {
            works[thread] = Roofline::multiplyAdd;
        }
        return best(works) / 1e9;
    }

    /// The reading loop itself, for benchmarks.
    ///
    /// @param memory what is read; a multiple of 1 MB
    /// @return reads 1 MB at each call, going round, and returns how many bytes that were
    public static LongSupplier reader(final MemorySegment memory) {
        return new Reader(memory, STREAMS);
    }

    /// The multiplying loop itself, for benchmarks.
    ///
    /// @return works at each call and returns how many operations that were
    public static LongSupplier multiplyAdder() {
        return Roofline::multiplyAdd;
    }

    /// The highest rate of a window, in units a second.
    private static double best(final LongSupplier[] works) {
        for (int call = 0; call < WARM_UP_CALLS; call++) {
            sink = works[0].getAsLong();
        }
        final double[] rates = new double[WINDOWS];
        final CyclicBarrier barrier = new CyclicBarrier(works.length);
        final Thread[] others = new Thread[works.length - 1];
        for (int i = 0; i < others.length; i++) {
            final LongSupplier work = works[i + 1];
            others[i] = new Thread(() -> windows(barrier, work, null), "roofline-" + (i + 1));
            others[i].setDaemon(true);
            others[i].start();
        }
        windows(barrier, works[0], rates);
        for (final Thread other : others) {
            join(other);
        }
        double best = 0;
        for (final double rate : rates) {
            best = Math.max(best, rate);
        }
        return best * works.length;
    }

    /// Every thread runs every window at the same time; the first one times them.
    private static void windows(
            final CyclicBarrier barrier, final LongSupplier work, final double[] rates) {
        for (int window = 0; window < WINDOWS; window++) {
            await(barrier);
            final long start = System.nanoTime();
            long done = 0;
            for (int call = 0; call < CALLS_PER_WINDOW; call++) {
                done += work.getAsLong();
            }
            await(barrier);
            if (rates != null) {
                rates[window] = done * 1e9 / (System.nanoTime() - start);
            }
        }
    }

    private static void await(final CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        } catch (final java.util.concurrent.BrokenBarrierException e) {
            throw new IllegalStateException("another measuring thread failed", e);
        }
    }

    private static void join(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        }
    }

    /// Goes round its memory, a piece at each call.
    private static final class Reader implements LongSupplier {
        private final MemorySegment memory;
        private final int streams;
        private long at;

        Reader(final MemorySegment memory, final int streams) {
            this.memory = memory;
            this.streams = streams;
        }

        @Override
        public long getAsLong() {
            sink = streams == 1 ? sumInOrder(memory, at) : sumOfStreams(memory, at);
            at += CALL_BYTES;
            if (at == memory.byteSize()) {
                at = 0;
            }
            return CALL_BYTES;
        }
    }

    /// Loops go by address: what C2 takes for a counted loop over long offsets is slower here.
    private static float sumInOrder(final MemorySegment memory, final long from) {
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        final long end = from + CALL_BYTES;
        long at = from;
        do {
            a = a.add(load(memory, at));
            b = b.add(load(memory, at + VECTOR_BYTES));
            at += 2L * VECTOR_BYTES;
        } while (at != end);
        return a.add(b).reduceLanes(VectorOperators.ADD);
    }

    /// Four quarters at once.
    private static float sumOfStreams(final MemorySegment memory, final long from) {
        final long quarter = CALL_BYTES / STREAMS;
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        final long end = from + quarter;
        long at = from;
        do {
            a = a.add(load(memory, at));
            b = b.add(load(memory, at + quarter));
            c = c.add(load(memory, at + 2 * quarter));
            d = d.add(load(memory, at + 3 * quarter));
            at += VECTOR_BYTES;
        } while (at != end);
        return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    }

    private static FloatVector load(final MemorySegment memory, final long at) {
        return FloatVector.fromMemorySegment(SPECIES, memory, at, ByteOrder.nativeOrder());
    }

    private static long multiplyAdd() {
        final FloatVector x = FloatVector.broadcast(SPECIES, 0.999f);
        final FloatVector y = FloatVector.broadcast(SPECIES, 0.001f);
        FloatVector a = y.add(0f);
        FloatVector b = y.add(1f);
        FloatVector c = y.add(2f);
        FloatVector d = y.add(3f);
        FloatVector e = y.add(4f);
        FloatVector f = y.add(5f);
        FloatVector g = y.add(6f);
        FloatVector h = y.add(7f);
        FloatVector i = y.add(8f);
        FloatVector j = y.add(9f);
        for (int step = 0; step < CALL_STEPS; step++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
        }
        final FloatVector sum = a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h))).add(i.add(j));
        sink = sum.reduceLanes(VectorOperators.ADD);
        return 2L * CHAINS * LANES * CALL_STEPS;
    }

    /// {@return the sum that one pass of a reading loop over 1 MB of `memory` gives; for tests of
    /// what the loops read}
    ///
    /// @param memory at least 1 MB of floats
    /// @param inOrder which loop
    static float sumOfFirstCall(final MemorySegment memory, final boolean inOrder) {
        return inOrder ? sumInOrder(memory, 0) : sumOfStreams(memory, 0);
    }

    /// {@return the same sum by an ordinary loop}
    ///
    /// @param memory at least 1 MB of floats
    static double plainSumOfFirstCall(final MemorySegment memory) {
        double sum = 0;
        for (long at = 0; at < CALL_BYTES; at += Float.BYTES) {
            sum += memory.get(ValueLayout.JAVA_FLOAT, at);
        }
        return sum;
    }
}
