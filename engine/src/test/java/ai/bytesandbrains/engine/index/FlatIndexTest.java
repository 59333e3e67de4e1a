package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

class FlatIndexTest {
    private static final int DIMENSIONS = 9;

    /// Components are small whole numbers: all but the cosine is exact then, and full of ties.
    @ParameterizedTest
    @CsvSource({"L2, 1", "L2, 2", "COSINE, 3", "COSINE, 4", "INNER_PRODUCT, 5"})
    void shouldAgreeWithANaiveModelUnderRandomOperations(Metric metric, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Long, float[]> model = new HashMap<>();
        EmbeddingSpace space = metric.space(DIMENSIONS);
        try (FlatIndex index = new FlatIndex(space)) {
            for (int step = 0; step < 6_000; step++) {
                long id = random.nextInt(1_500) - 700L;
                float[] vector = vector(random);
                int growing = step < 3_000 ? 70 : 30;
                if (random.nextInt(100) >= growing) {
                    assertThat(index.remove(id)).isEqualTo(model.remove(id) != null);
                } else if (model.containsKey(id) || random.nextBoolean()) {
                    index.upsert(id, vector);
                    model.put(id, vector);
                } else {
                    index.add(id, vector);
                    model.put(id, vector);
                }
                assertThat(index.len()).isEqualTo(model.size());
                if (step % 100 == 0) {
                    check(space, model, vector(random), index, 1 + random.nextInt(40));
                }
            }
        }
    }

    private static void check(
            EmbeddingSpace space, Map<Long, float[]> model, float[] query, FlatIndex index, int k) {
        List<Neighbour> expected =
                model.entrySet().stream()
                        .map(e -> new Neighbour(e.getKey(), space.distance(query, e.getValue())))
                        .sorted(
                                Comparator.comparingDouble(Neighbour::distance)
                                        .thenComparingLong(Neighbour::id))
                        .limit(k)
                        .toList();
        List<Neighbour> found = index.search(query, k);
        if (space.metric() != Metric.COSINE) {
            assertThat(found).isEqualTo(expected);
            return;
        }
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            // Near-ties may swap by rounding, so distances are compared, by rank and by id.
            float distance = found.get(i).distance();
            assertThat(distance).isCloseTo(expected.get(i).distance(), within(1e-6f));
            assertThat(space.distance(query, model.get(found.get(i).id())))
                    .isCloseTo(distance, within(1e-6f));
        }
    }

    private static float[] vector(SplittableRandom random) {
        float[] vector = new float[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
            vector[d] = random.nextInt(5) - 2;
        }
        vector[0] += 10;
        return vector;
    }
}
