package ai.bytesandbrains.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.TestVectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

class KernelsTest {
    private static final double ULP = 0x1.0p-23;

    private final DistanceKernels scalar = new ScalarKernels();
    private final DistanceKernels vector = new VectorKernels();
    private final SplittableRandom random = new SplittableRandom(11);

    static IntStream sizes() {
        return IntStream.concat(
                IntStream.rangeClosed(1, 67), IntStream.of(127, 128, 129, 384, 768, 1023, 1024));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldEqualTheOracleBitForBitOnPairs(int dimensions) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vectors = TestVectors.gaussian(arena, random, 3, dimensions);
            long b = 4L * dimensions;

            assertThat(vector.squaredL2(vectors, 0, vectors, b, dimensions))
                    .isEqualTo(scalar.squaredL2(vectors, 0, vectors, b, dimensions));
            assertThat(vector.dot(vectors, 0, vectors, b, dimensions))
                    .isEqualTo(scalar.dot(vectors, 0, vectors, b, dimensions));
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldEqualTheOracleBitForBitOnRows(int dimensions) {
        int padded = (dimensions + 15) & -16;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment query = pad(arena, 1, dimensions, padded);
            MemorySegment rows = pad(arena, 11, dimensions, padded);
            for (int count = 0; count <= 11; count++) {
                float[] expected = new float[12];
                float[] actual = new float[12];

                scalar.squaredL2Rows(query, 0, rows, 0, 4L * padded, count, padded, expected);
                vector.squaredL2Rows(query, 0, rows, 0, 4L * padded, count, padded, actual);
                assertThat(actual).isEqualTo(expected);

                scalar.dotRows(query, 0, rows, 0, 4L * padded, count, padded, expected);
                vector.dotRows(query, 0, rows, 0, 4L * padded, count, padded, actual);
                assertThat(actual).isEqualTo(expected);
            }
        }
    }

    /// The oracle itself, against sums in double.
    @ParameterizedTest
    @MethodSource("sizes")
    void shouldBeWithinRoundingOfTheTrueSums(int dimensions) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vectors = TestVectors.gaussian(arena, random, 2, dimensions);
            long b = 4L * dimensions;
            double l2 = 0;
            double dot = 0;
            double terms = 0;
            for (int d = 0; d < dimensions; d++) {
                double x = TestVectors.at(vectors, d);
                double y = TestVectors.at(vectors, dimensions + d);
                l2 += (x - y) * (x - y);
                dot += x * y;
                terms += Math.abs(x * y);
            }
            assertThat((double) scalar.squaredL2(vectors, 0, vectors, b, dimensions))
                    .isCloseTo(l2, within((dimensions + 2) * ULP * l2));
            assertThat((double) scalar.dot(vectors, 0, vectors, b, dimensions))
                    .isCloseTo(dot, within(dimensions * ULP * terms));
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldEqualTheOracleBitForBitOnColumns(int dimensions) {
        int count = 16 * (1 + random.nextInt(20));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment query = TestVectors.gaussian(arena, random, 1, dimensions);
            MemorySegment columns = TestVectors.gaussian(arena, random, dimensions, count);
            float[] expected = new float[count];
            float[] actual = new float[count];

            scalar.squaredL2Columns(query, 0, columns, 0, 4L * count, count, dimensions, expected);
            vector.squaredL2Columns(query, 0, columns, 0, 4L * count, count, dimensions, actual);

            assertThat(actual).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 16, 33, 96})
    void shouldEqualTheOracleBitForBitOnCodes(int subspaces) {
        int count = 43;
        int stride = subspaces + 3;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment table = TestVectors.gaussian(arena, random, subspaces, 256);
            byte[] bytes = new byte[count * stride];
            random.nextBytes(bytes);
            MemorySegment codes = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            float[] expected = new float[count];
            float[] actual = new float[count];

            scalar.adcRows(table, 0, subspaces, codes, 0, stride, count, expected);
            vector.adcRows(table, 0, subspaces, codes, 0, stride, count, actual);

            assertThat(actual).isEqualTo(expected);
        }
    }

    @Test
    void shouldTakeTheLowestOfEqualMinima() {
        float[] values = {3, 1, 2, 1, 0};

        assertThat(DistanceKernels.argMin(values, 4)).isEqualTo(1);
        assertThat(DistanceKernels.argMin(values, 1)).isZero();
    }

    private MemorySegment pad(Arena arena, int count, int dimensions, int padded) {
        MemorySegment rows = TestVectors.gaussian(arena, random, count, padded);
        for (int i = 0; i < count; i++) {
            rows.asSlice(4L * (i * padded + dimensions), 4L * (padded - dimensions)).fill((byte) 0);
        }
        return rows;
    }
}
