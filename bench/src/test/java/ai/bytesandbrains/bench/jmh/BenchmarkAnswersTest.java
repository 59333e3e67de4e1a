package ai.bytesandbrains.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.simd.CodeLayout;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What the benchmarks measure gives the answers of plain loops.
class BenchmarkAnswersTest {
    private static float at(final MemorySegment floats, final long index) {
        return floats.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    private static double squaredL2(
            final MemorySegment a,
            final long aIndex,
            final MemorySegment b,
            final long bIndex,
            final int dimensions) {
        double sum = 0;
        for (int d = 0; d < dimensions; d++) {
            final double difference = (double) at(a, aIndex + d) - at(b, bIndex + d);
            sum += difference * difference;
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"128, 1", "784, 8"})
    void shouldMeasureDistances(final int dimensions, final int megabytes) {
        final DistanceBenchmark benchmark = new DistanceBenchmark();
        benchmark.dimensions = dimensions;
        benchmark.megabytes = megabytes;
        benchmark.setUp();
        try {
            final int calls = (int) (benchmark.rows.byteSize() / (4L * dimensions * 1_024));
            // One call more than there are rows: it begins again.
            for (int call = 0; call <= calls; call++) {
                final float[] distances = benchmark.squaredL2();
                final long first = (long) call % calls * DistanceBenchmark.ROWS;
                for (int i = 0; i < DistanceBenchmark.ROWS; i += 101) {
                    final long row = (first + i) * dimensions;
                    assertThat((double) distances[i])
                            .isCloseTo(
                                    squaredL2(benchmark.query, 0, benchmark.rows, row, dimensions),
                                    within(1e-3 * dimensions));
                }
            }
        } finally {
            benchmark.tearDown();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 784})
    void shouldMeasureTilesOfDotProducts(final int dimensions) {
        final TileBenchmark benchmark = new TileBenchmark();
        benchmark.dimensions = dimensions;
        benchmark.setUp();
        try {
            final float[][] tiles = benchmark.multiply();
            for (int query = 0; query < 100; query += 7) {
                for (int row = 0; row < 64; row += 5) {
                    double dot = 0;
                    for (int d = 0; d < dimensions; d++) {
                        dot +=
                                (double) at(benchmark.queries, (long) query * dimensions + d)
                                        * at(benchmark.rows, (long) row * dimensions + d);
                    }
                    assertThat((double) tiles[query / 5][query % 5 * 64 + row])
                            .isCloseTo(-dot, within(1e-5 * dimensions));
                }
            }
        } finally {
            benchmark.tearDown();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 784})
    void shouldMeasureDistancesOfBytes(final int dimensions) {
        final ByteBenchmark benchmark = new ByteBenchmark();
        benchmark.dimensions = dimensions;
        benchmark.megabytes = 1;
        benchmark.setUp();
        try {
            final float[] distances = benchmark.squaredL2();
            for (int i = 0; i < ByteBenchmark.ROWS; i += 101) {
                final long row = (long) i * (dimensions + 4);
                double sum = 0;
                for (int d = 0; d < dimensions; d++) {
                    final double x = 0.01 * benchmark.rows.get(ValueLayout.JAVA_BYTE, row + d);
                    sum += Math.pow(at(benchmark.query, d) - x, 2);
                }
                assertThat((double) distances[i]).isCloseTo(sum, within(1e-4 * dimensions));
            }
        } finally {
            benchmark.tearDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"8x16", "6x16", "4x32"})
    void shouldMeasureScansThatMissNothing(final String code) {
        final ScanBenchmark benchmark = new ScanBenchmark();
        benchmark.code = code;
        benchmark.megabytes = 1;
        benchmark.setUp();
        try {
            final long[] masks = benchmark.scan();
            int passed = 0;
            int wanted = 0;
            for (int i = 0; i < ScanBenchmark.BLOCKS * CodeLayout.BLOCK; i++) {
                final boolean passes = (masks[i / CodeLayout.BLOCK] >>> i & 1) != 0;
                final boolean isNear = distance(benchmark, i) <= benchmark.worst;
                assertThat(passes || !isNear).as("code %d", i).isTrue();
                passed += passes ? 1 : 0;
                wanted += isNear ? 1 : 0;
            }
            assertThat(wanted).isBetween(4, 10);
            // A byte is coarse: some pass that are too far, but not many.
            assertThat(passed).isBetween(wanted, ScanBenchmark.BLOCKS * CodeLayout.BLOCK / 10);
        } finally {
            benchmark.tearDown();
        }
    }

    private static float distance(final ScanBenchmark benchmark, final int i) {
        final CodeLayout layout = benchmark.layout;
        final long block = i / CodeLayout.BLOCK * layout.blockBytes();
        float sum = 0;
        for (int m = 0; m < layout.subspaces(); m++) {
            final int value = layout.get(benchmark.blocks, block, i % CodeLayout.BLOCK, m);
            sum += at(benchmark.floats, (long) m * layout.entries() + value);
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(strings = {"8x16", "4x32"})
    void shouldMeasureEncodingAndTables(final String code) {
        final QuantizerBenchmark benchmark = new QuantizerBenchmark();
        benchmark.code = code;
        benchmark.setUp();
        try {
            final Codebook book = benchmark.quantizer.codebook();
            final CodeLayout layout = new CodeLayout(book.bits(), book.subspaces());
            final MemorySegment codes = benchmark.encode();
            final MemorySegment table = benchmark.table();
            for (int m = 0; m < book.subspaces(); m++) {
                for (int vector = 0; vector < QuantizerBenchmark.VECTORS; vector += 97) {
                    final long row = (long) vector * layout.codeBytes();
                    final double chosen =
                            distance(benchmark, vector, m, layout.getRow(codes, row, m));
                    for (int k = 0; k < book.centroids(); k++) {
                        assertThat(distance(benchmark, vector, m, k))
                                .as("vector %d subspace %d centroid %d", vector, m, k)
                                .isGreaterThan(chosen - 1e-5);
                    }
                }
                for (int k = 0; k < book.centroids(); k++) {
                    assertThat((double) at(table, (long) m * book.centroids() + k))
                            .isCloseTo(distance(benchmark, 0, m, k), within(1e-4));
                }
            }
        } finally {
            benchmark.tearDown();
        }
    }

    /// Squared distance of one part of a vector to one centroid.
    private static double distance(
            final QuantizerBenchmark benchmark, final int vector, final int m, final int k) {
        final Codebook book = benchmark.quantizer.codebook();
        final int part = book.subspaceDimensions();
        final long first = (long) vector * QuantizerBenchmark.DIMENSIONS + (long) m * part;
        double sum = 0;
        for (int d = 0; d < part; d++) {
            final double difference =
                    (double) at(benchmark.vectors, first + d) - book.centroid(m, k, d);
            sum += difference * difference;
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(strings = {"flat", "8x16", "4x32"})
    void shouldMeasureTheSameSearchAloneAndInABatch(final String index) {
        final IndexBenchmark benchmark = new IndexBenchmark();
        benchmark.index = index;
        benchmark.vectors = 2_000;
        benchmark.setUp();
        try {
            final long[] alone = new long[IndexBenchmark.QUERIES];
            for (int query = 0; query < IndexBenchmark.QUERIES; query++) {
                alone[query] = ids(benchmark.search());
            }
            final Neighbours[] batch = benchmark.batch();
            for (int query = 0; query < IndexBenchmark.QUERIES; query++) {
                assertThat(ids(batch[query])).as("query %d", query).isEqualTo(alone[query]);
                if (index.equals("flat")) {
                    assertThat(batch[query].idAt(0)).isEqualTo(nearest(benchmark, query));
                }
            }
        } finally {
            benchmark.tearDown();
        }
    }

    private static long ids(final Neighbours found) {
        assertThat(found.size()).isEqualTo(IndexBenchmark.K);
        long hash = 0;
        for (int i = 0; i < found.size(); i++) {
            hash = 31 * hash + found.idAt(i);
        }
        return hash;
    }

    private static long nearest(final IndexBenchmark benchmark, final int query) {
        final int dimensions = benchmark.base.dimensions();
        long nearest = -1;
        double least = Double.MAX_VALUE;
        for (int row = 0; row < benchmark.vectors; row++) {
            final double distance =
                    squaredL2(
                            benchmark.queries.segment(),
                            (long) query * dimensions,
                            benchmark.base.segment(),
                            (long) row * dimensions,
                            dimensions);
            if (distance < least) {
                least = distance;
                nearest = row;
            }
        }
        return nearest;
    }

    @Test
    void shouldMeasureTheLimits() {
        final RooflineBenchmark benchmark = new RooflineBenchmark();
        benchmark.megabytes = 1;
        benchmark.setUp();
        try {
            assertThat(benchmark.read()).isEqualTo(1 << 20);
            assertThat(benchmark.multiplyAdd()).isPositive();
        } finally {
            benchmark.tearDown();
        }
    }
}
