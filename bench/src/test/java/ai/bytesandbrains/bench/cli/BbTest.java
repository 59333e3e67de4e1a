package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.PrintWriter;
import java.io.StringWriter;

class BbTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String... args) {
        return Bb.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nothing",
                "--nothing",
                "doctor --nothing",
                "doctor surplus",
                "doctor --json=perhaps"
            })
    void shouldRefuseWithOneLineAndExitCode2(final String line) {
        final int exitCode = run(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1).first().asString().startsWith("bb");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldPrintHelpOnStandardOutput() {
        assertThat(run("--help")).isZero();

        assertThat(out.toString()).contains("Usage: bb").contains("doctor");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldPrintVersion() {
        assertThat(run("--version")).isZero();

        assertThat(out.toString()).startsWith("bb ").contains("JDK 25");
    }

    @Test
    void shouldPrintOneJsonObjectAndNothingElse() throws Exception {
        final int exitCode = run("doctor", "--json");

        final JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.isObject()).isTrue();
        assertThat(out.toString().lines()).hasSize(1);
        assertThat(exitCode).isEqualTo(json.get("ok").asBoolean() ? 0 : 1);
    }
}
