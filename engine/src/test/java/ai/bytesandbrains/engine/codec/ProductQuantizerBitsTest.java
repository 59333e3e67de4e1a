package ai.bytesandbrains.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

class ProductQuantizerBitsTest {
    private static final int COUNT = 1200;
    private static final int DIMENSIONS = 21;
    private static final int SUBSPACES = 7;
    private static final long STRIDE = 4L * DIMENSIONS;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment vectors =
            TestVectors.clustered(arena, new SplittableRandom(3), COUNT, DIMENSIONS, 60);

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6, 8})
    void shouldSumTheTableToTheDistanceOfTheDecodedVector(int bits) {
        ProductQuantizer quantizer = trained(bits);
        int size = quantizer.codeSize();
        MemorySegment codes = arena.allocate((long) COUNT * size);
        MemorySegment decoded = arena.allocate(COUNT * STRIDE, 64);
        MemorySegment table = arena.allocate(quantizer.adcTableBytes(), 64);
        float[] distances = new float[COUNT];
        codes.fill((byte) -1);

        quantizer.encodeBatch(vectors, 0, STRIDE, COUNT, codes, 0, size);
        quantizer.decodeBatch(codes, 0, size, COUNT, decoded, 0, STRIDE);
        quantizer.adcTable(vectors, STRIDE, table, 0);
        quantizer.adcDistances(table, 0, codes, 0, size, COUNT, distances);

        for (int i = 0; i < COUNT; i++) {
            double expected = 0;
            for (int d = 0; d < DIMENSIONS; d++) {
                double x = TestVectors.at(vectors, DIMENSIONS + d);
                expected += Math.pow(x - TestVectors.at(decoded, (long) i * DIMENSIONS + d), 2);
            }
            assertThat((double) distances[i]).isCloseTo(expected, within(1e-4));
        }
    }

    @Test
    void shouldLoseLessWithMoreBits() {
        double error4 = trained(4).codebook().trainingError();
        double error6 = trained(6).codebook().trainingError();
        double error8 = trained(8).codebook().trainingError();

        assertThat(error6).isLessThan(0.7 * error4);
        assertThat(error8).isLessThan(0.7 * error6);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldNotTakeCodesOfOtherBitsForItsOwn(int bits) {
        Codebook eight = trained(8).codebook();
        Codebook fewer = trained(bits).codebook();

        assertThat(fewer.hasSameId(eight)).isFalse();
        assertThat(fewer.centroids()).isEqualTo(1 << bits);
    }

    @Test
    void shouldTrainOnAsManyPointsAsThereAreCentroids() {
        ProductQuantizer quantizer =
                new ProductQuantizer(PqConfig.of(Metric.L2, DIMENSIONS, SUBSPACES, 4, 1));
        quantizer.train(vectors, 0, STRIDE, 16);

        assertThat(quantizer.codebook().trainingError()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 7, 9, 16})
    void shouldRefuseOtherBits(int bits) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PqConfig.of(Metric.L2, DIMENSIONS, SUBSPACES, bits, 1))
                .withMessageContaining("bits=" + bits);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldAllocateNothingToEncodeDecodeAndCompare(int bits) {
        ProductQuantizer quantizer = trained(bits);
        MemorySegment code = arena.allocate(quantizer.codeSize());
        MemorySegment decoded = arena.allocate(STRIDE);
        MemorySegment table = arena.allocate(quantizer.adcTableBytes(), 64);
        float[] out = new float[1];

        Allocation.assertNone(() -> quantizer.encode(vectors, STRIDE, code, 0));
        Allocation.assertNone(() -> quantizer.decode(code, 0, decoded, 0));
        Allocation.assertNone(
                () -> quantizer.adcDistances(table, 0, code, 0, code.byteSize(), 1, out));
    }

    private ProductQuantizer trained(int bits) {
        PqConfig config = PqConfig.of(Metric.L2, DIMENSIONS, SUBSPACES, bits, 5);
        ProductQuantizer quantizer = new ProductQuantizer(config.withIterations(6));
        quantizer.train(vectors, 0, STRIDE, COUNT);
        return quantizer;
    }
}
