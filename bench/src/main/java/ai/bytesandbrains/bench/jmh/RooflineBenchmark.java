package ai.bytesandbrains.bench.jmh;

import ai.bytesandbrains.bench.measure.Roofline;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The limits of the machine on one thread, to hold the other benchmarks against: `read` goes over
/// 1 MB a call, so calls a microsecond are about 10^12 bytes a second; `multiplyAdd` does
/// 400,000 operations a lane and call.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RooflineBenchmark {
    /// Megabytes that are read in turn: the least fits L2 of most machines, the most no cache.
    @Param({"1", "8", "512"})
    int megabytes;

    private Arena arena;
    private LongSupplier reader;
    private LongSupplier multiplyAdder;

    /// Made by JMH.
    public RooflineBenchmark() {}

    /// Allocates what is read and touches it.
    @Setup(Level.Trial)
    public void setUp() {
        arena = Arena.ofShared();
        final long bytes = (long) megabytes << 20;
        reader = Roofline.reader(arena.allocate(bytes, 64).fill((byte) 1));
        multiplyAdder = Roofline.multiplyAdder();
    }

    /// Frees it.
    @TearDown(Level.Trial)
    public void tearDown() {
        arena.close();
    }

    /// {@return bytes read}
    @Benchmark
    public long read() {
        return reader.getAsLong();
    }

    /// {@return operations done}
    @Benchmark
    public long multiplyAdd() {
        return multiplyAdder.getAsLong();
    }
}
