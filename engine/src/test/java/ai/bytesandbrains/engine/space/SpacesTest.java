package ai.bytesandbrains.engine.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.memory.RowStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

class SpacesTest {
    private static final float NAN = Float.NaN;
    private static final float INF = Float.POSITIVE_INFINITY;

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"HAMMING", "OTHER"})
    void shouldGiveTheSameDistancePreparedAndNot(Metric metric) {
        int dimensions = 37;
        int count = 9;
        EmbeddingSpace space = metric.space(dimensions);
        try (Arena arena = Arena.ofConfined();
                RowStore rows = RowStore.ofFloats(dimensions)) {
            MemorySegment vectors =
                    TestVectors.gaussian(arena, new SplittableRandom(3), count, dimensions);
            MemorySegment prepared = arena.allocate(space.preparedBytes(), 64);
            space.prepare(vectors, 0, prepared, 0);
            for (int i = 0; i < count; i++) {
                int slot = rows.allocate();
                space.storeRow(
                        vectors, 4L * i * dimensions, rows.segmentOf(slot), rows.offsetOf(slot));
            }
            float[] distances = new float[count];
            space.distancesPrepared(prepared, 0, rows, 0, count, distances);

            for (int i = 0; i < count; i++) {
                float expected = space.distance(vectors, 0, vectors, 4L * i * dimensions);
                assertThat(distances[i])
                        .isCloseTo(expected, within(1e-5f * (1 + Math.abs(expected))));
                assertThat(space.distancePrepared(prepared, 0, rows.segmentOf(i), rows.offsetOf(i)))
                        .isCloseTo(expected, within(1e-5f * (1 + Math.abs(expected))));
            }
        }
    }

    @Test
    void shouldMeasureTheCosineOfHugeAndTinyVectors() {
        CosineSpace space = new CosineSpace(2);

        assertThat(space.distance(new float[] {1e30f, 0}, new float[] {1e-30f, 1e-30f}))
                .isCloseTo((float) (1 - Math.sqrt(0.5)), within(1e-6f));
    }

    @Test
    void shouldRefuseVectorsWithoutADirection() {
        CosineSpace space = new CosineSpace(2);
        float[] unit = {1, 0};

        assertThatIllegalArgumentException()
                .isThrownBy(() -> space.distance(unit, new float[2]))
                .withMessageContaining("b: norm=0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> space.distance(new float[] {0, NAN}, unit))
                .withMessageContaining("a[1]=NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> space.distance(unit, new float[] {-INF, 0}))
                .withMessageContaining("b[0]=-Infinity");
    }

    @Test
    void shouldRefuseWrongDimensions() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new L2Space(3).distance(new float[3], new float[2]))
                .withMessageContaining("b.length=2")
                .withMessageContaining("dimensions=3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CosineSpace(0))
                .withMessageContaining("dimensions=0");
    }

    @Test
    void shouldNegateTheInnerProduct() {
        InnerProductSpace space = new InnerProductSpace(2);

        assertThat(space.distance(new float[] {1, 2}, new float[] {3, 4})).isEqualTo(-11);
        assertThat(space.distance(new float[] {1, 2}, new float[] {-3, 0})).isEqualTo(3);
        assertThat(space.distance(new float[] {-1, 0}, new float[] {0, -1})).isEqualTo(0f);
        assertThat(space.distance(new float[2], new float[] {3, 4})).isEqualTo(0f);
    }

    @Test
    void shouldNeverMakeNaNOfFiniteVectors() {
        float huge = Float.MAX_VALUE;
        InnerProductSpace space = new InnerProductSpace(3);
        float[] ones = {huge, huge, huge};

        assertThat(space.distance(ones, new float[] {2, -2, 0.5f})).isEqualTo(-huge / 2);
        assertThat(space.distance(ones, ones)).isEqualTo(-INF);
        assertThat(space.distance(ones, new float[] {-huge, 0, 0})).isEqualTo(INF);
        assertThat(new L2Space(3).distance(ones, new float[] {-huge, 0, 0})).isEqualTo(INF);
    }

    @Test
    void shouldKnowWhichValuesADistanceCanHave() {
        assertThat(Metric.L2.admits(-1)).isFalse();
        assertThat(Metric.INNER_PRODUCT.admits(-1)).isTrue();
        for (Metric metric : Metric.values()) {
            assertThat(metric.admits(NAN)).isFalse();
            assertThat(metric.admits(INF)).isTrue();
            assertThat(metric.admits(0)).isTrue();
        }
    }

    @Test
    void shouldOrderDistancesTotally() {
        float otherNan = Float.intBitsToFloat(0xffc00001);
        float[] ordered = {Float.NEGATIVE_INFINITY, -1, -0f, 0f, Float.MIN_VALUE, 1, INF, NAN};
        for (int i = 0; i < ordered.length; i++) {
            for (int j = 0; j < ordered.length; j++) {
                assertThat(Distances.compare(ordered[i], ordered[j]))
                        .isEqualTo(Integer.compare(i, j));
            }
            float back = Distances.fromSortableBits(Distances.sortableBits(ordered[i]));
            assertThat(Float.floatToRawIntBits(back))
                    .isEqualTo(Float.floatToRawIntBits(ordered[i]));
        }
        assertThat(Distances.compare(otherNan, NAN)).isZero();
        assertThat(Distances.compare(INF, otherNan)).isNegative();
    }
}
