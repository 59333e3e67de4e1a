package ai.bytesandbrains.engine.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;

class HammingSpaceTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 8", "8, 1, 8", "9, 2, 8", "64, 8, 8", "65, 9, 16", "8192, 1024, 1024"})
    void shouldCountDimensionsInBits(int bits, int vectorBytes, int rowBytes) {
        HammingSpace space = new HammingSpace(bits);

        assertThat(space.dimensions()).isEqualTo(bits);
        assertThat(space.vectorBytes()).isEqualTo(vectorBytes);
        assertThat(space.rowBytes()).isEqualTo(rowBytes);
    }

    @Test
    void shouldCountTheBitsThatDiffer() {
        HammingSpace space = new HammingSpace(12);

        assertThat(space.distance(new byte[] {-1, 0x0f}, new byte[] {0, 0})).isEqualTo(12);
        assertThat(space.distance(new byte[] {1, 2}, new byte[] {3, 2})).isEqualTo(1);
        assertThat(space.distance(new byte[2], new byte[2])).isZero();
    }

    @Test
    void shouldRefuseBitsBeyondTheDimensions() {
        HammingSpace space = new HammingSpace(12);
        MemorySegment wrong = MemorySegment.ofArray(new byte[] {0, 0x1f});
        MemorySegment into = MemorySegment.ofArray(new byte[8]);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> space.storeRow(wrong, 0, into, 0))
                .withMessage("vector[1]=0x1f has bits beyond dimensions=12");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> space.prepare(wrong, 0, into, 0))
                .withMessageContaining("query[1]=0x1f");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> space.distance(into, 0, wrong, 0))
                .withMessageContaining("b[1]=0x1f");
    }

    @Test
    void shouldRefuseArraysOfTheWrongKindOrLength() {
        HammingSpace space = new HammingSpace(12);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> space.distance(new byte[2], new byte[3]))
                .withMessageContaining("b.length=3 must be 2 for dimensions=12");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> space.distance(new float[12], new float[12]))
                .withMessageContaining("not floats");
    }
}
