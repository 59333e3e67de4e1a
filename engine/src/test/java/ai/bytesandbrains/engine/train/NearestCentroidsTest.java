package ai.bytesandbrains.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.simd.Kernels;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// The nearest centroid is that of double precision, whatever the data.
class NearestCentroidsTest {
    private static final int COUNT = 700;

    private final Arena arena = Arena.ofConfined();

    /// What points and centroids are like.
    enum Data {
        NORMAL,
        /// A large common offset: single precision sees little but that.
        FAR_AWAY,
        /// Few distinct values: exact ties, and centroids that coincide.
        GRID,
        /// Centroids in pairs, a few units in the last place apart.
        NEARLY_EQUAL,
        /// Points at the same distance from two centroids, but for rounding.
        BETWEEN,
        HUGE,
        TINY,
        /// Lengths over many orders of magnitude.
        WILD;

        float draw(RandomGenerator random) {
            return switch (this) {
                case NORMAL, NEARLY_EQUAL, BETWEEN -> (float) random.nextGaussian();
                case FAR_AWAY -> (float) (1e4 + random.nextGaussian());
                case GRID -> random.nextInt(3);
                case HUGE -> (float) (1e30 * random.nextGaussian());
                case TINY -> (float) (1e-30 * random.nextGaussian());
                case WILD -> (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-9, 9)));
            };
        }
    }

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindTheNearestInDoublePrecision(Data data) {
        Kernels.warmUp();
        for (int seed = 0; seed < 12; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int dimensions = 1 + random.nextInt(20);
            int clusters = 1 + random.nextInt(seed % 2 == 0 ? 40 : 256);
            float[][] centroids = draw(data, random, clusters, dimensions);
            float[][] points = draw(data, random, COUNT, dimensions);
            if (data == Data.NEARLY_EQUAL) {
                pair(centroids, random);
            }
            if (data == Data.BETWEEN) {
                moveBetween(points, centroids, random);
            }
            int[] found = assign(points, centroids, dimensions);
            for (int i = 0; i < COUNT; i++) {
                assertThat(found[i])
                        .as("data=%s seed=%d point=%d", data, seed, i)
                        .isEqualTo(nearest(points[i], centroids));
            }
        }
    }

    private static float[][] draw(Data data, RandomGenerator random, int count, int dimensions) {
        float[][] vectors = new float[count][dimensions];
        for (float[] vector : vectors) {
            for (int d = 0; d < dimensions; d++) {
                vector[d] = data.draw(random);
            }
        }
        return vectors;
    }

    private static void pair(float[][] centroids, RandomGenerator random) {
        for (int k = 1; k < centroids.length; k += 2) {
            System.arraycopy(centroids[k - 1], 0, centroids[k], 0, centroids[k].length);
            int d = random.nextInt(centroids[k].length);
            for (int ulps = random.nextInt(4); ulps > 0; ulps--) {
                centroids[k][d] = Math.nextUp(centroids[k][d]);
            }
        }
    }

    private static void moveBetween(float[][] points, float[][] centroids, RandomGenerator random) {
        for (float[] point : points) {
            float[] a = centroids[random.nextInt(centroids.length)];
            float[] b = centroids[random.nextInt(centroids.length)];
            for (int d = 0; d < point.length; d++) {
                point[d] = (a[d] + b[d]) / 2;
            }
        }
    }

    private int[] assign(float[][] points, float[][] centroids, int dimensions) {
        int clusters = centroids.length;
        long stride = 4L * NearestCentroids.padded(clusters);
        MemorySegment columns = arena.allocate(stride * dimensions, 64);
        float[] centre = new float[dimensions];
        for (int d = 0; d < dimensions; d++) {
            double sum = 0;
            for (int k = 0; k < clusters; k++) {
                columns.set(ValueLayout.JAVA_FLOAT, d * stride + 4L * k, centroids[k][d]);
                sum += centroids[k][d];
            }
            centre[d] = (float) (sum / clusters);
        }
        NearestCentroids finder =
                new NearestCentroids(clusters, dimensions, columns, 0, stride, centre, arena);
        finder.refresh();
        int padded = (COUNT + 63) & -64;
        MemorySegment lines = arena.allocate(4L * padded * dimensions, 64);
        MemorySegment rows = arena.allocate(4L * COUNT * dimensions, 64);
        double maxNorm = 0;
        for (int i = 0; i < COUNT; i++) {
            double norm2 = 0;
            for (int d = 0; d < dimensions; d++) {
                float moved = points[i][d] - centre[d];
                norm2 += (double) moved * moved;
                lines.setAtIndex(ValueLayout.JAVA_FLOAT, (long) d * padded + i, moved);
                rows.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * dimensions + d, points[i][d]);
            }
            maxNorm = Math.max(maxNorm, Math.sqrt(norm2) * (1 + 1e-9));
        }
        int[] found = new int[COUNT];
        finder.assign(
                lines,
                0,
                4L * padded,
                maxNorm,
                rows,
                0,
                4L * dimensions,
                COUNT,
                found,
                0,
                new NearestCentroids.Scratch(clusters));
        return found;
    }

    private static int nearest(float[] point, float[][] centroids) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int k = 0; k < centroids.length; k++) {
            double sum = 0;
            for (int d = 0; d < point.length; d++) {
                double difference = (double) point[d] - centroids[k][d];
                sum += difference * difference;
            }
            if (sum < least) {
                least = sum;
                best = k;
            }
        }
        return best;
    }
}
