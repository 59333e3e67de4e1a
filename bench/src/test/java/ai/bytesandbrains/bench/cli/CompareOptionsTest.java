package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

/// `bb compare` and `bb synth` from the outside.
class CompareOptionsTest {
    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String line) {
        return Bb.execute(
                Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)),
                line.split(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "compare --base x.fbin | --base and --query go together",
                "compare --base x.fbin --query x.fbin | x.fbin: no such file",
                "compare --base x.fbin --query x.fbin --dimensions 3 | for synthetic vectors only",
                "compare --rows 10 | --rows 10 is not in 1000..10000000",
                "compare --m 3 | --m 3 does not divide the 128 dimensions",
                "compare --queries 99 | --queries 99 is not in 100..10000",
                "compare --k 0 | --k 0 is not in 1..1000",
                "compare --seconds 0 | --seconds 0.0 is not in 0..600",
                "synth | Missing required parameter: 'FOLDER'",
                "synth x --rows 0 | --rows 0 is not in 1..100000000",
                "synth x --rows 5 --k 6 | --k 6 is not in 1..5",
                "jmh -f | Option f requires an argument"
            })
    void shouldRefuseWithOneLineAndExitCode2(final String line, final String message) {
        assertThat(run(line)).isEqualTo(2);

        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("bb " + line.replaceFirst(" .*", "") + ": ")
                .contains(message);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldPrintTheFiguresOfBothSides() throws IOException {
        final int exitCode =
                run(
                        "compare --json --no-scalar --rows 1000 --dimensions 32 --m 8 --queries 100"
                                + " --seconds 0.01");

        assertThat(exitCode).as(err.toString()).isZero();
        final JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.get("tasks").size()).isGreaterThan(8);
        assertThat(json.get("codesEqual").asDouble()).isGreaterThan(0.99);
        assertThat(json.get("data").asText()).isEqualTo("synthetic");
    }

    @Test
    void shouldWriteADataSetThatCanBeSearched() throws IOException {
        assertThat(
                        run(
                                "synth %s --rows 1000 --dimensions 16 --train 300 --queries 20 --k 20"
                                        .formatted(folder)))
                .as(err.toString())
                .isZero();
        final StringWriter table = new StringWriter();
        final int exitCode =
                Bb.execute(
                        Bb.commandLine(new PrintWriter(table, true), new PrintWriter(err, true)),
                        ("eval --base %1$s/base.fvecs --query %1$s/query.fvecs --seconds 0"
                                        + " --truth %1$s/truth.ivecs --train %1$s/train.fvecs"
                                        + " --index pq --m 4 --json")
                                .formatted(folder)
                                .split(" "));

        assertThat(exitCode).as(err.toString()).isZero();
        assertThat(new ObjectMapper().readTree(table.toString()).get("recall").asDouble())
                .isGreaterThan(0.2);
    }
}
