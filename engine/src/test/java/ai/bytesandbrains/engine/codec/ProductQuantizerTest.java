package ai.bytesandbrains.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.space.CosineSpace;
import ai.bytesandbrains.engine.space.L2Space;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

class ProductQuantizerTest {
    private static final int COUNT = 2000;
    private static final int DIMENSIONS = 24;
    private static final int SUBSPACES = 6;
    private static final int PART = DIMENSIONS / SUBSPACES;
    private static final long STRIDE = 4L * DIMENSIONS;

    private static final Arena ARENA = Arena.ofShared();
    private static final MemorySegment VECTORS =
            TestVectors.clustered(ARENA, new SplittableRandom(8), COUNT, DIMENSIONS, 100);
    private static final ProductQuantizer L2 = trained(Metric.L2, VECTORS);
    private static final ProductQuantizer COSINE = trained(Metric.COSINE, VECTORS);
    private static final ProductQuantizer INNER_PRODUCT = trained(Metric.INNER_PRODUCT, VECTORS);

    private final MemorySegment codes = ARENA.allocate((long) COUNT * SUBSPACES);
    private final MemorySegment decoded = ARENA.allocate(COUNT * STRIDE, 64);
    private final MemorySegment table = ARENA.allocate(L2.adcTableBytes(), 64);

    @AfterAll
    static void close() {
        ARENA.close();
    }

    private static ProductQuantizer trained(Metric metric, MemorySegment vectors) {
        ProductQuantizer quantizer =
                new ProductQuantizer(
                        PqConfig.of(metric, DIMENSIONS, SUBSPACES, 4)
                                .withIterations(5)
                                .withMaxPointsPerCentroid(6));
        quantizer.train(vectors, 0, STRIDE, COUNT);
        return quantizer;
    }

    private static ProductQuantizer quantizer(Metric metric) {
        return switch (metric) {
            case COSINE -> COSINE;
            case INNER_PRODUCT -> INNER_PRODUCT;
            default -> L2;
        };
    }

    @Test
    void shouldEncodeEachPartAsItsNearestCentroid() {
        L2.encodeBatch(VECTORS, 0, STRIDE, COUNT, codes, 0, SUBSPACES);

        for (int i = 0; i < 200; i++) {
            for (int m = 0; m < SUBSPACES; m++) {
                int nearest = 0;
                for (int k = 1; k < 256; k++) {
                    if (squared(i, m, k) < squared(i, m, nearest)) {
                        nearest = k;
                    }
                }
                assertThat(code(i, m)).isEqualTo(nearest);
            }
        }
    }

    @Test
    void shouldDecodeToTheCentroids() {
        L2.encodeBatch(VECTORS, 0, STRIDE, COUNT, codes, 0, SUBSPACES);
        L2.decodeBatch(codes, 0, SUBSPACES, COUNT, decoded, 0, STRIDE);

        for (int i = 0; i < 200; i++) {
            for (int d = 0; d < DIMENSIONS; d++) {
                int m = d / PART;
                assertThat(TestVectors.at(decoded, (long) i * DIMENSIONS + d))
                        .isEqualTo(L2.codebook().centroid(m, code(i, m), d % PART));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"L2", "COSINE"})
    void shouldSumTheTableToTheDistanceOfTheDecodedVector(Metric metric) {
        ProductQuantizer quantizer = quantizer(metric);
        quantizer.encodeBatch(VECTORS, 0, STRIDE, COUNT, codes, 0, SUBSPACES);
        quantizer.decodeBatch(codes, 0, SUBSPACES, COUNT, decoded, 0, STRIDE);
        quantizer.adcTable(VECTORS, 0, table, 0);
        float[] query = TestVectors.array(VECTORS, 0, DIMENSIONS);
        double norm = metric == Metric.COSINE ? norm(query) : 1;

        for (int i = 0; i < 200; i++) {
            double expected = 0;
            for (int d = 0; d < DIMENSIONS; d++) {
                double x = query[d] / norm;
                double y = TestVectors.at(decoded, (long) i * DIMENSIONS + d);
                expected += metric == Metric.INNER_PRODUCT ? -x * y : (x - y) * (x - y);
            }
            expected /= metric == Metric.COSINE ? 2 : 1;
            double sum = 0;
            for (int m = 0; m < SUBSPACES; m++) {
                sum += TestVectors.at(table, 256L * m + code(i, m));
            }
            assertThat(sum).isCloseTo(expected, within(1e-4));
        }
    }

    @Test
    void shouldApproximateTheCosineDistance() {
        COSINE.encodeBatch(VECTORS, 0, STRIDE, COUNT, codes, 0, SUBSPACES);
        COSINE.adcTable(VECTORS, 0, table, 0);
        CosineSpace space = new CosineSpace(DIMENSIONS);
        double error = 0;
        for (int i = 0; i < COUNT; i++) {
            float sum = 0;
            for (int m = 0; m < SUBSPACES; m++) {
                sum += TestVectors.at(table, 256L * m + code(i, m));
            }
            error += Math.abs(sum - space.distance(VECTORS, 0, VECTORS, i * STRIDE));
        }

        assertThat(error / COUNT).isLessThan(0.05);
    }

    @Test
    void shouldLoseLessThanACodebookOfRandomSamples() {
        MemorySegment samples = ARENA.allocate(256 * STRIDE, 64);
        SplittableRandom random = new SplittableRandom(6);
        for (int m = 0; m < SUBSPACES; m++) {
            for (int k = 0; k < 256; k++) {
                long from = random.nextInt(COUNT) * STRIDE + 4L * m * PART;
                long to = 4L * PART * (m * 256L + k);
                MemorySegment.copy(VECTORS, from, samples, to, 4L * PART);
            }
        }
        Codebook sampled = Codebook.of(Metric.L2, DIMENSIONS, SUBSPACES, 8, samples, 0);

        assertThat(error(L2)).isLessThan(0.9 * error(new ProductQuantizer(sampled)));
        // A quarter of the vectors was not seen in training and fits a little worse.
        assertThat(L2.codebook().trainingError()).isBetween(0.7 * error(L2), error(L2));
    }

    @Test
    void shouldGiveEqualCodebooksEqualIds() {
        ProductQuantizer again = trained(Metric.L2, VECTORS);
        MemorySegment centroids = ARENA.allocate(256 * STRIDE, 64);
        long at = 0;
        for (int m = 0; m < SUBSPACES; m++) {
            for (int k = 0; k < 256; k++) {
                for (int d = 0; d < PART; d++) {
                    float x = L2.codebook().centroid(m, k, d);
                    centroids.setAtIndex(ValueLayout.JAVA_FLOAT, at++, x);
                }
            }
        }
        Codebook copied = Codebook.of(Metric.L2, DIMENSIONS, SUBSPACES, 8, centroids, 0);
        Codebook other = Codebook.of(Metric.COSINE, DIMENSIONS, SUBSPACES, 8, centroids, 0);

        assertThat(again.codebook().idHex()).isEqualTo(L2.codebook().idHex()).hasSize(32);
        assertThat(copied.hasSameId(L2.codebook())).isTrue();
        assertThat(other.hasSameId(L2.codebook())).isFalse();
    }

    @Test
    void shouldLearnDirectionsOnlyForTheCosine() {
        MemorySegment doubled = ARENA.allocate(COUNT * STRIDE, 64);
        for (long i = 0; i < (long) COUNT * DIMENSIONS; i++) {
            doubled.setAtIndex(ValueLayout.JAVA_FLOAT, i, 2 * TestVectors.at(VECTORS, i));
        }

        assertThat(trained(Metric.COSINE, doubled).codebook().hasSameId(COSINE.codebook()))
                .isTrue();
    }

    @Test
    void shouldNameBothWhenTheSubspacesDoNotDivideTheDimensions() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PqConfig.of(Metric.L2, 100, 8, 1))
                .withMessageContaining("subspaces=8")
                .withMessageContaining("dimensions=100");
    }

    @Test
    void shouldSayHowManySamplesAreTooFew() {
        ProductQuantizer fresh = new ProductQuantizer(PqConfig.of(Metric.L2, DIMENSIONS, 4, 1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> fresh.train(VECTORS, 0, STRIDE, 255))
                .withMessageContaining("points=255")
                .withMessageContaining("clusters=256");
        assertThat(fresh.isTrained()).isFalse();
    }

    @Test
    void shouldRefuseToWorkUntrained() {
        ProductQuantizer fresh = new ProductQuantizer(PqConfig.of(Metric.L2, DIMENSIONS, 6, 1));

        assertThatIllegalStateException().isThrownBy(() -> fresh.encode(VECTORS, 0, codes, 0));
        assertThatIllegalStateException().isThrownBy(() -> fresh.decode(codes, 0, decoded, 0));
        assertThatIllegalStateException().isThrownBy(() -> fresh.adcTable(VECTORS, 0, table, 0));
        assertThatIllegalStateException().isThrownBy(fresh::codebook);
    }

    @Test
    void shouldRefuseMemoryThatIsTooSmall() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> L2.encode(VECTORS, 0, codes, codes.byteSize() - 1))
                .withMessageContaining("codes: offset=");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> L2.encode(VECTORS, -4, codes, 0))
                .withMessageContaining("vectors: offset=-4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> L2.adcTable(VECTORS, 0, table, 4))
                .withMessageContaining("table: offset=4");
    }

    @Test
    void shouldRefuseCentroidsThatAreNotFinite() {
        MemorySegment centroids = ARENA.allocate(256 * STRIDE, 64);
        centroids.setAtIndex(ValueLayout.JAVA_FLOAT, 5, Float.NaN);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codebook.of(Metric.L2, DIMENSIONS, SUBSPACES, 8, centroids, 0))
                .withMessageContaining("centroids[0][1][1]=NaN");
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"L2", "COSINE"})
    void shouldAllocateNothingToEncodeDecodeAndBuildTables(Metric metric) {
        ProductQuantizer quantizer = quantizer(metric);

        Allocation.assertNone(() -> quantizer.encode(VECTORS, STRIDE, codes, 0));
        Allocation.assertNone(() -> quantizer.decode(codes, 0, decoded, 0));
        Allocation.assertNone(() -> quantizer.adcTable(VECTORS, STRIDE, table, 0));
    }

    private double error(ProductQuantizer quantizer) {
        L2Space space = new L2Space(DIMENSIONS);
        quantizer.encodeBatch(VECTORS, 0, STRIDE, COUNT, codes, 0, SUBSPACES);
        quantizer.decodeBatch(codes, 0, SUBSPACES, COUNT, decoded, 0, STRIDE);
        double sum = 0;
        for (int i = 0; i < COUNT; i++) {
            sum += space.distance(VECTORS, i * STRIDE, decoded, i * STRIDE);
        }
        return sum / COUNT;
    }

    private int code(int i, int m) {
        return codes.get(ValueLayout.JAVA_BYTE, (long) i * SUBSPACES + m) & 0xff;
    }

    private static float squared(int i, int m, int k) {
        float sum = 0;
        for (int d = 0; d < PART; d++) {
            float difference =
                    TestVectors.at(VECTORS, (long) i * DIMENSIONS + (long) m * PART + d)
                            - L2.codebook().centroid(m, k, d);
            sum = Math.fma(difference, difference, sum);
        }
        return sum;
    }

    private static double norm(float[] vector) {
        double sum = 0;
        for (float x : vector) {
            sum += (double) x * x;
        }
        return Math.sqrt(sum);
    }
}
