package ai.bytesandbrains.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

class PackedCodeTest {
    @ParameterizedTest
    @CsvSource({"8,1,1", "8,7,7", "4,1,1", "4,2,1", "4,7,4", "6,1,1", "6,3,3", "6,4,3", "6,5,4"})
    void shouldTakeAsFewBytesAsTheBitsNeed(int bits, int subspaces, int bytes) {
        assertThat(new PackedCode(bits, subspaces).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6, 8})
    void shouldGiveBackWhatWasSetInAnyOrder(int bits) {
        SplittableRandom random = new SplittableRandom(bits);
        int subspaces = 13;
        PackedCode packed = new PackedCode(bits, subspaces);
        byte[] bytes = new byte[packed.bytes() + 5];
        random.nextBytes(bytes);
        MemorySegment code = MemorySegment.ofArray(bytes.clone());
        int[] expected = new int[subspaces];
        for (int i = 0; i < 200; i++) {
            int m = i < subspaces ? i : random.nextInt(subspaces);
            expected[m] = random.nextInt(1 << bits);
            packed.set(code, 2, m, expected[m]);
        }

        for (int m = 0; m < subspaces; m++) {
            assertThat(packed.get(code, 2, m)).as("m=" + m).isEqualTo(expected[m]);
        }
        int end = bytes.length - 3;
        assertThat(code.get(ValueLayout.JAVA_BYTE, 1)).isEqualTo(bytes[1]);
        assertThat(code.get(ValueLayout.JAVA_BYTE, end)).isEqualTo(bytes[end]);
    }

    @Test
    void shouldPutTheFirstOfFourSixBitNumbersLowest() {
        MemorySegment code = MemorySegment.ofArray(new byte[3]);
        PackedCode packed = new PackedCode(6, 4);
        int[] values = {0b000001, 0b000010, 0b000011, 0b100100};
        for (int m = 0; m < 4; m++) {
            packed.set(code, 0, m, values[m]);
        }

        assertThat(code.toArray(ValueLayout.JAVA_BYTE))
                .containsExactly((byte) 0b10_000001, (byte) 0b0011_0000, (byte) 0b100100_00);
    }

    @Test
    void shouldPutTheEvenOfTwoFourBitNumbersLow() {
        MemorySegment code = MemorySegment.ofArray(new byte[1]);
        PackedCode packed = new PackedCode(4, 2);
        packed.set(code, 0, 0, 0xa);
        packed.set(code, 0, 1, 0x5);

        assertThat(code.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 0x5a);
    }
}
