package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

class PqIndexTest {
    private static final int COUNT = 3000;
    private static final int DIMENSIONS = 16;
    private static final int SUBSPACES = 4;
    private static final long STRIDE = 4L * DIMENSIONS;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment vectors =
            TestVectors.clustered(arena, new SplittableRandom(2), COUNT, DIMENSIONS, 50);

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"L2", "COSINE"})
    void shouldOrderAsABruteForceAdcScan(Metric metric) {
        try (PqIndex index = filled(metric)) {
            index.remove(17);
            index.remove(2000);
            ProductQuantizer quantizer = new ProductQuantizer(index.codebook());
            MemorySegment table = arena.allocate(quantizer.adcTableBytes(), 64);
            MemorySegment code = arena.allocate(SUBSPACES);
            for (int query = 0; query < 20; query++) {
                quantizer.adcTable(vectors, query * STRIDE, table, 0);
                List<Neighbour> expected = new ArrayList<>();
                for (int i = 0; i < COUNT; i++) {
                    if (i != 17 && i != 2000) {
                        quantizer.encode(vectors, i * STRIDE, code, 0);
                        float sum = 0;
                        for (int m = 0; m < SUBSPACES; m++) {
                            int centroid = code.get(ValueLayout.JAVA_BYTE, m) & 0xff;
                            sum += TestVectors.at(table, 256L * m + centroid);
                        }
                        expected.add(new Neighbour(i, sum));
                    }
                }
                expected.sort(
                        Comparator.comparingDouble(Neighbour::distance)
                                .thenComparingLong(Neighbour::id));

                assertThat(index.search(TestVectors.array(vectors, query, DIMENSIONS), 100))
                        .isEqualTo(expected.subList(0, 100));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"L2", "COSINE"})
    void shouldFindMostOfTheTrueNeighbours(Metric metric) {
        try (PqIndex index = filled(metric);
                FlatIndex exact = new FlatIndex(metric.space(DIMENSIONS))) {
            for (int i = 0; i < COUNT; i++) {
                exact.add(i, vectors, i * STRIDE);
            }
            int hits = 0;
            for (int query = 0; query < 50; query++) {
                float[] vector = TestVectors.array(vectors, query, DIMENSIONS);
                Set<Long> truth = new HashSet<>();
                exact.search(vector, 10).forEach(n -> truth.add(n.id()));
                for (Neighbour n : index.search(vector, 10)) {
                    hits += truth.contains(n.id()) ? 1 : 0;
                }
            }

            assertThat(hits).isGreaterThan(250);
        }
    }

    @Test
    void shouldShareACodebook() {
        try (PqIndex index = filled(Metric.L2);
                PqIndex other = new PqIndex(index.codebook())) {
            other.add(1, vectors, 0);

            assertThat(other.isTrained()).isTrue();
            assertThat(other.codebook().hasSameId(index.codebook())).isTrue();
        }
    }

    @Test
    void shouldRefuseEntriesBeforeTraining() {
        try (PqIndex index = new PqIndex(config(Metric.L2));
                Neighbours out = new Neighbours(1)) {
            assertThat(index.isTrained()).isFalse();
            assertThatIllegalStateException().isThrownBy(() -> index.add(1, vectors, 0));
            assertThatIllegalStateException().isThrownBy(() -> index.search(vectors, 0, 1, out));
        }
    }

    @Test
    void shouldRefuseToTrainUnderItsEntries() {
        try (PqIndex index = filled(Metric.L2)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> index.train(vectors, 0, STRIDE, COUNT))
                    .withMessageContaining("len=3000");
        }
    }

    private static PqConfig config(Metric metric) {
        return PqConfig.of(metric, DIMENSIONS, SUBSPACES, 7).withIterations(4);
    }

    private PqIndex filled(Metric metric) {
        PqIndex index = new PqIndex(config(metric));
        index.train(vectors, 0, STRIDE, COUNT);
        for (int i = 0; i < COUNT; i++) {
            index.add(i, vectors, i * STRIDE);
        }
        return index;
    }
}
