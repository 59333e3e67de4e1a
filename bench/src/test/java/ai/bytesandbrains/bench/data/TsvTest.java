package ai.bytesandbrains.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

class TsvTest {
    private static final String GOOD = "row\ttext\n0\tone\n1\ttwo \"and\" three\n";

    private static List<String[]> read(final String name, final byte[] bytes) throws IOException {
        return Tsv.read(name, new ByteArrayInputStream(bytes), 2, "row", "text");
    }

    private static byte[] gzip(final String text) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void shouldReadPlainAndGzippedTables() throws IOException {
        for (final List<String[]> table :
                List.of(
                        read("x.tsv", GOOD.getBytes(StandardCharsets.UTF_8)),
                        read("x.tsv.gz", gzip(GOOD)))) {
            assertThat(table).hasSize(2);
            assertThat(table.get(1)).containsExactly("1", "two \"and\" three");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | the first line is not the header \"row text\"",
                "row;0 | the first line is not the header",
                "row,text;0,one | 1 rows, expected are 2",
                "row,text;0,one;1,two;2,three | more than the expected 2 rows",
                "row,text;0,one;1 | row 1 has 1 columns, expected are 2",
                "row,text;0,one;1,two,three | row 1 has 3 columns, expected are 2",
                "row,text;0,one;7,two | row 1 is numbered \"7\""
            })
    void shouldRefuseATableOfAnotherShape(final String table, final String message) {
        final byte[] bytes =
                table.replace(';', '\n').replace(',', '\t').getBytes(StandardCharsets.UTF_8);

        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> read("x.tsv", bytes))
                .withMessageStartingWith("x.tsv: ")
                .withMessageContaining(message);
    }

    @Test
    void shouldRefuseDamagedGzipAndText() throws IOException {
        final byte[] good = gzip(GOOD);
        for (final byte[] bad :
                List.of(
                        new byte[0],
                        GOOD.getBytes(StandardCharsets.UTF_8),
                        Arrays.copyOf(good, good.length / 2))) {
            assertThatExceptionOfType(MalformedFileException.class)
                    .isThrownBy(() -> read("x.tsv.gz", bad))
                    .withMessage("x.tsv.gz: damaged or truncated gzip");
        }
        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> read("x.tsv", new byte[] {'r', (byte) 0xff, '\n'}))
                .withMessage("x.tsv: not UTF-8");
    }

    @Test
    void shouldRefuseNumbersOutOfRange() throws MalformedFileException {
        assertThat(Tsv.index("x.tsv", 3, "15", 16)).isEqualTo(15);
        for (final String cell : new String[] {"16", "-1", "", "4294967296", "x"}) {
            assertThatExceptionOfType(MalformedFileException.class)
                    .isThrownBy(() -> Tsv.index("x.tsv", 3, cell, 16))
                    .withMessageStartingWith("x.tsv: row 3: ");
        }
    }
}
