package ai.bytesandbrains.bench.jmh;

import ai.bytesandbrains.engine.simd.CodeLayout;
import ai.bytesandbrains.engine.simd.Kernels;
import ai.bytesandbrains.engine.simd.ScanKernels;
import ai.bytesandbrains.engine.simd.ScanTable;

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

/// Scans of 4,096 codes a call with byte tables in registers; the masks of the codes that pass are
/// written, nothing is collected. About one code in a thousand passes, as in a real search.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
public class ScanBenchmark {
    static final int BLOCKS = 64;
    private static final int SHARE = 1_000;

    /// Bits and subspaces of a code.
    @Param({"8x16", "6x16", "4x32"})
    String code;

    /// Least memory of the codes: L2 or L3, and no cache.
    @Param({"1", "256"})
    int megabytes;

    CodeLayout layout;
    ScanTable table;
    MemorySegment floats;
    MemorySegment blocks;
    int threshold;
    float worst;
    final long[] masks = new long[BLOCKS];

    private Arena arena;
    private ScanKernels kernels;
    private long callBytes;
    private long next;

    /// Made by JMH.
    public ScanBenchmark() {}

    /// Makes tables and codes and warms the kernels.
    @Setup(Level.Trial)
    public void setUp() {
        arena = Arena.ofShared();
        final int by = code.indexOf('x');
        layout =
                new CodeLayout(
                        Integer.parseInt(code.substring(0, by)),
                        Integer.parseInt(code.substring(by + 1)));
        floats = Fill.floats(arena, (long) layout.subspaces() * layout.entries(), 3);
        callBytes = BLOCKS * layout.blockBytes();
        final long calls = Math.max(1, ((long) megabytes << 20) / callBytes);
        blocks = Fill.bytes(arena, calls * callBytes, 4);
        table = new ScanTable(layout, arena.allocate(ScanTable.bytes(layout), 64), 0);
        table.build(floats, 0);
        worst = quantile();
        table.quantize(worst);
        threshold = table.threshold(worst);
        Fill.warmUp();
        kernels = Kernels.scans();
    }

    /// The distance that one code of the first call in [#SHARE] has at most.
    private float quantile() {
        final float[] distances = new float[BLOCKS * CodeLayout.BLOCK];
        for (int i = 0; i < distances.length; i++) {
            final long block = i / CodeLayout.BLOCK * layout.blockBytes();
            distances[i] = table.distance(blocks, block, i % CodeLayout.BLOCK);
        }
        java.util.Arrays.sort(distances);
        return distances[distances.length / SHARE];
    }

    /// Frees everything.
    @TearDown(Level.Trial)
    public void tearDown() {
        arena.close();
    }

    /// {@return one mask a block, valid until the next call}
    @Benchmark
    public long[] scan() {
        final long first = next;
        next = next + callBytes == blocks.byteSize() ? 0 : next + callBytes;
        table.scan(kernels, threshold, blocks, first, BLOCKS, masks);
        return masks;
    }

    /// {@return what [#scan] gives, from the scalar oracle}
    @Benchmark
    @Fork(value = 1, jvmArgsAppend = Fill.SCALAR)
    public long[] scanScalar() {
        return scan();
    }
}
