package ai.bytesandbrains.engine.gossippq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

class ItemLayoutTest {
    private static final int DIMENSIONS = 6;

    private final MemorySegment wire = MemorySegment.ofArray(new long[4]);
    private final MemorySegment item = MemorySegment.ofArray(new long[4]);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldKeepVectorsToHalfAStepOfTheScale(long seed) {
        Random random = new Random(seed);
        MemorySegment part = MemorySegment.ofArray(new float[DIMENSIONS]);
        float largest = 0;
        for (int d = 0; d < DIMENSIONS; d++) {
            float x = (float) random.nextGaussian() * 40;
            part.setAtIndex(ValueLayout.JAVA_FLOAT, d, x);
            largest = Math.max(largest, Math.abs(x));
        }

        assertThat(ItemLayout.write(3, 4, 1, part, 0, DIMENSIONS, item, 0)).isTrue();

        float scale = ItemLayout.scale(item, 0);
        for (int d = 0; d < DIMENSIONS; d++) {
            // The scale itself is rounded, which may cut the largest component.
            assertThat(ItemLayout.component(item, 0, scale, d))
                    .as("seed=%d", seed)
                    .isCloseTo(
                            part.getAtIndex(ValueLayout.JAVA_FLOAT, d),
                            within(largest / 127 * 0.6f));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldComeBackFromTheWire(boolean weighted) {
        MemorySegment part = MemorySegment.ofArray(new float[] {1, -2, 3, 0, 5, -6});
        ItemLayout.write(7, -8, weighted ? 900 : 1, part, 0, DIMENSIONS, item, 0);
        MemorySegment back = MemorySegment.ofArray(new long[4]);

        ItemLayout.toWire(item, 0, DIMENSIONS, weighted, wire, 0);

        assertThat(ItemLayout.fromWire(wire, 0, DIMENSIONS, weighted, back, 0)).isTrue();
        assertThat(back.mismatch(item)).isEqualTo(-1);
    }

    @Test
    void shouldRefuseWhatIsNoItem() {
        assertThat(refused(ItemLayout.ORIGIN, 0, Integer.BYTES)).as("origin 0").isTrue();
        assertThat(refused(ItemLayout.WEIGHT, 0, Short.BYTES)).as("weight 0").isTrue();
        short infinite = Float.floatToFloat16(Float.POSITIVE_INFINITY);
        short negative = Float.floatToFloat16(-1);
        assertThat(refused(ItemLayout.SCALE, infinite, Short.BYTES)).as("infinite").isTrue();
        assertThat(refused(ItemLayout.SCALE, infinite + 1, Short.BYTES)).as("NaN").isTrue();
        assertThat(refused(ItemLayout.SCALE, negative, Short.BYTES)).as("negative").isTrue();
        assertThat(refused(ItemLayout.COMPONENTS + 2, -128, 1)).as("-128").isTrue();
        assertThat(refused(ItemLayout.COMPONENTS + 2, -127, 1)).as("-127").isFalse();
    }

    @Test
    void shouldNotTakeWhatCannotBeQuantized() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1e30f}) {
            MemorySegment part = MemorySegment.ofArray(new float[] {1, bad, 3, 0, 5, -6});

            assertThat(ItemLayout.write(7, 8, 1, part, 0, DIMENSIONS, item, 0))
                    .as("component %s", bad)
                    .isFalse();
        }
    }

    @Test
    void shouldGiveHeavyItemsSmallKeysInTheRightMeasure() {
        int samples = 20_000;
        long threshold = Long.MAX_VALUE / 20;
        for (int weight : new int[] {1, 2, 10, 60}) {
            int below = 0;
            for (int index = 0; index < samples; index++) {
                item.set(ItemLayout.INT, ItemLayout.ORIGIN, 1);
                item.set(ItemLayout.INT, ItemLayout.INDEX, index);
                item.set(ItemLayout.SHORT, ItemLayout.WEIGHT, (short) weight);
                below += ItemLayout.key(5, item, 0) < threshold ? 1 : 0;
            }
            double expected = ItemLayout.inclusion(weight, threshold);
            assertThat((double) below / samples)
                    .as("weight=%d", weight)
                    .isCloseTo(expected, within(0.015));
        }
    }

    @Test
    void shouldHideIndexesWithoutLosingAny() {
        Set<Integer> seen = new HashSet<>();
        for (int index = 0; index < 100_000; index++) {
            seen.add(Hash.shuffle(42, index));
        }

        assertThat(seen).hasSize(100_000);
        assertThat(Hash.shuffle(42, 5)).isNotEqualTo(Hash.shuffle(43, 5));
    }

    private boolean refused(int offset, int value, int bytes) {
        MemorySegment part = MemorySegment.ofArray(new float[] {1, -2, 3, 0, 5, -6});
        ItemLayout.write(7, 8, 2, part, 0, DIMENSIONS, item, 0);
        ItemLayout.toWire(item, 0, DIMENSIONS, true, wire, 0);
        for (int i = 0; i < bytes; i++) {
            wire.set(ValueLayout.JAVA_BYTE, offset + i, (byte) (value >>> (8 * i)));
        }
        return !ItemLayout.fromWire(wire, 0, DIMENSIONS, true, item, 0);
    }
}
