package ai.bytesandbrains.engine.gossippq;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.space.Metric;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

class LocalCentroidsTest {
    private static final int DIMENSIONS = 3;

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    /// Rows in lumps of very different sizes: many clusters would be of one row alone.
    @ParameterizedTest
    @CsvSource({"1, 500, 40", "2, 203, 40", "3, 202, 40", "4, 37, 8", "5, 5, 8", "6, 9, 8"})
    void shouldMakeAsManyAsAskedForOfFiveRowsAtTheLeast(long seed, int rows, int asked) {
        try (LocalCentroids centroids = centroids(new Lumps(rows, seed), asked)) {
            int made = Math.min(asked, rows / LocalCentroids.LEAST_VECTORS);
            int total = 0;
            for (int c = 0; c < centroids.count(); c++) {
                assertThat(centroids.weight(c)).as("seed=%d", seed).isGreaterThanOrEqualTo(5);
                total += centroids.weight(c);
            }

            assertThat(centroids.count()).as("seed=%d", seed).isEqualTo(made);
            assertThat(total).as("seed=%d", seed).isEqualTo(rows);
        }
    }

    @Test
    void shouldMakeNoneOfFourRows() {
        try (LocalCentroids centroids = centroids(new Lumps(4, 1), 8)) {
            assertThat(centroids.count()).isZero();
        }
    }

    @Test
    void shouldGiveTheMeanWhereThereIsOneCluster() {
        Lumps rows = new Lumps(9, 2);
        MemorySegment row = arena.allocate(4L * DIMENSIONS, 4);
        double[] mean = new double[DIMENSIONS];
        for (int i = 0; i < rows.rows(); i++) {
            rows.copy(i, row);
            for (int d = 0; d < DIMENSIONS; d++) {
                mean[d] += row.getAtIndex(ValueLayout.JAVA_FLOAT, d) / (double) rows.rows();
            }
        }
        try (LocalCentroids centroids = centroids(rows, 1)) {
            for (int d = 0; d < DIMENSIONS; d++) {
                float x = centroids.means().getAtIndex(ValueLayout.JAVA_FLOAT, d);
                assertThat((double) x).isCloseTo(mean[d], within(1e-4));
            }
        }
    }

    /// Sharpening moves each mean by a part of its distance from its neighbours' mean.
    @Test
    void shouldMoveMeansApart() {
        MemorySegment means = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0, 1, 5);
        MemorySegment out = arena.allocate(4, 4);

        new Sharpening(means, 1, new int[] {5, 10, 5}).move(2, out, 0);

        double mean = (0 * 5 + 1 * 10 + 5 * 5) / 20.0;
        assertThat((double) out.get(ValueLayout.JAVA_FLOAT, 0))
                .isCloseTo(5 + Sharpening.STRENGTH * (5 - mean), within(1e-6));
    }

    private static Offset<Double> within(double offset) {
        return Offset.offset(offset);
    }

    private LocalCentroids centroids(VectorSource rows, int asked) {
        GossipPqConfig config =
                GossipPqConfig.of(Metric.L2, DIMENSIONS, 1, 4)
                        .withSample(256, 256)
                        .withLocalCentroids(asked)
                        .withBudgets(1, 7);
        LocalCentroids centroids =
                new LocalCentroids(config, 1, 0, new RowReader(config, rows, arena));
        int steps = 0;
        while (!centroids.step()) {
            assertThat(steps++).isLessThan(100_000);
        }
        return centroids;
    }

    private record Lumps(int rows, long seed) implements VectorSource {
        @Override
        public boolean copy(int row, MemorySegment into) {
            SplittableRandom random = new SplittableRandom(seed * 1_000_003 + row);
            double lump = Math.floor(-Math.log(1 - random.nextDouble()) * 3) * 10;
            for (int d = 0; d < DIMENSIONS; d++) {
                into.setAtIndex(ValueLayout.JAVA_FLOAT, d, (float) (lump + random.nextGaussian()));
            }
            return true;
        }
    }
}
