package ai.bytesandbrains.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.TestVectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;

/// Tiles are equal to the last bit in both implementations, and a filter that loses nothing.
class TilesTest {
    private static final long SEED = 31;
    private static final int ROWS = TileKernels.ROWS;
    private static final int QUERIES = TileKernels.QUERIES;

    private final TileKernels scalar = new ScalarTiles();
    private final TileKernels vector = new VectorTiles();
    private final SplittableRandom random = new SplittableRandom(SEED);

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 48, 128, 784})
    void shouldPackAnyNumberOfRows(int padded) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rows = TestVectors.gaussian(arena, random, ROWS, padded + 3);
            for (int count : new int[] {0, 1, 3, 4, 15, 16, 17, 40, 63, 64}) {
                float[] expected = floats(ROWS * padded);
                float[] actual = expected.clone();

                scalar.packRows(rows, 12, 4L * padded, count, padded, expected);
                vector.packRows(rows, 12, 4L * padded, count, padded, actual);

                assertThat(actual).as("count=%d", count).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 16, 17, 100, 768})
    void shouldAgreeBitForBit(int dimensions) {
        float[] queries = floats(QUERIES * dimensions);
        float[] panel = floats(ROWS * dimensions);
        float[] expectedNorms = new float[ROWS];
        float[] norms = new float[ROWS];
        float[] expectedTile = new float[QUERIES * ROWS];
        float[] tile = new float[QUERIES * ROWS];

        scalar.norms(panel, dimensions, expectedNorms);
        vector.norms(panel, dimensions, norms);
        scalar.tile(
                queries, panel, dimensions, norms, expectedTile, TileKernels.NOTHING_AHEAD, 0, 0);
        vector.tile(queries, panel, dimensions, norms, tile, TileKernels.NOTHING_AHEAD, 0, 0);

        assertThat(norms).isEqualTo(expectedNorms);
        assertThat(tile).isEqualTo(expectedTile);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 16, 17, 100, 768})
    void shouldMultiplyTwoAsTheFirstOfFive(int dimensions) {
        float[] queries = floats(QUERIES * dimensions);
        float[] panel = floats(ROWS * dimensions);
        float[] start = floats(ROWS);
        float[] five = new float[QUERIES * ROWS];
        vector.tile(queries, panel, dimensions, start, five, TileKernels.NOTHING_AHEAD, 0, 0);
        for (TileKernels kernels : List.of(scalar, vector)) {
            float[] expected = floats(QUERIES * ROWS);
            float[] tile = expected.clone();
            System.arraycopy(five, 0, expected, 0, TileKernels.TWO * ROWS);

            kernels.tileOfTwo(
                    queries, panel, dimensions, start, tile, TileKernels.NOTHING_AHEAD, 0, 0);

            assertThat(tile).isEqualTo(expected);
        }
    }

    /// Not a byte beyond what it is told: the memory ends there, so that one more would throw.
    @ParameterizedTest
    @CsvSource({"1,64", "3,1", "16,7", "17,64", "128,36", "768,5"})
    void shouldReadAheadWithinBounds(int dimensions, long step) {
        float[] queries = floats(QUERIES * dimensions);
        float[] panel = floats(ROWS * dimensions);
        float[] start = floats(ROWS);
        float[] expected = new float[QUERIES * ROWS];
        float[] tile = new float[QUERIES * ROWS];
        vector.tile(queries, panel, dimensions, start, expected, TileKernels.NOTHING_AHEAD, 0, 0);
        try (Arena arena = Arena.ofConfined()) {
            long from = 11;
            MemorySegment ahead = arena.allocate(from + (dimensions - 1) * step + 1);

            vector.tile(queries, panel, dimensions, start, tile, ahead, from, step);
            vector.tileOfTwo(queries, panel, dimensions, start, tile, ahead, from, step);
        }

        assertThat(tile).isEqualTo(expected);
    }

    @Test
    void shouldPassWhatIsNotLarger() {
        float[] tile = floats(QUERIES * ROWS);
        float[] thresholds = {0, -10, 10, Float.NaN, tile[4 * ROWS + 7]};
        tile[5] = Float.NaN;
        long[] expected = new long[QUERIES];
        long[] masks = new long[QUERIES];

        scalar.masks(tile, thresholds, expected);
        vector.masks(tile, thresholds, masks);

        assertThat(masks).isEqualTo(expected);
        assertThat(masks[0] & 1L << 5).isNotZero();
        assertThat(masks[1]).isZero();
        assertThat(masks[2]).isEqualTo(-1);
        assertThat(masks[3]).isEqualTo(-1);
        assertThat(masks[4] & 1L << 7).isNotZero();
    }

    /// Rows near each other and far from the origin are the hard case: what is left of their norms
    /// is mostly rounding.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16, 100, 768})
    void shouldLoseNoRowOfASearch(int dimensions) {
        for (double offset : new double[] {0, 1, 1e3, 1e15, 1e19}) {
            for (double spread : new double[] {1e-30, 1e-3, 1, 1e15}) {
                assertNoneLost(dimensions, offset, spread);
            }
        }
    }

    private void assertNoneLost(int dimensions, double offset, double spread) {
        DistanceKernels kernels = new VectorKernels();
        int padded = (dimensions + 15) & -16;
        long stride = 4L * padded;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rows = arena.allocate(stride * (ROWS + QUERIES), 64);
            for (int i = 0; i < ROWS + QUERIES; i++) {
                for (int d = 0; d < dimensions; d++) {
                    float x = (float) (offset + spread * random.nextGaussian());
                    rows.set(ValueLayout.JAVA_FLOAT, i * stride + 4L * d, x);
                }
            }
            float[] panel = new float[ROWS * padded];
            vector.packRows(rows, 0, stride, ROWS, padded, panel);
            float[] norms = new float[ROWS];
            vector.norms(panel, padded, norms);
            double longest = 0;
            for (float norm : norms) {
                longest = Math.max(longest, TileBound.raised(norm, padded));
            }
            for (int q = 0; q < QUERIES; q++) {
                long query = stride * (ROWS + q);
                double norm = 0;
                for (int d = 0; d < dimensions; d++) {
                    float x = rows.get(ValueLayout.JAVA_FLOAT, query + 4L * d);
                    norm += (double) x * x;
                }
                float[] l2 = new float[ROWS];
                float[] dot = new float[ROWS];
                kernels.squaredL2Rows(rows, query, rows, 0, stride, ROWS, padded, l2);
                kernels.dotRows(rows, query, rows, 0, stride, ROWS, padded, dot);
                float[] l2Tile = tile(rows, query, padded, -2, panel, norms);
                float[] dotTile = tile(rows, query, padded, -1, panel, new float[ROWS]);
                for (int i = 0; i < ROWS; i++) {
                    assertThat(l2Tile[i] > TileBound.squaredL2(l2[i], norm, padded))
                            .as("offset=%s spread=%s seed=%d", offset, spread, SEED)
                            .isFalse();
                    double length = Math.sqrt(norm);
                    float most = TileBound.negativeDot(-dot[i], length, longest, padded);
                    assertThat(dotTile[i] > most)
                            .as("offset=%s spread=%s seed=%d", offset, spread, SEED)
                            .isFalse();
                }
            }
        }
    }

    private float[] tile(
            MemorySegment rows,
            long query,
            int padded,
            float factor,
            float[] panel,
            float[] start) {
        float[] queries = new float[QUERIES * padded];
        TileKernels.packQuery(rows, query, padded, factor, 0, queries);
        float[] tile = new float[QUERIES * ROWS];
        vector.tile(queries, panel, padded, start, tile, TileKernels.NOTHING_AHEAD, 0, 0);
        return tile;
    }

    /// A bound that lets everything pass would be a safe one, too.
    @Test
    void shouldBeTight() {
        assertThat(TileBound.squaredL2(10, 100, 128)).isBetween(-90f, -89.9f);
        assertThat(TileBound.negativeDot(-0.5f, 1, 1, 128)).isBetween(-0.5f, -0.4999f);
        assertThat(TileBound.squaredL2(Float.NaN, 100, 128)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(TileBound.negativeDot(Float.NaN, 1, 1, 128)).isEqualTo(Float.POSITIVE_INFINITY);
    }

    private float[] floats(int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) random.nextGaussian();
        }
        return floats;
    }
}
