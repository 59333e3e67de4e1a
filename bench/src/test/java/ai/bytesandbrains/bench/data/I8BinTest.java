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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

class I8BinTest {
    @TempDir Path folder;

    private static byte[] file(final int n, final int d, final int... values) {
        final ByteBuffer buffer =
                ByteBuffer.allocate(8 + values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(n).putInt(d);
        for (final int value : values) {
            buffer.put((byte) value);
        }
        return buffer.array();
    }

    private static Vectors parse(final byte[] bytes) throws MalformedFileException {
        return I8Bin.normalised("x.i8bin", MemorySegment.ofArray(bytes));
    }

    @Test
    void shouldScaleEachRowToUnitLength() throws IOException {
        final Path path = folder.resolve("good.i8bin");
        Files.write(path, file(2, 2, 3, -4, -128, 0));

        final Vectors vectors = I8Bin.readNormalised(path);

        assertThat(vectors.rows()).isEqualTo(2);
        assertThat(vectors.dimensions()).isEqualTo(2);
        assertThat(vectors.row(0)).containsExactly(0.6f, -0.8f);
        assertThat(vectors.row(1)).containsExactly(-1f, 0f);
        assertThat(vectors.segment().byteSize()).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | 3 | 5 | header says n=2 d=3, which is 6 bytes of rows, but 5 follow it",
                "2 | 3 | 7 | header says n=2 d=3, which is 6 bytes of rows, but 7 follow it",
                "0 | 3 | 1 | header says n=0 d=3, which is 0 bytes of rows, but 1 follow it",
                "1 | 0 | 0 | header says n=1 d=0, allowed",
                "1 | -1 | 1 | header says n=1 d=4294967295, allowed",
                "-1 | 1 | 1 | header says n=4294967295 d=1, allowed",
                "2147483647 | 65536 | 8 | which is 140737488289792 bytes of rows, but 8 follow it",
                "65536 | 65536 | 0 | which is 4294967296 bytes of rows, but 0 follow it"
            })
    void shouldRefuseAHeaderThatDisagreesWithTheLength(
            final int n, final int d, final int bytes, final String message) {
        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> parse(file(n, d, new int[bytes])))
                .withMessageStartingWith("x.i8bin: ")
                .withMessageContaining(message);
    }

    @Test
    void shouldRefuseAFileShorterThanItsHeader() {
        for (int bytes = 0; bytes < 8; bytes++) {
            final byte[] cut = new byte[bytes];
            assertThatExceptionOfType(MalformedFileException.class)
                    .isThrownBy(() -> parse(cut))
                    .withMessage(
                            "x.i8bin: %d bytes, but the header alone has 8".formatted(cut.length));
        }
    }

    @Test
    void shouldRefuseARowWithoutDirection() {
        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> parse(file(2, 2, 1, 1, 0, 0)))
                .withMessageContaining("row 1 is all zero");
    }

    @Test
    void shouldNameAFileThatIsMissingOrNoFile() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> I8Bin.readNormalised(folder.resolve("missing")))
                .withMessageContaining("missing");
        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> I8Bin.readNormalised(folder))
                .withMessageContaining("not a regular file");
    }
}
