package ai.bytesandbrains.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.memory.RowStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

class KMeansTest {
    private static final int COUNT = 3000;
    private static final int DIMENSIONS = 7;

    private final Arena arena = Arena.ofConfined();
    private final SplittableRandom random = new SplittableRandom(21);
    private final MemorySegment points =
            TestVectors.clustered(arena, random, COUNT, DIMENSIONS, 20);
    private final MemorySegment centroids = arena.allocate(4L * 64 * DIMENSIONS, 64);

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void shouldGiveTheSameBitsForTheSameSeed() {
        KMeans.Config config = new KMeans.Config(40, 8, 5);
        KMeans.Result first = train(config);
        byte[] bytes = centroids.toArray(ValueLayout.JAVA_BYTE);
        centroids.fill((byte) 0);

        assertThat(train(config)).isEqualTo(first);
        assertThat(centroids.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
    }

    @Test
    void shouldGiveTheSameBitsFromARowStore() {
        KMeans.Config config = new KMeans.Config(16, 5, 1);
        KMeans.Result first = train(config);
        byte[] bytes = centroids.toArray(ValueLayout.JAVA_BYTE);
        try (RowStore rows = RowStore.ofFloats(DIMENSIONS)) {
            rows.allocate();
            for (int i = 0; i < COUNT; i++) {
                int slot = rows.allocate();
                long stride = 4L * DIMENSIONS;
                MemorySegment.copy(
                        points, i * stride, rows.segmentOf(slot), rows.offsetOf(slot), stride);
            }
            rows.free(0);
            centroids.fill((byte) 0);

            assertThat(KMeans.train(rows, DIMENSIONS, config, centroids, 0)).isEqualTo(first);
        }
        assertThat(centroids.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldNeverRaiseTheErrorByAnIteration(long seed) {
        double before = Double.MAX_VALUE;
        for (int iterations = 0; iterations < 12; iterations++) {
            double error = train(new KMeans.Config(30, iterations, seed)).meanSquaredError();
            assertThat(error).isLessThanOrEqualTo(before * (1 + 1e-6));
            before = error;
        }
    }

    @Test
    void shouldReportTheErrorOfItsCentroids() {
        KMeans.Result result = train(new KMeans.Config(30, 6, 9));
        double sum = 0;
        for (int i = 0; i < COUNT; i++) {
            double best = Double.MAX_VALUE;
            for (int c = 0; c < 30; c++) {
                best = Math.min(best, squared(i, c));
            }
            sum += best;
        }

        assertThat(result.meanSquaredError()).isCloseTo(sum / COUNT, within(1e-5));
    }

    @Test
    void shouldFindSeparateClusters() {
        // The spread around a centre has variance 0.04 a dimension, the centres one of 1.
        double error = train(new KMeans.Config(40, 15, 2)).meanSquaredError();

        assertThat(error).isLessThan(1.2 * 0.04 * DIMENSIONS);
    }

    @Test
    void shouldGiveEachPointItsOwnCentroidWhereThereAreAsMany() {
        KMeans.Config config = new KMeans.Config(50, 5, 3);
        KMeans.Result result =
                KMeans.train(points, 0, 4L * DIMENSIONS, 50, DIMENSIONS, config, centroids, 0);

        assertThat(result.meanSquaredError()).isZero();
    }

    @Test
    void shouldAcceptPointsThatAreAllTheSame() {
        points.fill((byte) 0);

        assertThat(train(new KMeans.Config(8, 3, 1)).meanSquaredError()).isZero();
    }

    @Test
    void shouldSayHowManyPointsAreTooFew() {
        KMeans.Config config = new KMeans.Config(60, 5, 3);

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                KMeans.train(
                                        points,
                                        0,
                                        4L * DIMENSIONS,
                                        59,
                                        DIMENSIONS,
                                        config,
                                        centroids,
                                        0))
                .withMessageContaining("points=59")
                .withMessageContaining("clusters=60");
    }

    @Test
    void shouldNameAPointThatIsNotFinite() {
        points.setAtIndex(ValueLayout.JAVA_FLOAT, 2 * DIMENSIONS + 4, Float.NaN);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> train(new KMeans.Config(4, 5, 3)))
                .withMessageContaining("points[2][4]=NaN");
    }

    @Test
    void shouldRefusePointsTooLargeToSquare() {
        points.setAtIndex(ValueLayout.JAVA_FLOAT, 3, 3e38f);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> train(new KMeans.Config(4, 5, 3)))
                .withMessageContaining("too large");
    }

    private KMeans.Result train(KMeans.Config config) {
        return KMeans.train(points, 0, 4L * DIMENSIONS, COUNT, DIMENSIONS, config, centroids, 0);
    }

    private double squared(int point, int centroid) {
        double sum = 0;
        for (int d = 0; d < DIMENSIONS; d++) {
            double difference =
                    TestVectors.at(points, (long) point * DIMENSIONS + d)
                            - TestVectors.at(centroids, (long) centroid * DIMENSIONS + d);
            sum += difference * difference;
        }
        return sum;
    }
}
