package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Simd;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;

/// Batches give what single searches give, to the last bit, on any number of threads.
class BatchSearchTest {
    private static final int COUNT = 3_000;
    private static final int DIMENSIONS = 24;
    private static final long STRIDE = 4L * DIMENSIONS;
    private static final int QUERIES = 131;
    private static final Arena ARENA = Arena.ofShared();
    private static final MemorySegment VECTORS =
            TestVectors.clustered(ARENA, new SplittableRandom(1), COUNT, DIMENSIONS, 30);

    enum Kind {
        FLAT_L2(Metric.L2, 0),
        FLAT_COSINE(Metric.COSINE, 0),
        FLAT_INNER_PRODUCT(Metric.INNER_PRODUCT, 0),
        PQ_4(Metric.L2, 4),
        PQ_6(Metric.COSINE, 6),
        PQ_8(Metric.INNER_PRODUCT, 8),
        PQ_4_ROWS(Metric.COSINE, 4),
        PQ_8_ROWS(Metric.L2, 8);

        private final Metric metric;
        private final int bits;

        Kind(Metric metric, int bits) {
            this.metric = metric;
            this.bits = bits;
        }

        Index filled() {
            Index index = empty();
            index.train(VECTORS, 0, STRIDE, COUNT);
            for (int i = 0; i < COUNT; i++) {
                index.add(i, VECTORS, i * STRIDE);
            }
            for (int i = 0; i < COUNT; i += 7) {
                index.remove(i);
            }
            return index;
        }

        private Index empty() {
            if (bits == 0) {
                return new FlatIndex(metric.space(DIMENSIONS));
            }
            PqConfig config = new PqConfig(metric, DIMENSIONS, 6, bits, 3, COUNT, 7);
            return name().endsWith("ROWS")
                    ? new PqIndex(config, metric.space(DIMENSIONS))
                    : new PqIndex(config);
        }
    }

    @BeforeAll
    static void warmUp() {
        // While kernels are switched from plain Java to vectors, last bits may differ.
        Simd.warmUp();
    }

    @AfterAll
    static void close() {
        ARENA.close();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldEqualSingleSearches(Kind kind) {
        RowFilter odd = RowFilter.byId(id -> (id & 1) == 1);
        List<SearchOptions> all =
                List.of(
                        SearchOptions.of(1),
                        SearchOptions.of(10),
                        SearchOptions.of(100),
                        SearchOptions.of(2 * COUNT),
                        SearchOptions.of(10).withFilter(odd).withRerank(3),
                        SearchOptions.of(5).withFilter(RowFilter.byId(id -> id % 500 == 1)));
        try (Index index = kind.filled();
                Workers two = Workers.of(2)) {
            for (SearchOptions options : all) {
                for (int count : new int[] {1, 4, 8, 23, QUERIES}) {
                    check(index, count, options, Workers.caller());
                    check(index, count, options, two);
                }
            }
        }
    }

    private static void check(Index index, int count, SearchOptions options, Workers workers) {
        Neighbours[] out = results(count, options.k());
        index.searchBatch(VECTORS, 0, STRIDE, count, options, out, workers);
        try (Neighbours single = new Neighbours(options.k())) {
            for (int q = 0; q < count; q++) {
                index.search(VECTORS, q * STRIDE, options, single);
                String what = "query=%d of %d, %s".formatted(q, count, options);
                assertThat(out[q].size()).as(what).isEqualTo(single.size());
                for (int i = 0; i < single.size(); i++) {
                    if (out[q].idAt(i) != single.idAt(i)
                            || out[q].distanceAt(i) != single.distanceAt(i)) {
                        throw new AssertionError(
                                "%s, rank %d: id=%d distance=%s, but single id=%d distance=%s"
                                        .formatted(
                                                what,
                                                i,
                                                out[q].idAt(i),
                                                out[q].distanceAt(i),
                                                single.idAt(i),
                                                single.distanceAt(i)));
                    }
                }
            }
        }
        for (Neighbours each : out) {
            each.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldAllocateNothing(Kind kind) {
        SearchOptions options = SearchOptions.of(10);
        Neighbours[] out = results(20, 10);
        try (Index index = kind.filled();
                Workers two = Workers.of(2)) {
            Allocation.assertNone(
                    () -> index.searchBatch(VECTORS, 0, STRIDE, 20, options, out), 200);
            Allocation.assertNone(
                    () -> index.searchBatch(VECTORS, 0, STRIDE, 20, options, out, two), 200);
        }
        for (Neighbours each : out) {
            each.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldRefuseHostileBatches(Kind kind) {
        Neighbours[] out = results(3, 2);
        SearchOptions two = SearchOptions.of(2);
        Workers closed = Workers.of(2);
        closed.close();
        Index index = kind.filled();
        float[] bad = new float[DIMENSIONS];
        bad[3] = Float.NaN;
        refused(() -> index.searchBatch(VECTORS, 0, STRIDE, 0, two, out), "count=0");
        refused(() -> index.searchBatch(VECTORS, 0, STRIDE, 4, two, out), "out.length=3");
        refused(() -> index.searchBatch(VECTORS, 0, 4, 3, two, out), "stride=4");
        refused(
                () -> index.searchBatch(VECTORS, 0, STRIDE, 3, SearchOptions.of(3), out),
                "capacity=2");
        refused(
                () -> index.searchBatch(MemorySegment.ofArray(bad), 0, STRIDE, 1, two, out),
                "[3]=NaN");
        assertThatIllegalStateException()
                .isThrownBy(() -> index.searchBatch(VECTORS, 0, STRIDE, 3, two, out, closed));
        index.searchBatch(VECTORS, 0, STRIDE, 3, two, out);
        assertThat(out[2].size()).isEqualTo(2);
        index.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> index.searchBatch(VECTORS, 0, STRIDE, 3, two, out));
        for (Neighbours each : out) {
            each.close();
        }
    }

    private static void refused(Runnable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(message);
    }

    private static Neighbours[] results(int count, int k) {
        Neighbours[] out = new Neighbours[count];
        for (int i = 0; i < count; i++) {
            out[i] = new Neighbours(k);
        }
        return out;
    }
}
