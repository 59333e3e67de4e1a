package ai.bytesandbrains.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.TestVectors;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// The oracle against its definition in double precision, the vector implementation against the
/// oracle.
class ByteKernelsTest {
    private static final double ULP = 0x1.0p-23;
    private static final int COUNT = 11;

    private final ByteKernels scalar = new ScalarByteKernels();
    private final ByteKernels vector = new VectorByteKernels();
    private final SplittableRandom random = new SplittableRandom(17);
    private final float[] expected = new float[COUNT];
    private final float[] actual = new float[COUNT];

    static IntStream sizes() {
        return IntStream.concat(
                IntStream.rangeClosed(1, 20).map(i -> 16 * i), IntStream.of(784, 1008, 4096, 8192));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldAgreeOnInt8Rows(int dimensions) {
        long stride = dimensions + 4L + 4L * random.nextInt(3);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment query = TestVectors.gaussian(arena, random, 1, dimensions);
            // Not a byte more than the last row needs.
            long bytes = stride * (COUNT - 1) + dimensions + 4;
            MemorySegment rows = arena.allocate(bytes);
            for (int i = 0; i < COUNT; i++) {
                for (int d = 0; d < dimensions; d++) {
                    rows.set(ValueLayout.JAVA_BYTE, i * stride + d, (byte) random.nextInt());
                }
                float scale = (float) random.nextDouble();
                rows.set(ValueLayout.JAVA_FLOAT, i * stride + dimensions, scale);
            }

            scalar.squaredL2Int8Rows(query, 0, rows, 0, stride, COUNT, dimensions, expected);
            vector.squaredL2Int8Rows(query, 0, rows, 0, stride, COUNT, dimensions, actual);
            for (int i = 0; i < COUNT; i++) {
                double exact = 0;
                for (int d = 0; d < dimensions; d++) {
                    exact += Math.pow(q(query, d) - component(rows, i * stride, dimensions, d), 2);
                }
                double tolerance = 2 * dimensions * ULP * exact;
                assertThat((double) expected[i]).isCloseTo(exact, within(tolerance));
                assertThat((double) actual[i]).isCloseTo(expected[i], within(tolerance));
                for (ByteKernels kernels : new ByteKernels[] {scalar, vector}) {
                    float one = kernels.squaredL2Int8(query, 0, rows, i * stride, dimensions);
                    assertThat((double) one).isCloseTo(exact, within(tolerance));
                }
            }

            scalar.dotInt8Rows(query, 0, rows, 0, stride, COUNT, dimensions, expected);
            vector.dotInt8Rows(query, 0, rows, 0, stride, COUNT, dimensions, actual);
            for (int i = 0; i < COUNT; i++) {
                double exact = 0;
                double terms = 0;
                for (int d = 0; d < dimensions; d++) {
                    double term = q(query, d) * component(rows, i * stride, dimensions, d);
                    exact += term;
                    terms += Math.abs(term);
                }
                double tolerance = 2 * dimensions * ULP * terms;
                assertThat((double) expected[i]).isCloseTo(exact, within(tolerance));
                assertThat((double) actual[i]).isCloseTo(expected[i], within(tolerance));
                for (ByteKernels kernels : new ByteKernels[] {scalar, vector}) {
                    float one = kernels.dotInt8(query, 0, rows, i * stride, dimensions);
                    assertThat((double) one).isCloseTo(exact, within(tolerance));
                }
            }
        }
    }

    private static double q(MemorySegment query, int d) {
        return TestVectors.at(query, d);
    }

    private static double component(MemorySegment rows, long row, int dimensions, int d) {
        double scale = rows.get(ValueLayout.JAVA_FLOAT, row + dimensions);
        return scale * rows.get(ValueLayout.JAVA_BYTE, row + d);
    }

    static IntStream packedSizes() {
        return IntStream.concat(
                IntStream.rangeClosed(1, 30).map(i -> 8 * i), IntStream.of(512, 1016, 1024));
    }

    @ParameterizedTest
    @MethodSource("packedSizes")
    void shouldCountBitsExactly(int bytes) {
        long stride = bytes + 8L * random.nextInt(3);
        byte[] content = new byte[(int) stride * COUNT];
        random.nextBytes(content);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rows = arena.allocateFrom(ValueLayout.JAVA_BYTE, content);
            MemorySegment query = arena.allocateFrom(ValueLayout.JAVA_BYTE, content);
            // One row is the farthest that can be: the complement.
            for (int b = 0; b < bytes; b++) {
                rows.set(ValueLayout.JAVA_BYTE, (COUNT - 4) * stride + b, (byte) ~content[b]);
            }
            scalar.hammingRows(query, 0, rows, 0, stride, COUNT, bytes, expected);
            vector.hammingRows(query, 0, rows, 0, stride, COUNT, bytes, actual);

            assertThat(actual).isEqualTo(expected);
            assertThat(expected[0]).isZero();
            assertThat(expected[COUNT - 4]).isEqualTo(8f * bytes);
            for (int i = 0; i < COUNT; i++) {
                int bits = 0;
                for (int b = 0; b < bytes; b++) {
                    int row = rows.get(ValueLayout.JAVA_BYTE, i * stride + b);
                    bits += Integer.bitCount((row ^ content[b]) & 0xff);
                }
                assertThat(expected[i]).isEqualTo(bits);
            }
        }
    }
}
