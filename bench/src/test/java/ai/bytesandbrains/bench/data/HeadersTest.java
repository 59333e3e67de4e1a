package ai.bytesandbrains.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// Headers that leave the writer some freedom: NumPy and IDX.
class HeadersTest {
    @TempDir Path folder;

    private float[] firstRow(final String name, final byte[] bytes) throws IOException {
        final Path file = Files.write(folder.resolve(name), bytes);
        try (NativeVectors vectors = VectorFiles.vectors(file, 1)) {
            return vectors.row(0);
        }
    }

    private static byte[] npy(final String descr, final String shape, final byte[] values) {
        return SampleFiles.npy(
                "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(descr, shape),
                values);
    }

    @Test
    void shouldReadEveryNumericNumPyType() throws IOException {
        final ByteBuffer little = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        final ByteBuffer big = ByteBuffer.allocate(8).order(ByteOrder.BIG_ENDIAN);

        assertThat(firstRow("a.npy", npy("|u1", "1, 2", new byte[] {1, -1})))
                .containsExactly(1, 255);
        assertThat(firstRow("a.npy", npy("<i2", "1, 1", new byte[] {-2, -1}))).containsExactly(-2);
        assertThat(firstRow("a.npy", npy("<f2", "1, 1", new byte[] {0, 0x3e})))
                .containsExactly(1.5f);
        assertThat(firstRow("a.npy", npy("<f8", "1, 1", little.putDouble(0, 2.5).array())))
                .containsExactly(2.5f);
        assertThat(firstRow("a.npy", npy("<i8", "1, 1", little.putLong(0, -3).array())))
                .containsExactly(-3);
        assertThat(firstRow("a.npy", npy(">f4", "2,", big.putFloat(0, 4.5f).array())))
                .containsExactly(4.5f);
    }

    @Test
    void shouldMakeARowOfAllAxesButTheFirst() throws IOException {
        assertThat(firstRow("a.npy", npy("|u1", "1, 2, 2", new byte[] {1, 2, 3, 4})))
                .containsExactly(1, 2, 3, 4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "'descr': '|O', 'fortran_order': False, 'shape': (1, 8); not that of an array",
                "'descr': '<c8', 'fortran_order': False, 'shape': (1, 1); NumPy type c8",
                "'descr': '|u1', 'fortran_order': True, 'shape': (1, 8); fortran_order is True",
                "'descr': '|u1', 'fortran_order': False, 'shape': (); not that of an array",
                "'descr': '|u1', 'fortran_order': False, 'shape': (1, , 8); is not one",
                "'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999, 8); is"
                        + " not",
                "'descr': '|u1', 'fortran_order': False, 'shape': (-1, 8); not that of an array",
                "'descr': '|u1', 'fortran_order': False, 'shape': (1, 999999999999999999); d=65537",
                "'descr': '|u1', 'fortran_order': False, 'shape': (9, 65536, 65536); d=65537",
                "'descr': '|u1', 'fortran_order': False, 'shape': (1, 9); but 8 follow it",
                "'descr': '|u1', 'shape': (1, 8); not that of an array of numbers"
            })
    void shouldRefuseNumPyHeadersItCannotFollow(final String dictionary, final String message) {
        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(
                        () ->
                                firstRow(
                                        "a.npy",
                                        SampleFiles.npy("{" + dictionary + "}", new byte[8])))
                .withMessageContaining(message);
    }

    @Test
    void shouldRefuseANumPyHeaderThatIsHuge() {
        final byte[] huge = SampleFiles.npy("{" + " ".repeat(20_000) + "}", new byte[8]);

        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> firstRow("a.npy", huge))
                .withMessageContaining("a header of 20003 bytes, allowed is 10000");
    }

    @Test
    void shouldRefuseOtherNumPyVersions() {
        final byte[] newer = npy("|u1", "1, 1", new byte[1]);
        newer[6] = 4;

        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> firstRow("a.npy", newer))
                .withMessageContaining("NumPy format version 4 is unknown");
    }

    @Test
    void shouldReadEveryIdxType() throws IOException {
        final ByteBuffer big = ByteBuffer.allocate(8);

        assertThat(firstRow("a.idx", idx(0x08, 1, new byte[] {-1}))).containsExactly(255);
        assertThat(firstRow("a.idx", idx(0x09, 1, new byte[] {-1}))).containsExactly(-1);
        assertThat(firstRow("a.idx", idx(0x0b, 1, new byte[] {1, 0}))).containsExactly(256);
        assertThat(firstRow("a.idx", idx(0x0c, 2, big.putInt(0, 7).array()))).containsExactly(7, 0);
        assertThat(firstRow("a.idx", idx(0x0d, 2, big.putFloat(0, 1.5f).array())))
                .containsExactly(1.5f, 0);
        assertThat(firstRow("a.idx", idx(0x0e, 1, big.putDouble(0, 2.5).array())))
                .containsExactly(2.5f);
    }

    private static byte[] idx(final int type, final int columns, final byte[] values) {
        return SampleFiles.idx(type, new int[] {1, columns}, values);
    }

    @Test
    void shouldRefuseIdxHeadersThatCannotBe() {
        assertRefusedIdx(idx(0x0a, 1, new byte[1]), "IDX type 0x0a is unknown");
        assertRefusedIdx(idx(0x08, 0, new byte[0]), "axis 1 has length 0");
        assertRefusedIdx(idx(0x08, -1, new byte[0]), "axis 1 has length -1");
        assertRefusedIdx(idx(0x0e, 65_536, new byte[0]), "which is 524288 bytes of rows");
        assertRefusedIdx(
                SampleFiles.idx(0x08, new int[0], new byte[4]), "is no IDX file of 1 to 8");
        assertRefusedIdx(
                SampleFiles.idx(0x08, new int[9], new byte[0]), "is no IDX file of 1 to 8");
        assertRefusedIdx(
                SampleFiles.idx(0x08, new int[] {1, 65_536, 65_536, 65_536}, new byte[0]),
                "header says n=1 d=65537");
        assertRefusedIdx(
                SampleFiles.idx(0x08, new int[] {-1, 1}, new byte[0]), "header says n=-1 d=1");
    }

    private void assertRefusedIdx(final byte[] bytes, final String message) {
        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> firstRow("a.idx", bytes))
                .withMessageContaining(message);
    }
}
