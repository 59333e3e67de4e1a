package ai.bytesandbrains.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.simd.Kernels;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/// The same bits however the work is cut, and on every vector width: the build runs this test at
/// each of them, and the golden values are those of all.
class KMeansDeterminismTest {
    private static final int COUNT = 5000;
    private static final int DIMENSIONS = 6;
    private static final int CLUSTERS = 33;
    private static final KMeans.Config CONFIG = new KMeans.Config(CLUSTERS, 7, 11);

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment segment = uniform(COUNT, DIMENSIONS);
    private final Points points = Points.of(segment, 0, 4L * DIMENSIONS, COUNT, DIMENSIONS);
    private final MemorySegment centroids = arena.allocate(4L * CLUSTERS * DIMENSIONS, 64);

    @BeforeAll
    static void warmUp() {
        Kernels.warmUp();
    }

    @AfterEach
    void close() {
        arena.close();
    }

    /// Uniform from integers alone: equal on every Java platform.
    private MemorySegment uniform(int count, int dimensions) {
        SplitMix random = new SplitMix(77);
        MemorySegment uniform = arena.allocate(4L * count * dimensions, 64);
        for (long i = 0; i < (long) count * dimensions; i++) {
            float x = (random.nextInt(1 << 20) - (1 << 19)) * 0x1p-18f;
            uniform.setAtIndex(ValueLayout.JAVA_FLOAT, i, x * x * x);
        }
        return uniform;
    }

    @Test
    void shouldGiveTheGoldenBits() {
        assertThat(checksum(CONFIG)).isEqualTo(GOLDEN);
    }

    @Test
    void shouldGiveTheGoldenBitsToWeightedPoints() {
        weigh();

        assertThat(checksum(CONFIG)).isEqualTo(GOLDEN_WEIGHTED);
    }

    @ParameterizedTest
    @CsvSource({"1,false", "2,false", "3,false", "1,true", "2,true", "3,true"})
    void shouldGiveTheSameBitsForAnyNumberOfThreads(int threads, boolean weighted) {
        if (weighted) {
            weigh();
        }
        try (Workers workers = Workers.of(threads)) {
            KMeans.train(current, CONFIG, centroids, 0, workers, TrainingProgress.NONE);
        }

        assertThat(checksum()).isEqualTo(weighted ? GOLDEN_WEIGHTED : GOLDEN);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3000, 100_000, Long.MAX_VALUE})
    void shouldGiveTheSameBitsStepByStep(long budget) {
        try (KMeansRun run = new KMeansRun(points, CONFIG)) {
            while (!run.step(budget)) {
                assertThat(run.pieces()).isLessThan(run.totalPieces());
            }
            run.centroids(centroids, 0);
        }

        assertThat(checksum()).isEqualTo(GOLDEN);
    }

    @Test
    void shouldGoOnWithThreadsWhereStepsHaveEnded() {
        try (KMeansRun run = new KMeansRun(points, CONFIG);
                Workers workers = Workers.of(2)) {
            for (int i = 0; i < 130; i++) {
                assertThat(run.step(1)).isFalse();
            }
            run.run(workers, TrainingProgress.NONE);
            run.centroids(centroids, 0);
        }

        assertThat(checksum()).isEqualTo(GOLDEN);
    }

    @Test
    void shouldAllocateNothingToStep() {
        try (KMeansRun run = new KMeansRun(points, new KMeans.Config(CLUSTERS, 1 << 20, 1))) {
            Allocation.assertNone(() -> run.step(1));
        }
    }

    @Test
    void shouldEndWhenTold() {
        List<Long> told = new ArrayList<>();

        assertThatExceptionOfType(TrainingCancelledException.class)
                .isThrownBy(
                        () ->
                                KMeans.train(
                                        points,
                                        CONFIG,
                                        centroids,
                                        0,
                                        Workers.caller(),
                                        (done, total) -> {
                                            assertThat(total).isEqualTo(9);
                                            told.add(done);
                                            return done < 4;
                                        }))
                .withMessageContaining("done=4")
                .withMessageContaining("total=9");
        assertThat(told).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void shouldCountAPointOfWeightThreeLikeThree() {
        int count = 600;
        MemorySegment weights = arena.allocate(4L * count, 64);
        MemorySegment copies = arena.allocate(4L * 3 * count * DIMENSIONS, 64);
        int copied = 0;
        for (int i = 0; i < count; i++) {
            int weight = 1 + i % 3;
            weights.setAtIndex(ValueLayout.JAVA_FLOAT, i, weight);
            for (int w = 0; w < weight; w++, copied++) {
                long stride = 4L * DIMENSIONS;
                MemorySegment.copy(segment, i * stride, copies, copied * stride, stride);
            }
        }
        KMeans.Config config = new KMeans.Config(1, 5, 3);
        MemorySegment expected = arena.allocate(4L * DIMENSIONS, 64);
        Points weighted =
                Points.of(segment, 0, 4L * DIMENSIONS, count, DIMENSIONS).withWeights(weights, 0);

        KMeans.Result of =
                KMeans.train(
                        weighted, config, centroids, 0, Workers.caller(), TrainingProgress.NONE);
        KMeans.Result ofCopies =
                KMeans.train(copies, 0, 4L * DIMENSIONS, copied, DIMENSIONS, config, expected, 0);

        for (int d = 0; d < DIMENSIONS; d++) {
            assertThat(TestVectors.at(centroids, d))
                    .isCloseTo(TestVectors.at(expected, d), within(1e-6f));
        }
        assertThat(of.meanSquaredError()).isCloseTo(ofCopies.meanSquaredError(), within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY})
    void shouldRefuseWeightsThatAreNone(float weight) {
        weigh();
        current.weights().setAtIndex(ValueLayout.JAVA_FLOAT, 9, weight);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> checksum(CONFIG))
                .withMessageContaining("weights[9]=" + weight);
    }

    @Test
    void shouldLookAtNoMorePointsThanTheLimitAtEvenDistances() {
        MemorySegment every = arena.allocate(4L * 500 * DIMENSIONS, 64);
        for (int i = 0; i < 500; i++) {
            long stride = 4L * DIMENSIONS;
            MemorySegment.copy(segment, 10L * i * stride, every, i * stride, stride);
        }
        long limited = checksum(new KMeans.Config(25, 4, 20, 2));
        KMeans.train(
                every,
                0,
                4L * DIMENSIONS,
                500,
                DIMENSIONS,
                new KMeans.Config(25, 4, 2),
                centroids,
                0);

        assertThat(checksum()).isEqualTo(limited);
    }

    @Test
    void shouldSayThatItIsNotDone() {
        try (KMeansRun run = new KMeansRun(points, CONFIG)) {
            assertThatIllegalStateException()
                    .isThrownBy(run::result)
                    .withMessageContaining("not done");
        }
    }

    @Test
    void shouldLeaveNoClusterEmptyWhereThereArePointsToSplitOff() {
        // Three quarters of the points coincide: most centroids are drawn from the rest.
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < COUNT; i++) {
            for (int d = 0; d < DIMENSIONS; d++) {
                float x = i % 4 == 0 ? random.nextInt(3) : 7;
                segment.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * DIMENSIONS + d, x);
            }
        }
        KMeans.train(points, CONFIG, centroids, 0, Workers.caller(), TrainingProgress.NONE);

        for (int a = 0; a < CLUSTERS; a++) {
            for (int b = 0; b < a; b++) {
                assertThat(TestVectors.array(centroids, a, DIMENSIONS))
                        .isNotEqualTo(TestVectors.array(centroids, b, DIMENSIONS));
            }
        }
    }

    private Points current = points;

    private void weigh() {
        MemorySegment weights = arena.allocate(4L * COUNT, 64);
        for (int i = 0; i < COUNT; i++) {
            weights.setAtIndex(ValueLayout.JAVA_FLOAT, i, 0.25f + i % 7);
        }
        current = points.withWeights(weights, 0);
    }

    private long checksum(KMeans.Config config) {
        KMeans.train(current, config, centroids, 0, Workers.caller(), TrainingProgress.NONE);
        return checksum();
    }

    private long checksum() {
        CRC32C crc = new CRC32C();
        crc.update(centroids.asByteBuffer());
        return crc.getValue();
    }

    private static final long GOLDEN = 1706710598L;
    private static final long GOLDEN_WEIGHTED = 193506330L;
}
