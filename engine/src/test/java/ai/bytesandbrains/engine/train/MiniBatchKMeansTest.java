package ai.bytesandbrains.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.TestVectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

class MiniBatchKMeansTest {
    private static final int DIMENSIONS = 5;
    private static final int BATCH = 400;
    private static final int BATCHES = 20;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment stream =
            TestVectors.clustered(arena, new SplittableRandom(4), BATCH * BATCHES, DIMENSIONS, 30);
    private final KMeans.Config config = new KMeans.Config(30, 5, 8);

    @AfterEach
    void close() {
        arena.close();
    }

    private Points batch(int i) {
        long stride = 4L * DIMENSIONS;
        return Points.of(stream, (long) i * BATCH * stride, stride, BATCH, DIMENSIONS);
    }

    @Test
    void shouldComeToFitTheStream() {
        try (MiniBatchKMeans centroids = new MiniBatchKMeans(config, DIMENSIONS)) {
            centroids.update(batch(0));
            double second = centroids.update(batch(1));
            double last = 0;
            for (int i = 2; i < BATCHES; i++) {
                last = centroids.update(batch(i));
            }

            assertThat(last).isLessThan(0.95 * second);
        }
    }

    @Test
    void shouldGiveTheSameBitsForTheSameStream() {
        assertThat(bytes()).isEqualTo(bytes());
    }

    private byte[] bytes() {
        MemorySegment out = arena.allocate(4L * 30 * DIMENSIONS);
        try (MiniBatchKMeans centroids = new MiniBatchKMeans(config, DIMENSIONS)) {
            for (int i = 0; i < BATCHES; i++) {
                centroids.update(batch(i));
            }
            centroids.centroids(out, 0);
        }
        return out.toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void shouldFollowAStreamThatMovesIfItForgets() {
        MemorySegment moved = arena.allocate(stream.byteSize(), 64);
        for (long i = 0; i < stream.byteSize() / 4; i++) {
            moved.setAtIndex(ValueLayout.JAVA_FLOAT, i, TestVectors.at(stream, i) + 3);
        }

        assertThat(errorAfterMove(moved, 0.2)).isLessThan(0.6 * errorAfterMove(moved, 1));
    }

    private double errorAfterMove(MemorySegment moved, double forgetting) {
        long stride = 4L * DIMENSIONS;
        try (MiniBatchKMeans centroids = new MiniBatchKMeans(config, DIMENSIONS)) {
            centroids.forget(forgetting);
            for (int i = 0; i < BATCHES; i++) {
                centroids.update(batch(i));
            }
            double error = 0;
            for (int i = 0; i < 5; i++) {
                Points batch =
                        Points.of(moved, (long) i * BATCH * stride, stride, BATCH, DIMENSIONS);
                error = centroids.update(batch);
            }
            return error;
        }
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        try (MiniBatchKMeans centroids = new MiniBatchKMeans(config, DIMENSIONS)) {
            Points few = Points.of(stream, 0, 4L * DIMENSIONS, 29, DIMENSIONS);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> centroids.update(few))
                    .withMessageContaining("points=29");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> centroids.update(Points.of(stream, 0, 16, 50, 4)))
                    .withMessageContaining("batch.dimensions=4");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> centroids.forget(0))
                    .withMessageContaining("factor=0");
            assertThatIllegalStateException()
                    .isThrownBy(() -> centroids.centroids(arena.allocate(600), 0));
            assertThat(centroids.isStarted()).isFalse();
        }
    }
}
