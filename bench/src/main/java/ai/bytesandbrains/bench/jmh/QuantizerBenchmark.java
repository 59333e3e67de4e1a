package ai.bytesandbrains.bench.jmh;

import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.space.Metric;

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

/// The nearest-centroid kernels behind encoding and k-means, and the tables of a query: 1,024
/// vectors of 128 floats a call for `encode`, one query for `table`, ten Lloyd iterations over
/// 4,096 vectors for `train`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
public class QuantizerBenchmark {
    static final int VECTORS = 1_024;
    static final int SAMPLES = 4_096;
    static final int DIMENSIONS = 128;
    private static final long STRIDE = 4L * DIMENSIONS;

    /// Bits and subspaces of a code: parts of 8 and of 4 floats.
    @Param({"8x16", "4x32"})
    String code;

    ProductQuantizer quantizer;
    MemorySegment vectors;
    MemorySegment codes;
    MemorySegment table;

    private Arena arena;
    private PqConfig config;

    /// Made by JMH.
    public QuantizerBenchmark() {}

    /// Makes the vectors, trains a codebook and warms the kernels.
    @Setup(Level.Trial)
    public void setUp() {
        arena = Arena.ofShared();
        final int by = code.indexOf('x');
        final int bits = Integer.parseInt(code.substring(0, by));
        final int subspaces = Integer.parseInt(code.substring(by + 1));
        config = PqConfig.of(Metric.L2, DIMENSIONS, subspaces, bits, 7).withIterations(10);
        vectors = Fill.floats(arena, (long) SAMPLES * DIMENSIONS, 5);
        Fill.warmUp();
        quantizer = new ProductQuantizer(config);
        quantizer.train(vectors, 0, STRIDE, SAMPLES);
        codes = arena.allocate((long) VECTORS * quantizer.codeSize(), 64);
        table = arena.allocate(quantizer.adcTableBytes(), 64);
    }

    /// Frees everything.
    @TearDown(Level.Trial)
    public void tearDown() {
        arena.close();
    }

    /// {@return the codes, valid until the next call}
    @Benchmark
    public MemorySegment encode() {
        quantizer.encodeBatch(vectors, 0, STRIDE, VECTORS, codes, 0, quantizer.codeSize());
        return codes;
    }

    /// {@return what [#encode] gives, from the scalar oracle}
    @Benchmark
    @Fork(value = 1, jvmArgsAppend = Fill.SCALAR)
    public MemorySegment encodeScalar() {
        return encode();
    }

    /// {@return the table of one query, valid until the next call}
    @Benchmark
    public MemorySegment table() {
        quantizer.adcTable(vectors, 0, table, 0);
        return table;
    }

    /// {@return a quantizer that was trained; a control path, it may allocate}
    @Benchmark
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public ProductQuantizer train() {
        final ProductQuantizer trained = new ProductQuantizer(config);
        trained.train(vectors, 0, STRIDE, SAMPLES);
        return trained;
    }
}
