package ai.bytesandbrains.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

class IVecsTest {
    @TempDir Path folder;

    private static byte[] file(final int... words) {
        final ByteBuffer buffer =
                ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (final int word : words) {
            buffer.putInt(word);
        }
        return buffer.array();
    }

    @Test
    void shouldReadRowsOfEqualLength() throws IOException {
        final Path path = folder.resolve("good.ivecs");
        Files.write(path, file(2, 10, 20, 2, 30, -40));

        assertThat(IVecs.read(path)).isDeepEqualTo(new int[][] {{10, 20}, {30, -40}});
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 5 | row 0 says d=0",
                "-1 5 | row 0 says d=-1",
                "2147483647 5 | row 0 says d=2147483647",
                "2 10 20 2 30 | 20 bytes are not a whole number of rows of d=2 (12 bytes each)",
                "2 10 20 7 | 16 bytes are not a whole number of rows",
                "2 10 20 1 30 40 | row 1 says d=1, row 0 says d=2"
            })
    void shouldRefuseHeadersThatDisagree(final String words, final String message) {
        final int[] parsed = Arrays.stream(words.split(" ")).mapToInt(Integer::parseInt).toArray();

        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> IVecs.parse("x.ivecs", MemorySegment.ofArray(file(parsed))))
                .withMessageStartingWith("x.ivecs: ")
                .withMessageContaining(message);
    }

    @Test
    void shouldRefuseBytesThatDoNotEndWithARow() {
        for (final int bytes : new int[] {0, 1, 3, 7, 9}) {
            final byte[] cut = Arrays.copyOf(file(1, 10, 1, 20), bytes);
            assertThatExceptionOfType(MalformedFileException.class)
                    .isThrownBy(() -> IVecs.parse("x.ivecs", MemorySegment.ofArray(cut)))
                    .withMessageContaining(bytes + " bytes");
        }
    }
}
