package ai.bytesandbrains.bench.jmh;

import ai.bytesandbrains.engine.simd.Kernels;
import ai.bytesandbrains.engine.simd.TileKernels;

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
import java.util.concurrent.TimeUnit;

/// Many queries against many rows, the way a batch search does it: a panel of 64 rows is packed
/// once, then multiplied with 20 groups of five queries: `640 * 20 * dimensions` operations a call.
/// `pack` is the packing alone.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
public class TileBenchmark {
    static final int GROUPS = 20;

    /// Floats in a row; 784 is no power of two.
    @Param({"128", "784"})
    int dimensions;

    MemorySegment rows;
    MemorySegment queries;
    float[] panel;
    float[][] packed;
    final float[] start = new float[TileKernels.ROWS];
    final float[][] tiles = new float[GROUPS][TileKernels.QUERIES * TileKernels.ROWS];

    private Arena arena;
    private TileKernels kernels;

    /// Made by JMH.
    public TileBenchmark() {}

    /// Makes rows and packed queries and warms the kernels.
    @Setup(Level.Trial)
    public void setUp() {
        arena = Arena.ofShared();
        final int count = GROUPS * TileKernels.QUERIES;
        rows = Fill.floats(arena, (long) TileKernels.ROWS * dimensions, 6);
        queries = Fill.floats(arena, (long) count * dimensions, 7);
        panel = new float[TileKernels.ROWS * dimensions];
        packed = new float[GROUPS][TileKernels.QUERIES * dimensions];
        for (int query = 0; query < count; query++) {
            TileKernels.packQuery(
                    queries,
                    4L * dimensions * query,
                    dimensions,
                    -1f,
                    query % TileKernels.QUERIES,
                    packed[query / TileKernels.QUERIES]);
        }
        Fill.warmUp();
        kernels = Kernels.tiles();
    }

    /// Frees everything.
    @TearDown(Level.Trial)
    public void tearDown() {
        arena.close();
    }

    /// {@return the panel, valid until the next call}
    @Benchmark
    public float[] pack() {
        kernels.packRows(rows, 0, 4L * dimensions, TileKernels.ROWS, dimensions, panel);
        return panel;
    }

    /// {@return negative dot products of every query with every row, valid until the next call}
    @Benchmark
    public float[][] multiply() {
        pack();
        for (int group = 0; group < GROUPS; group++) {
            kernels.tile(
                    packed[group],
                    panel,
                    dimensions,
                    start,
                    tiles[group],
                    TileKernels.NOTHING_AHEAD,
                    0,
                    0);
        }
        return tiles;
    }

    /// {@return what [#multiply] gives, from the scalar oracle}
    @Benchmark
    @Fork(value = 1, jvmArgsAppend = Fill.SCALAR)
    public float[][] multiplyScalar() {
        return multiply();
    }
}
