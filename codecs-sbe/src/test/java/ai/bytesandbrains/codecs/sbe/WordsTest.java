package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

class WordsTest {

    private static final int BYTES = 100;

    /// Where a buffer's bytes may be.
    enum Memory {
        ARRAY,
        PART_OF_AN_ARRAY,
        HEAP_BYTE_BUFFER,
        DIRECT,
        PART_OF_DIRECT;

        UnsafeBuffer buffer() {
            return switch (this) {
                case ARRAY -> new UnsafeBuffer(new byte[BYTES]);
                case PART_OF_AN_ARRAY -> new UnsafeBuffer(new byte[BYTES + 30], 7, BYTES);
                case HEAP_BYTE_BUFFER ->
                        new UnsafeBuffer(ByteBuffer.wrap(new byte[BYTES + 30], 9, BYTES).slice());
                case DIRECT -> new UnsafeBuffer(ByteBuffer.allocateDirect(BYTES));
                case PART_OF_DIRECT ->
                        new UnsafeBuffer(ByteBuffer.allocateDirect(BYTES + 30), 11, BYTES);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadWhatTheBufferReads(Memory memory) {
        Random random = new Random(1);
        UnsafeBuffer buffer = memory.buffer();
        for (int i = 0; i < BYTES; i++) {
            buffer.putByte(i, (byte) random.nextInt());
        }
        Words words = new Words().wrap(buffer, 3, BYTES - 5);

        for (int i = 0; i + Long.BYTES <= BYTES - 5; i++) {
            assertThat(words.getLong(words.at(i, Long.BYTES)))
                    .isEqualTo(buffer.getLong(3 + i, ByteOrder.LITTLE_ENDIAN));
            assertThat(words.getInt(words.at(i, Integer.BYTES)))
                    .isEqualTo(buffer.getInt(3 + i, ByteOrder.LITTLE_ENDIAN));
            assertThat(words.getByte(words.at(i, 1))).isEqualTo(buffer.getByte(3 + i) & 0xff);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldWriteWhereTheBufferReadsAndNowhereElse(Memory memory) {
        UnsafeBuffer buffer = memory.buffer();
        Words words = new Words().wrap(buffer, 20, 13);

        words.putLong(words.at(0, Long.BYTES), 0x0102030405060708L);
        words.putInt(words.at(8, Integer.BYTES), 0x090a0b0c);
        words.putByte(words.at(12, 1), 0xfd);

        assertThat(buffer.getLong(20, ByteOrder.LITTLE_ENDIAN)).isEqualTo(0x0102030405060708L);
        assertThat(buffer.getInt(28, ByteOrder.LITTLE_ENDIAN)).isEqualTo(0x090a0b0c);
        assertThat(buffer.getByte(32)).isEqualTo((byte) 0xfd);
        for (int i = 0; i < BYTES; i++) {
            assertThat(buffer.getByte(i) == 0).as("byte %d", i).isEqualTo(i < 20 || i > 32);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldFollowFromOneBufferToAnother(Memory memory) {
        Words words = new Words();
        for (Memory before : Memory.values()) {
            words.wrap(before.buffer(), 0, BYTES);
            UnsafeBuffer buffer = memory.buffer();
            buffer.putLong(1, 77, ByteOrder.LITTLE_ENDIAN);

            words.wrap(buffer, 1, Long.BYTES);

            assertThat(words.getLong(words.at(0, Long.BYTES))).isEqualTo(77);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWhatIsNotInside(Memory memory) {
        UnsafeBuffer buffer = memory.buffer();
        Words words = new Words().wrap(buffer, 10, 50);

        for (int[] range :
                new int[][] {{-1, 8}, {43, 8}, {50, 1}, {0, 51}, {1 << 31, 8}, {0, -1}}) {
            assertThatThrownBy(() -> words.at(range[0], range[1]))
                    .as("%d bytes at %d", range[1], range[0])
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        for (int[] part : new int[][] {{-1, 8}, {93, 8}, {0, BYTES + 1}, {0, -1}}) {
            assertThatThrownBy(() -> new Words().wrap(buffer, part[0], part[1]))
                    .as("%d bytes at %d", part[1], part[0])
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThat(words.at(42, 8)).isEqualTo(words.at(0, 50) + 42);
    }
}
