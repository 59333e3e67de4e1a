package ai.bytesandbrains.bench.jmh;

import ai.bytesandbrains.engine.simd.ByteKernels;
import ai.bytesandbrains.engine.simd.Kernels;

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
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;

/// One query against 1,024 rows of int8 components with a scale each, a call: the inner loop of a
/// scan of compact rows. The rows of one call follow those of the call before and begin again at
/// the end of memory, so `megabytes` says which cache they come from.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
public class ByteBenchmark {
    static final int ROWS = 1_024;

    /// Components of a row; 784 is no power of two.
    @Param({"128", "784"})
    int dimensions;

    /// Least memory of the rows: L2 or L3, and no cache.
    @Param({"1", "512"})
    int megabytes;

    MemorySegment query;
    MemorySegment rows;
    final float[] out = new float[ROWS];

    private Arena arena;
    private ByteKernels kernels;
    private long stride;
    private long callBytes;
    private long next;

    /// Made by JMH.
    public ByteBenchmark() {}

    /// Makes the rows and warms the kernels.
    @Setup(Level.Trial)
    public void setUp() {
        arena = Arena.ofShared();
        stride = dimensions + (long) Float.BYTES;
        callBytes = stride * ROWS;
        final long calls = Math.max(1, ((long) megabytes << 20) / callBytes);
        query = Fill.floats(arena, dimensions, 1);
        rows = Fill.bytes(arena, calls * callBytes, 2);
        for (long row = 0; row < rows.byteSize(); row += stride) {
            rows.set(ValueLayout.JAVA_FLOAT, row + dimensions, 0.01f);
        }
        Fill.warmUp();
        kernels = Kernels.bytes();
    }

    /// Frees the rows.
    @TearDown(Level.Trial)
    public void tearDown() {
        arena.close();
    }

    private long nextRows() {
        final long first = next;
        next = next + callBytes == rows.byteSize() ? 0 : next + callBytes;
        return first;
    }

    /// {@return squared Euclidean distances, valid until the next call}
    @Benchmark
    public float[] squaredL2() {
        kernels.squaredL2Int8Rows(query, 0, rows, nextRows(), stride, ROWS, dimensions, out);
        return out;
    }

    /// {@return dot products, valid until the next call}
    @Benchmark
    public float[] dot() {
        kernels.dotInt8Rows(query, 0, rows, nextRows(), stride, ROWS, dimensions, out);
        return out;
    }

    /// {@return what [#squaredL2] gives, from the scalar oracle}
    @Benchmark
    @Fork(value = 1, jvmArgsAppend = Fill.SCALAR)
    public float[] squaredL2Scalar() {
        return squaredL2();
    }
}
