package ai.bytesandbrains.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

class VectorFilesTest {
    private static final String NPY_2X3 =
            "{'descr': '|i1', 'fortran_order': False, 'shape': (2, 3), }";

    @TempDir Path folder;

    private Path write(final String name, final byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private float[][] read(final String name, final byte[] bytes) throws IOException {
        try (NativeVectors vectors = VectorFiles.vectors(write(name, bytes), Integer.MAX_VALUE)) {
            final float[][] rows = new float[vectors.rows()][];
            for (int row = 0; row < rows.length; row++) {
                rows[row] = vectors.row(row);
            }
            return rows;
        }
    }

    private void assertRefused(final String name, final byte[] bytes, final String message) {
        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> read(name, bytes))
                .withMessageStartingWith(folder.resolve(name) + ": ")
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    /// The rows (1, -2, 3) and (4, 5, 6) in every format; 254 instead of -2 where bytes have no
    /// sign.
    private static Map<String, byte[]> samples() {
        final float[][] floats = {{1, -2, 3}, {4, 5, 6}};
        final int[][] ints = {{1, -2, 3}, {4, 5, 6}};
        final byte[] bytes = {1, -2, 3, 4, 5, 6};
        final Map<String, byte[]> samples = new LinkedHashMap<>();
        samples.put("x.fvecs", SampleFiles.fvecs(floats));
        samples.put("x.ivecs", SampleFiles.ivecs(ints));
        samples.put("x.bvecs", SampleFiles.bvecs(ints));
        samples.put("x.fbin", SampleFiles.fbin(floats));
        samples.put("x.i8bin", SampleFiles.byteBin(ints));
        samples.put("x.u8bin", SampleFiles.byteBin(ints));
        samples.put("x.ibin", SampleFiles.ibin(ints));
        samples.put("x.npy", SampleFiles.npy(NPY_2X3, bytes));
        samples.put("x-idx3-ubyte", SampleFiles.idx(0x08, new int[] {2, 1, 3}, bytes));
        samples.put("x.idx2", SampleFiles.idx(0x09, new int[] {2, 3}, bytes));
        samples.put("x.idx", SampleFiles.idx(0x09, new int[] {2, 3}, bytes));
        return samples;
    }

    @Test
    void shouldReadTheSameRowsFromEveryFormatPlainAndGzipped() throws IOException {
        for (final Map.Entry<String, byte[]> sample : samples().entrySet()) {
            final boolean unsigned = sample.getKey().matches(".*(bvecs|u8bin|ubyte)");
            final float[][] expected = {{1, unsigned ? 254 : -2, 3}, {4, 5, 6}};

            assertThat(read(sample.getKey(), sample.getValue()))
                    .as(sample.getKey())
                    .isDeepEqualTo(expected);
            assertThat(read(sample.getKey() + ".gz", SampleFiles.gzip(sample.getValue())))
                    .as(sample.getKey() + ".gz")
                    .isDeepEqualTo(expected);
        }
    }

    @Test
    void shouldReadNoMoreRowsThanTheLimit() throws IOException {
        final Path file = write("x.fbin", SampleFiles.fbin(new float[100][7]));

        try (NativeVectors vectors = VectorFiles.vectors(file, 9)) {
            assertThat(vectors.rows()).isEqualTo(9);
            assertThat(vectors.dimensions()).isEqualTo(7);
        }
    }

    @Test
    void shouldReadFilesThatAreLongerThanItsBuffer() throws IOException {
        final int rows = 3_001;
        final int dimensions = 129;
        final float[][] values = new float[rows][dimensions];
        final SplittableRandom random = new SplittableRandom(7);
        for (final float[] row : values) {
            for (int i = 0; i < dimensions; i++) {
                row[i] = (float) random.nextDouble(-1, 1);
            }
        }

        assertThat(read("x.fvecs", SampleFiles.fvecs(values))).isDeepEqualTo(values);
        assertThat(read("x.fbin.gz", SampleFiles.gzip(SampleFiles.fbin(values))))
                .isDeepEqualTo(values);
    }

    @Test
    void shouldRefuseEveryFileThatIsCutOrPadded() {
        for (final Map.Entry<String, byte[]> sample : samples().entrySet()) {
            final byte[] whole = sample.getValue();
            for (int bytes = 0; bytes <= whole.length + 3; bytes++) {
                // A TEXMEX file that ends with a row is whole.
                final boolean rowEnd =
                        sample.getKey().endsWith("vecs") && bytes % (whole.length / 2) == 0;
                if (bytes != whole.length && !(rowEnd && bytes > 0)) {
                    assertRefused(sample.getKey(), Arrays.copyOf(whole, bytes), "");
                }
            }
        }
    }

    @Test
    void shouldRefuseEveryGzipFileThatIsCut() {
        final byte[] whole = SampleFiles.gzip(samples().get("x.fbin"));
        for (int bytes = 0; bytes < whole.length; bytes++) {
            assertRefused("x.fbin.gz", Arrays.copyOf(whole, bytes), "not a whole gzip file");
        }
    }

    @Test
    void shouldReadOrRefuseDamagedFilesButNeverFailOtherwise() throws IOException {
        for (final Map.Entry<String, byte[]> sample : samples().entrySet()) {
            for (int seed = 0; seed < 300; seed++) {
                final SplittableRandom random = new SplittableRandom(seed);
                final byte[] damaged = sample.getValue().clone();
                for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                final Path file = write(sample.getKey(), damaged);
                try (NativeVectors vectors = VectorFiles.vectors(file, Integer.MAX_VALUE)) {
                    assertThat(vectors.rows() * vectors.dimensions())
                            .as("%s seed=%d", sample.getKey(), seed)
                            .isPositive();
                } catch (final MalformedFileException e) {
                    assertThat(e.getMessage().lines())
                            .as("%s seed=%d", sample.getKey(), seed)
                            .hasSize(1);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x.fbin | -1 4 | header says n=4294967295 d=4, allowed are n up to 2147483647",
                "x.fbin | 1 0 | header says n=1 d=0",
                "x.fbin | 2147483647 65536 | which is 562949953159168 bytes of rows, but 0 follow"
                        + " it",
                "x.u8bin | 1 65537 | header says n=1 d=65537",
                "x.fbin | 0 4 | no rows",
                "x.fvecs | 0 | row 0 says d=0, allowed is 1 to 65536",
                "x.fvecs | -5 7 | row 0 says d=-5",
                "x.ivecs | 1 7 2 8 | row 1 says d=2, row 0 says d=1",
                "x.bvecs | 65537 | row 0 says d=65537",
                "x.fvecs | 2 7 | 8 bytes are not a whole number of rows of d=2 (12 bytes each)"
            })
    void shouldNameTheNumbersOfHostileHeaders(
            final String name, final String words, final String message) {
        final int[] values = Arrays.stream(words.split(" ")).mapToInt(Integer::parseInt).toArray();
        final ByteBuffer bytes =
                ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (final int value : values) {
            bytes.putInt(value);
        }

        assertRefused(name, bytes.array(), message);
    }

    @Test
    void shouldRefuseValuesThatAreNotFinite() {
        assertRefused(
                "x.fvecs",
                SampleFiles.fvecs(new float[] {1, 2}, new float[] {3, Float.NaN}),
                "row 1: value 1 is NaN");
        assertRefused(
                "x.fbin",
                SampleFiles.fbin(new float[] {Float.NEGATIVE_INFINITY}),
                "row 0: value 0 is -Infinity");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "x.txt", "x.gz", "fbin", "idx3-ubyte", "x.fbin.zip"})
    void shouldNameTheFormatsWhereTheNameSaysNone(final String name) {
        assertRefused(name, new byte[100], "unknown format; names end with one of .fvecs");
    }

    @Test
    void shouldNameAFileThatIsMissingOrNoFile() throws IOException {
        Files.createDirectory(folder.resolve("x.npy"));

        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> VectorFiles.vectors(folder.resolve("missing.fbin"), 1))
                .withMessageContaining("missing.fbin");
        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> VectorFiles.vectors(folder.resolve("x.npy"), 1))
                .withMessageContaining("not a regular file");
    }

    @Test
    void shouldReadListsOfIdsFromEveryFormatOfWholeNumbers() throws IOException {
        final int[][] ids = {{1, 0}, {2, 127}};
        final ByteBuffer longs = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        longs.putLong(1).putLong(0).putLong(2).putLong(127);
        final String header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2, 2), }";

        assertThat(VectorFiles.idLists(write("x.ivecs", SampleFiles.ivecs(ids)), 128))
                .isDeepEqualTo(ids);
        assertThat(VectorFiles.idLists(write("x.ibin", SampleFiles.ibin(ids)), 128))
                .isDeepEqualTo(ids);
        assertThat(VectorFiles.idLists(write("x.npy", SampleFiles.npy(header, longs.array())), 128))
                .isDeepEqualTo(ids);
    }

    @Test
    void shouldRefuseIdsThatThereAreNone() throws IOException {
        final Path ids = write("x.ivecs", SampleFiles.ivecs(new int[] {1, 9}));
        final Path negative = write("y.ivecs", SampleFiles.ivecs(new int[] {-1, 9}));
        final Path floats = write("x.fbin", SampleFiles.fbin(new float[] {1, 2}));

        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> VectorFiles.idLists(ids, 9))
                .withMessageContaining("row 0: id 9 is not in 0..8");
        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> VectorFiles.idLists(negative, 9))
                .withMessageContaining("row 0: id -1 is not in 0..8");
        assertThatExceptionOfType(MalformedFileException.class)
                .isThrownBy(() -> VectorFiles.idLists(floats, 9))
                .withMessageContaining("values of type F32 are no ids");
    }
}
