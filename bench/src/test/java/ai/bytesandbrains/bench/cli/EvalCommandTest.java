package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.bench.data.SampleFiles;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

class EvalCommandTest {
    private static final int ROWS = 600;
    private static final int QUERIES = 20;
    private static final int DIMENSIONS = 12;

    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeData() throws IOException {
        final float[][] base = random(ROWS, 1);
        final float[][] queries = new float[QUERIES][];
        final int[][] truth = new int[QUERIES][1];
        for (int i = 0; i < QUERIES; i++) {
            // A query is a row: its nearest is known without a search.
            truth[i][0] = 7 * i + 3;
            queries[i] = base[truth[i][0]];
        }
        Files.write(folder.resolve("base.fvecs"), SampleFiles.fvecs(base));
        Files.write(folder.resolve("query.fbin"), SampleFiles.fbin(queries));
        Files.write(folder.resolve("truth.ivecs"), SampleFiles.ivecs(truth));
        Files.write(folder.resolve("wide.fbin"), SampleFiles.fbin(new float[3][DIMENSIONS + 1]));
        Files.write(folder.resolve("zero.fbin"), SampleFiles.fbin(new float[ROWS][DIMENSIONS]));
        Files.write(folder.resolve("short.ivecs"), SampleFiles.ivecs(new int[QUERIES - 1][1]));
        Files.write(folder.resolve("few.fbin"), SampleFiles.fbin(random(9, 2)));
        Files.write(folder.resolve("cut.fbin"), new byte[] {1, 0, 0, 0, 2, 0, 0, 0, 1});
    }

    private static float[][] random(final int rows, final int seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final float[][] values = new float[rows][DIMENSIONS];
        for (final float[] row : values) {
            for (int i = 0; i < DIMENSIONS; i++) {
                row[i] = (float) random.nextDouble(-1, 1);
            }
        }
        return values;
    }

    private int run(final String... options) {
        final List<String> arguments = new ArrayList<>(List.of("eval"));
        for (final String option : options) {
            arguments.add(
                    option.matches("\\w+\\.(fvecs|fbin|ivecs)")
                            ? folder.resolve(option).toString()
                            : option);
        }
        return Bb.execute(
                Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)),
                arguments.toArray(String[]::new));
    }

    private JsonNode json(final String line) throws IOException {
        final String all = "--base base.fvecs --query query.fbin --seconds 0 --json --k 1 " + line;
        assertThat(run(all.split(" "))).as(err.toString()).isZero();
        assertThat(out.toString().lines()).hasSize(1);
        return new ObjectMapper().readTree(out.toString());
    }

    @Test
    void shouldHaveTheKeysOfTheContract() throws IOException {
        final JsonNode json = json("--truth truth.ivecs");

        for (final String key :
                List.of(
                        "index",
                        "metric",
                        "n",
                        "dimensions",
                        "k",
                        "threads",
                        "batch",
                        "recall",
                        "qps",
                        "p50Us",
                        "p99Us",
                        "p999Us",
                        "trainSeconds",
                        "trainError",
                        "encodeVectorsPerSecond",
                        "bytesPerVector",
                        "allocatedBytesPerQuery",
                        "species",
                        "readBandwidthGBs")) {
            assertThat(json.has(key)).as(key).isTrue();
        }
        assertThat(json.get("index").asText()).isEqualTo("flat");
        assertThat(json.get("metric").asText()).isEqualTo("l2");
        assertThat(json.get("n").asInt()).isEqualTo(ROWS);
        assertThat(json.get("dimensions").asInt()).isEqualTo(DIMENSIONS);
        assertThat(json.get("recall").asDouble()).isEqualTo(1.0);
        assertThat(json.get("truth").asText()).isEqualTo("file");
        assertThat(json.get("trainSeconds").isNull()).isTrue();
        assertThat(json.get("searches").asInt()).isPositive();
        assertThat(json.get("readBandwidthGBs").asDouble()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--metric cosine",
                "--metric ip",
                "--batch 7 --threads 2",
                "--threads 3",
                "--limit 200",
                "--metric cosine --batch 20"
            })
    void shouldFindWhatAnExactScanFinds(final String line) throws IOException {
        final JsonNode json = json(line);

        assertThat(json.get("recall").asDouble()).isEqualTo(1.0);
        assertThat(json.get("truth").asText()).isEqualTo("computed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--bits 8", "--bits 6", "--bits 4", "--bits 8 --metric cosine"})
    void shouldTrainAndSearchCodes(final String line) throws IOException {
        final JsonNode json = json("--truth truth.ivecs --index pq --m 6 --iterations 4 " + line);

        // Codes of two components each: a row's own code is seldom missed.
        assertThat(json.get("recall").asDouble()).isGreaterThan(0.3);
        assertThat(json.get("trainSeconds").asDouble()).isPositive();
        assertThat(json.get("trainError").asDouble()).isPositive();
        assertThat(json.get("encodeVectorsPerSecond").asDouble()).isPositive();
        assertThat(json.get("m").asInt()).isEqualTo(6);
        assertThat(json.get("rerank").asInt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"float32", "int8"})
    void shouldFindMoreWithStoredRows(final String rows) throws IOException {
        final JsonNode json =
                json("--truth truth.ivecs --index pq --m 6 --rerank 20 --rows " + rows);

        assertThat(json.get("recall").asDouble()).isGreaterThan(0.9);
        assertThat(json.get("rerank").asInt()).isEqualTo(20);
        assertThat(json.get("rows").asText()).isEqualTo(rows);
    }

    @Test
    void shouldSearchCompactRows() throws IOException {
        final JsonNode json = json("--truth truth.ivecs --rows int8");

        assertThat(json.get("recall").asDouble()).isEqualTo(1.0);
        assertThat(json.get("gflops").isNull()).isTrue();
    }

    @Test
    void shouldPrintATableWithoutJson() {
        assertThat(run("--base", "base.fvecs", "--query", "query.fbin", "--seconds", "0")).isZero();

        assertThat(out.toString()).contains("recall@10", "1.0000", "read bandwidth", "GB/s");
        assertThat(out.toString().lines()).allSatisfy(l -> assertThat(l.length()).isLessThan(101));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                " | Missing required options",
                "--base base.fvecs | Missing required option: '--query=FILE'",
                "--base none.fbin --query query.fbin | none.fbin: no such file",
                "--base cut.fbin --query query.fbin | which is 8 bytes of rows, but 1 follow it",
                "--base base.fvecs --query wide.fbin | --query has 13 dimensions, --base has 12",
                "--base base.fvecs --query query.fbin --truth base.fvecs | type F32 are no ids",
                "--base base.fvecs --query query.fbin --truth short.ivecs | 19 lists of 1"
                        + " neighbours",
                "--base base.fvecs --query query.fbin --truth truth.ivecs | needed are 20 lists of"
                        + " --k 10",
                "--base few.fbin --query few.fbin | --k 10, but there are only 9 vectors",
                "--base base.fvecs --query query.fbin --batch 21 | there are only 20 queries",
                "--base base.fvecs --query query.fbin --threads 21 | there are only 20 queries",
                "--base base.fvecs --query query.fbin --index pq --m 5 | --m 5 does not divide the"
                        + " 12",
                "--base base.fvecs --query query.fbin --index pq | --m 16 does not divide the 12",
                "--base few.fbin --query few.fbin --k 1 --index pq --m 6 | training: ",
                "--base zero.fbin --query query.fbin --metric cosine | zero vector has no cosine",
                "--base base.fvecs --query query.fbin --metric l1 | 'l1' is not one of l2, cosine,"
                        + " ip",
                "--base base.fvecs --query query.fbin --index ivf | 'ivf' is not one of flat, pq",
                "--base base.fvecs --query query.fbin --bits 5 --index pq | --bits 5 is none of 4,"
                        + " 6, 8",
                "--base base.fvecs --query query.fbin --bits 4 | --bits 4 is for --index pq only",
                "--base base.fvecs --query query.fbin --rerank 4 | --rerank 4 is for --index pq"
                        + " only",
                "--base base.fvecs --query query.fbin --index pq --m 6 --rows int8 | --rows int8"
                        + " needs",
                "--base base.fvecs --query query.fbin --m 4 | --m 4 is for --index pq only",
                "--base base.fvecs --query query.fbin --k 0 | --k 0 is not in 1..10000",
                "--base base.fvecs --query query.fbin --k ten | 'ten' is not an int",
                "--base base.fvecs --query query.fbin --threads 0 | --threads 0 is not in 1..256",
                "--base base.fvecs --query query.fbin --limit -1 | --limit -1 is not in"
                        + " 1..2147483647",
                "--base base.fvecs --query query.fbin --seconds NaN | --seconds NaN is not in"
                        + " 0..3600"
            })
    void shouldRefuseWithOneLineAndExitCode2(final String line, final String message) {
        final int exitCode = run(line == null ? new String[0] : line.split(" "));

        assertThat(exitCode).as(err.toString()).isEqualTo(2);
        assertThat(err.toString().lines().filter(l -> l.startsWith("bb eval: ")))
                .singleElement()
                .asString()
                .contains(message);
        assertThat(out.toString()).isEmpty();
    }
}
