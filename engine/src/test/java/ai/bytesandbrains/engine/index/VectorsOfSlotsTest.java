package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Metric;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

/// Vectors that are read back from the slots of an index.
class VectorsOfSlotsTest {
    private static final Offset<Float> NEARLY = Offset.offset(0.02f);

    private final float[] into = new float[3];
    private final MemorySegment vector = MemorySegment.ofArray(into);

    @Test
    void shouldGiveBackWhatIsThere() {
        try (FlatIndex index = new FlatIndex(Metric.L2.space(3))) {
            assertThat(index.slotLimit()).isZero();
            index.add(7, new float[] {1, 2, 3});
            index.add(8, new float[] {4, 5, 6});
            index.remove(7);

            int slot = index.slotOf(8);
            assertThat(index.slotLimit()).isGreaterThan(slot);
            assertThat(index.vectorAt(slot, vector, 0)).isTrue();
            assertThat(into).containsExactly(4, 5, 6);
            assertThat(index.vectorAt(1 - slot, vector, 0)).isFalse();
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> index.vectorAt(index.slotLimit(), vector, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> index.vectorAt(slot, vector, 4));
        }
    }

    @Test
    void shouldGiveBackRoundedRows() {
        try (CodedIndex index =
                new CodedIndex(new Int8Space(Metric.L2, 3), new Int8Space(Metric.L2, 3))) {
            index.add(7, new float[] {0.5f, -1, 0.25f});

            assertThat(index.vectorAt(index.slotOf(7), vector, 0)).isTrue();
            assertThat(into[0]).isCloseTo(0.5f, NEARLY);
            assertThat(into[1]).isCloseTo(-1f, NEARLY);
            assertThat(into[2]).isCloseTo(0.25f, NEARLY);
        }
    }
}
