package ai.bytesandbrains.engine.gossippq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/// The last step of a training: points count for the second nearest centroid, too.
class NeighbourMeansTest {
    private static final GossipPqConfig CONFIG =
            GossipPqConfig.of(Metric.L2, 1, 1, 4).withSample(500, 500);

    private final Arena arena = Arena.ofConfined();
    private final SubspaceSample sample = new SubspaceSample(500, 500, 1, arena);
    private int offered;

    @AfterEach
    void close() {
        arena.close();
    }

    /// A centroid at 0 has the points at -1, the one at 4 those at 5; points at 1 are a third as
    /// far from the first as from the second, so they count half of a ninth for that.
    @Test
    void shouldMoveACentroidALittleTowardsWhatIsNearToAnother() {
        offer(20, -1, 1);
        offer(20, 1, 1);
        offer(20, 5, 1);

        float[] means = means(0, 4);

        double share = 0.5 / 9;
        double toFirst = 0.5 / 25 * 20 * 5;
        assertThat(means[0]).isEqualTo((float) (toFirst / (40 + 0.5 / 25 * 20)), within(.02f));
        double away = 0.5 / 25;
        assertThat(means[1])
                .isEqualTo((float) ((5 + share - away) / (1 + share + away)), within(.02f));
    }

    @Test
    void shouldLeaveCentroidsThatArePointsWhereTheyAre() {
        offer(30, -1, 1);
        offer(30, 3, 1);

        float least = component(-1);
        float largest = component(3);

        assertThat(means(least, largest)).containsExactly(least, largest);
    }

    @Test
    void shouldCountMeansOfSeveralVectorsForTheNearestAlone() {
        offer(30, -1, 9);
        offer(30, 1, 9);
        offer(30, 5, 9);

        float[] means = means(0, 4);

        assertThat(means[0]).isEqualTo(0, within(.01f));
        assertThat(means[1]).isEqualTo(5, within(.03f));
    }

    @Test
    void shouldCountFewPointsForTheNearestAlone() {
        offer(4, -1, 1);
        offer(4, 1, 1);
        offer(4, 5, 1);

        float[] means = means(0, 4, 1000);

        assertThat(means[0]).isEqualTo(0, within(.01f));
        assertThat(means[1]).isEqualTo(5, within(.03f));
    }

    @Test
    void shouldLeaveACentroidThatIsNearToNothing() {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            offer(1, (float) random.nextGaussian(), 1);
        }

        assertThat(means(-1, 1, 1000)[2]).isEqualTo(1000);
    }

    private float[] means(float... centroids) {
        TrainingItems items = new TrainingItems(CONFIG, arena);
        items.start(sample);
        while (!items.step()) {
            assertThat(items.count()).isPositive();
        }
        MemorySegment out = arena.allocate(4L * centroids.length, 8);
        MemorySegment.copy(centroids, 0, out, ValueLayout.JAVA_FLOAT, 0, centroids.length);
        MemorySegment scratch =
                arena.allocate(NeighbourMeans.scratchBytes(centroids.length, 1), 64);
        NeighbourMeans means = new NeighbourMeans(items, 1, out, 0, centroids.length, scratch);
        while (!means.step()) {
            assertThat(items.count()).isPositive();
        }
        means.write(out, 0);
        return out.toArray(ValueLayout.JAVA_FLOAT);
    }

    /// What is left of a number when it is quantized.
    private static float component(float x) {
        float scale = Float.float16ToFloat(Float.floatToFloat16(Math.abs(x) / 127));
        return scale * Math.round(x / scale);
    }

    private void offer(int count, float x, int weight) {
        MemorySegment part = arena.allocate(4, 8);
        MemorySegment item = arena.allocate(ItemLayout.stride(1), 8);
        part.set(ValueLayout.JAVA_FLOAT, 0, x);
        for (int i = 0; i < count; i++) {
            ItemLayout.write(1, offered++, weight, part, 0, 1, item, 0);
            sample.stage(item, 0);
            sample.commit();
        }
    }
}
