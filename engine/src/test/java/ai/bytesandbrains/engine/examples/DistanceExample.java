package ai.bytesandbrains.engine.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Neighbour;
import ai.bytesandbrains.engine.space.CosineSpace;
import ai.bytesandbrains.engine.space.L2Space;

import org.junit.jupiter.api.Test;

/// The smallest things that one can do with the vector side of the engine.
class DistanceExample {
    private final float[] a = {1, 2, 3};
    private final float[] b = {4, 5, 6};

    @Test
    void shouldMeasureSquaredEuclideanDistance() {
        assertThat(new L2Space(3).distance(a, b)).isEqualTo(27.0f);
    }

    @Test
    void shouldMeasureCosineDistance() {
        assertThat(new CosineSpace(3).distance(a, b)).isCloseTo(0.02537f, within(0.000005f));
    }

    @Test
    void shouldFindTheNearestVector() {
        try (FlatIndex index = new FlatIndex(new L2Space(3))) {
            index.add(1, a);
            index.add(2, b);

            assertThat(index.search(new float[] {1, 2, 4}, 1))
                    .containsExactly(new Neighbour(1, 1.0f));
        }
    }
}
