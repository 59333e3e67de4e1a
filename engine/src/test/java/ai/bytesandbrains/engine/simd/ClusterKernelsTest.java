package ai.bytesandbrains.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.TestVectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// The kernels as they are served here against the scalar ones, which are equal to the last bit.
class ClusterKernelsTest {
    private static final ClusterKernels ORACLE = new ScalarClusters();

    private final Arena arena = Arena.ofConfined();
    private final SplittableRandom random = new SplittableRandom(31);

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @CsvSource({"64,1,2", "64,2,16", "128,4,256", "192,8,6", "64,17,64", "128,48,30"})
    void shouldFindTheTwoNearestLikeTheOracle(int count, int dimensions, int clusters) {
        Kernels.warmUp();
        MemorySegment lines = TestVectors.gaussian(arena, random, count + 16, dimensions);
        MemorySegment rows = TestVectors.gaussian(arena, random, clusters + 1, dimensions + 1);
        // A centroid that is twice there: a gap of 0, and the lower number.
        long row = 4L * (dimensions + 1);
        MemorySegment.copy(rows, 4, rows, 4 + row * (clusters - 1), row);
        float shift = 50 * (dimensions + 1);
        int[] nearest = new int[count];
        float[] gaps = new float[count];
        int[] expectedNearest = new int[count];
        float[] expectedGaps = new float[count];
        long stride = 4L * (count + 16);

        ORACLE.nearestTwo(
                lines,
                8,
                stride,
                count,
                dimensions,
                rows,
                4,
                clusters,
                shift,
                expectedNearest,
                expectedGaps);
        Kernels.clusters()
                .nearestTwo(
                        lines,
                        8,
                        stride,
                        count,
                        dimensions,
                        rows,
                        4,
                        clusters,
                        shift,
                        nearest,
                        gaps);

        assertThat(nearest).isEqualTo(expectedNearest);
        assertThat(gaps).isEqualTo(expectedGaps);
    }

    @ParameterizedTest
    @CsvSource({"64,1", "128,4", "1024,8", "192,17"})
    void shouldApproachLikeTheOracle(int count, int dimensions) {
        Kernels.warmUp();
        MemorySegment lines = TestVectors.gaussian(arena, random, count + 16, dimensions);
        MemorySegment weights = TestVectors.gaussian(arena, random, count + 1, 1);
        MemorySegment distances = arena.allocate(4L * count + 4, 64);
        MemorySegment expectedDistances = arena.allocate(4L * count + 4, 64);
        for (int i = 0; i <= count; i++) {
            float before = i % 3 == 0 ? Float.POSITIVE_INFINITY : dimensions;
            distances.setAtIndex(ValueLayout.JAVA_FLOAT, i, before);
            expectedDistances.setAtIndex(ValueLayout.JAVA_FLOAT, i, before);
        }
        float[] sums = new float[ClusterKernels.POINTS];
        float[] expectedSums = new float[ClusterKernels.POINTS];
        long stride = 4L * (count + 16);

        for (int centre = 0; centre < 5; centre++) {
            ORACLE.approach(
                    lines,
                    4,
                    stride,
                    count,
                    dimensions,
                    lines,
                    12L * centre,
                    expectedDistances,
                    4,
                    weights,
                    4,
                    expectedSums);
            Kernels.clusters()
                    .approach(
                            lines,
                            4,
                            stride,
                            count,
                            dimensions,
                            lines,
                            12L * centre,
                            distances,
                            4,
                            weights,
                            4,
                            sums);
        }

        assertThat(distances.mismatch(expectedDistances)).isEqualTo(-1);
        assertThat(sums).isEqualTo(expectedSums);
    }
}
