package ai.bytesandbrains.bench.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

class SyntheticTest {
    private static final int ROWS = 2_500;

    @TempDir Path folder;

    private static float[] values(final NativeVectors vectors) {
        return vectors.segment().toArray(ValueLayout.JAVA_FLOAT);
    }

    @Test
    void shouldDrawTheSameVectorsFromTheSameSeed() {
        try (NativeVectors one = new Synthetic(24, 5).draw(ROWS, Synthetic.BASE);
                NativeVectors other = new Synthetic(24, 5).draw(ROWS, Synthetic.BASE);
                NativeVectors seed = new Synthetic(24, 6).draw(ROWS, Synthetic.BASE);
                NativeVectors stream = new Synthetic(24, 5).draw(ROWS, Synthetic.QUERY)) {
            assertThat(values(one)).isEqualTo(values(other));
            assertThat(values(one)).isNotEqualTo(values(seed)).isNotEqualTo(values(stream));
        }
    }

    @Test
    void shouldDrawWholeNumbersOfAboutOneLength() {
        try (NativeVectors vectors = new Synthetic(128, 1).draw(ROWS, Synthetic.BASE)) {
            for (int row = 0; row < ROWS; row++) {
                double squares = 0;
                for (final float value : vectors.row(row)) {
                    assertThat(value).isBetween(0f, 218f).isEqualTo(Math.round(value));
                    squares += (double) value * value;
                }
                assertThat(Math.sqrt(squares)).as("row %d", row).isBetween(350.0, 520.0);
            }
        }
    }

    /// What makes it worth searching: a query is far nearer to some vectors than to most.
    @Test
    void shouldBeClustered() {
        try (NativeVectors base = new Synthetic(128, 1).draw(ROWS, Synthetic.BASE)) {
            double nearest = 0;
            double mean = 0;
            for (int query = 0; query < 50; query++) {
                double least = Double.MAX_VALUE;
                for (int row = 50; row < ROWS; row++) {
                    final double distance = distance(base.row(query), base.row(row));
                    least = Math.min(least, distance);
                    mean += distance / (ROWS - 50);
                }
                nearest += least;
            }
            assertThat(nearest).isLessThan(0.6 * mean);
        }
    }

    private static double distance(final float[] a, final float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    @Test
    void shouldBeWrittenAndReadBack() throws IOException {
        final Path vectorFile = folder.resolve("x.fvecs");
        final Path idFile = folder.resolve("x.ivecs");
        try (NativeVectors vectors = new Synthetic(24, 5).draw(ROWS, Synthetic.BASE)) {
            TexmexWriter.vectors(vectorFile, vectors);
            TexmexWriter.idLists(idFile, 3, 2, (row, column) -> 10 * row + column);

            try (NativeVectors read = VectorFiles.vectors(vectorFile, Integer.MAX_VALUE)) {
                assertThat(values(read)).isEqualTo(values(vectors));
            }
            assertThat(VectorFiles.idLists(idFile, 22))
                    .isDeepEqualTo(new int[][] {{0, 1}, {10, 11}, {20, 21}});
        }
    }
}
