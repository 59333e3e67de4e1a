package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.bench.data.MalformedFileException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;

class BbTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private final CommandLine commandLine =
            Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    private int run(final String... args) {
        return Bb.execute(commandLine, args);
    }

    /// A command that fails as it is told.
    @Command(name = "fail")
    private record Failing(Throwable failure) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            switch (failure) {
                case Error error -> throw error;
                case Exception exception -> throw exception;
                default -> throw new AssertionError(failure);
            }
        }
    }

    private int runFailing(final Throwable failure) {
        // A sub-command that is added later does not inherit the writer.
        commandLine.addSubcommand(new Failing(failure)).setErr(new PrintWriter(err, true));
        return run("fail");
    }

    @Test
    void shouldBlameTheRequestForMissingFiles() {
        assertThat(runFailing(new NoSuchFileException("/nowhere"))).isEqualTo(2);

        assertThat(err.toString().lines()).containsExactly("bb fail: /nowhere: no such file");
    }

    @Test
    void shouldBlameTheRequestForMalformedFiles() {
        assertThat(runFailing(new MalformedFileException("x.ivecs", "row 1 says d=2")))
                .isEqualTo(2);

        assertThat(err.toString().lines()).containsExactly("bb fail: x.ivecs: row 1 says d=2");
    }

    @Test
    void shouldReportInternalFailuresOnOneLineWithExitCode1() {
        assertThat(runFailing(new IllegalStateException("first\n  second"))).isEqualTo(1);

        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("bb fail: internal failure: ")
                .contains("first second", "BbTest");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldReportErrorsOnOneLineWithExitCode1() {
        assertThat(runFailing(new NoClassDefFoundError("jdk/incubator/vector/X"))).isEqualTo(1);

        assertThat(err.toString().lines()).singleElement().asString().contains("NoClassDefFound");
    }

    @Test
    void shouldSayOnceHowFarItGotWhereThereIsNoTerminal() {
        try (Progress progress = new Progress(new PrintWriter(err, true), "asking", 3)) {
            progress.step();
            progress.stepTo(3);
        }

        assertThat(err.toString().lines()).containsExactly("asking: 3/3");
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
