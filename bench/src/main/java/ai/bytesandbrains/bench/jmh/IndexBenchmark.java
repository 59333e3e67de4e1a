package ai.bytesandbrains.bench.jmh;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.Synthetic;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.PqIndex;
import ai.bytesandbrains.engine.index.SearchOptions;
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

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Whole searches, the ten nearest of 200,000 synthetic vectors of 128 floats: kernels, thresholds,
/// re-checks and heaps together. `batch` is 100 queries a call.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
public class IndexBenchmark {
    static final int K = 10;
    static final int QUERIES = 100;
    private static final int DIMENSIONS = 128;

    /// The index, or bits and subspaces of the codes.
    @Param({"flat", "8x16", "4x32"})
    String index;

    /// Vectors in the index.
    @Param("200000")
    int vectors;

    NativeVectors base;
    NativeVectors queries;
    Neighbours[] found;

    private Index searched;
    private int next;

    /// Made by JMH.
    public IndexBenchmark() {}

    /// Builds the index and warms the kernels.
    @Setup(Level.Trial)
    public void setUp() {
        final Synthetic synthetic = new Synthetic(DIMENSIONS, 42);
        base = synthetic.draw(vectors, Synthetic.BASE);
        queries = synthetic.draw(QUERIES, Synthetic.QUERY);
        found = new Neighbours[QUERIES];
        Arrays.setAll(found, _ -> new Neighbours(K));
        Fill.warmUp();
        searched = build();
        searched.reserve(vectors);
        for (int row = 0; row < vectors; row++) {
            searched.add(row, base.segment(), base.offset(row));
        }
    }

    private Index build() {
        if (index.equals("flat")) {
            return new FlatIndex(Metric.L2.space(DIMENSIONS));
        }
        final int by = index.indexOf('x');
        final int bits = Integer.parseInt(index.substring(0, by));
        final int subspaces = Integer.parseInt(index.substring(by + 1));
        final PqIndex pq =
                new PqIndex(
                        PqConfig.of(Metric.L2, DIMENSIONS, subspaces, bits, 7).withIterations(4));
        pq.train(base.segment(), 0, base.strideBytes(), vectors);
        return pq;
    }

    /// Frees everything.
    @TearDown(Level.Trial)
    public void tearDown() {
        searched.close();
        base.close();
        queries.close();
        Arrays.stream(found).forEach(Neighbours::close);
    }

    /// {@return the neighbours of the next query, valid until the next call}
    @Benchmark
    public Neighbours search() {
        final Neighbours out = found[next];
        searched.search(queries.segment(), queries.offset(next), SearchOptions.of(K), out);
        next = next + 1 == QUERIES ? 0 : next + 1;
        return out;
    }

    /// {@return the neighbours of all queries, valid until the next call}
    @Benchmark
    public Neighbours[] batch() {
        searched.searchBatch(
                queries.segment(), 0, queries.strideBytes(), QUERIES, SearchOptions.of(K), found);
        return found;
    }

    /// {@return what [#search] gives, from the scalar oracle}
    @Benchmark
    @Fork(value = 1, jvmArgsAppend = Fill.SCALAR)
    public Neighbours searchScalar() {
        return search();
    }
}
