package ai.bytesandbrains.engine.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

class Int8SpaceTest {
    private final Arena arena = Arena.ofAuto();

    @Test
    void shouldStoreAQuarterOfTheBytes() {
        assertThat(new Int8Space(Metric.L2, 768).rowBytes()).isEqualTo(768 + 4);
        assertThat(new Int8Space(Metric.L2, 100).rowBytes()).isEqualTo(112 + 4);
        assertThat(new Int8Space(Metric.L2, 100).vectorBytes()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(floats = {1, 1e30f, Float.MAX_VALUE, 1e-30f, 0x1p-140f, Float.MIN_VALUE})
    void shouldBeWithinHalfAStepOfTheVector(float magnitude) {
        int dimensions = 50;
        Int8Space space = new Int8Space(Metric.INNER_PRODUCT, dimensions);
        SplittableRandom random = new SplittableRandom(3);
        float[] vector = new float[dimensions];
        float largest = 0;
        for (int d = 0; d < dimensions; d++) {
            vector[d] = (float) (magnitude * (2 * random.nextDouble() - 1));
            largest = Math.max(largest, Math.abs(vector[d]));
        }
        float[] loaded = storedAndLoaded(space, vector);

        // Rounded up to a float, which is at most the least float more.
        double half = (1.0001 * largest / 127 + Float.MIN_VALUE) / 2;
        for (int d = 0; d < dimensions; d++) {
            assertThat((double) loaded[d])
                    .isCloseTo(vector[d], within(half + 1e-7 * Math.abs(vector[d])));
        }
    }

    @Test
    void shouldStoreTheDirectionForTheCosine() {
        Int8Space space = new Int8Space(Metric.COSINE, 3);
        for (float length : new float[] {1, 1e30f, 1e-30f, 127 * Float.MIN_VALUE}) {
            float[] loaded = storedAndLoaded(space, new float[] {0, -length, length});

            assertThat(loaded[0]).isZero();
            assertThat(loaded[1]).isCloseTo((float) -Math.sqrt(0.5), within(1e-6f));
            assertThat(loaded[2]).isCloseTo((float) Math.sqrt(0.5), within(1e-6f));
        }
    }

    @Test
    void shouldKeepTheZeroVector() {
        assertThat(storedAndLoaded(new Int8Space(Metric.L2, 3), new float[3]))
                .containsExactly(0, 0, 0);
    }

    @Test
    void shouldRefuseBits() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Int8Space(Metric.HAMMING, 8))
                .withMessageContaining("metric=HAMMING");
    }

    private float[] storedAndLoaded(Int8Space space, float[] vector) {
        MemorySegment row = arena.allocate(space.rowBytes());
        MemorySegment loaded = arena.allocate(space.vectorBytes());
        space.storeRow(MemorySegment.ofArray(vector), 0, row, 0);
        space.loadRow(row, 0, loaded, 0);
        return loaded.toArray(ValueLayout.JAVA_FLOAT);
    }
}
