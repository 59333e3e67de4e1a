package ai.bytesandbrains.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class CodeLayoutTest {
    private static final long SEED = 42;

    private final SplittableRandom random = new SplittableRandom(SEED);

    static Stream<Arguments> shapes() {
        return Stream.of(4, 6, 8)
                .flatMap(
                        bits ->
                                IntStream.of(1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 32, 98)
                                        .mapToObj(subspaces -> Arguments.of(bits, subspaces)));
    }

    @ParameterizedTest
    @CsvSource({
        "8, 1, 1, 1", "8, 16, 16, 16", "8, 17, 17, 17", "4, 1, 1, 1", "4, 16, 8, 8",
        "4, 17, 9, 9", "6, 16, 12, 12", "6, 17, 13, 15", "6, 18, 14, 15", "6, 19, 15, 15",
    })
    void shouldTakeThisManyBytesAndLines(int bits, int subspaces, int bytes, int lines) {
        CodeLayout layout = new CodeLayout(bits, subspaces);

        assertThat(layout.codeBytes()).isEqualTo(bytes);
        assertThat(layout.linesPerBlock()).isEqualTo(lines);
        assertThat(layout.blockBytes()).isEqualTo(64L * lines);
    }

    /// The row-wise form, said once more: a little-endian number whose digits are the subspaces.
    @ParameterizedTest
    @MethodSource("shapes")
    void shouldBeALittleEndianStreamOfBits(int bits, int subspaces) {
        CodeLayout layout = new CodeLayout(bits, subspaces);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate(layout.codeBytes());
            BigInteger number = BigInteger.ZERO;
            for (int m = 0; m < subspaces; m++) {
                int value = random.nextInt(1 << bits);
                layout.putRow(code, 0, m, 255);
                layout.putRow(code, 0, m, value);
                number = number.or(BigInteger.valueOf(value).shiftLeft(bits * m));
            }
            BigInteger stored = BigInteger.ZERO;
            for (int i = 0; i < layout.codeBytes(); i++) {
                int next = code.get(ValueLayout.JAVA_BYTE, i) & 0xff;
                stored = stored.or(BigInteger.valueOf(next).shiftLeft(8 * i));
            }
            assertThat(stored).isEqualTo(number);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void shouldGiveBackWhatWasStored(int bits, int subspaces) {
        CodeLayout layout = new CodeLayout(bits, subspaces);
        int count = 150;
        int first = 37;
        int stride = layout.codeBytes() + 3;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment codes = arena.allocate((long) count * stride);
            int[][] values = new int[count][subspaces];
            for (int i = 0; i < count; i++) {
                for (int m = 0; m < subspaces; m++) {
                    values[i][m] = random.nextInt(1 << bits);
                    layout.putRow(codes, (long) i * stride, m, values[i][m]);
                }
            }
            MemorySegment blocks = arena.allocate(3 * layout.blockBytes(), 64);
            layout.storeMany(codes, 0, stride, count, blocks, 0, first);

            MemorySegment back = arena.allocate(layout.codeBytes());
            for (int i = 0; i < count; i++) {
                long block = (first + i) / 64 * layout.blockBytes();
                int slot = (first + i) % 64;
                layout.load(blocks, block, slot, back, 0);
                for (int m = 0; m < subspaces; m++) {
                    assertThat(layout.get(blocks, block, slot, m)).isEqualTo(values[i][m]);
                    assertThat(layout.getRow(back, 0, m)).isEqualTo(values[i][m]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void shouldPutOneValueAndLeaveTheOthers(int bits, int subspaces) {
        CodeLayout layout = new CodeLayout(bits, subspaces);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(layout.blockBytes(), 64);
            int[][] values = new int[64][subspaces];
            for (int step = 0; step < 5_000; step++) {
                int slot = random.nextInt(64);
                int m = random.nextInt(subspaces);
                values[slot][m] = random.nextInt(1 << bits);
                layout.put(block, 0, slot, m, values[slot][m]);
            }
            for (int slot = 0; slot < 64; slot++) {
                for (int m = 0; m < subspaces; m++) {
                    assertThat(layout.get(block, 0, slot, m)).isEqualTo(values[slot][m]);
                }
            }
        }
    }

    /// The places that the scan kernels read, spelled out.
    @Test
    void shouldSpreadTheFourthOfSixBitsOverThreeLines() {
        CodeLayout layout = new CodeLayout(6, 5);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(layout.blockBytes(), 64);
            int[] values = {0b000001, 0b000010, 0b000100, 0b111001, 0b101010};
            for (int m = 0; m < values.length; m++) {
                layout.put(block, 0, 9, m, values[m]);
            }
            assertThat(block.get(ValueLayout.JAVA_BYTE, 9)).isEqualTo((byte) 0b01_000001);
            assertThat(block.get(ValueLayout.JAVA_BYTE, 64 + 9)).isEqualTo((byte) 0b10_000010);
            assertThat(block.get(ValueLayout.JAVA_BYTE, 128 + 9)).isEqualTo((byte) 0b11_000100);
            assertThat(block.get(ValueLayout.JAVA_BYTE, 192 + 9)).isEqualTo((byte) 0b101010);
        }
    }

    @Test
    void shouldRefuseOtherShapes() {
        assertThatThrownBy(() -> new CodeLayout(5, 8)).hasMessageContaining("bits=5");
        assertThatThrownBy(() -> new CodeLayout(8, 0)).hasMessageContaining("subspaces=0");
    }
}
