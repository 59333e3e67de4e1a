package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// Nodes as processes that share the media driver of another process: they join, are asked, one is
/// killed, and the others go on.
class NodeProcessesTest {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(120);
    private static final int ROW = 7;

    @TempDir private Path folder;

    private final List<Process> processes = new ArrayList<>();
    private Path directory;

    private static Process launch(final String line) throws IOException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--add-modules=jdk.incubator.vector",
                        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dai.bytesandbrains.simd=scalar",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Bb.class.getName()));
        command.addAll(List.of(line.split(" ")));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /// Starts a command that runs until it is ended, and returns what it said when it was ready.
    private JsonNode start(final String line) throws IOException {
        final Process process = launch(line + " --json");
        processes.add(process);
        final BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        final String ready = reader.readLine();
        assertThat(ready).as(line).isNotNull();
        return new ObjectMapper().readTree(ready);
    }

    private JsonNode startNode(final int stream, final String seed) throws IOException {
        return start(
                "node --listen ipc/%d --data %s/base.fvecs --ipc-dir %s --period-ms 100%s"
                        .formatted(stream, folder, directory, seed));
    }

    /// A command in this process, and what it said.
    private static String run(final String line) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final int code =
                Bb.execute(
                        Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)),
                        line.split(" "));
        assertThat(code).as(err.toString()).isZero();
        return out.toString();
    }

    private JsonNode query() throws IOException {
        return new ObjectMapper()
                .readTree(
                        run(
                                "query --node ipc/1 --ipc-dir %s --vector %s/base.fvecs --row %d --k 3 --json"
                                        .formatted(directory, folder, ROW)));
    }

    private JsonNode queryUntil(final Predicate<JsonNode> enough) throws IOException {
        final long start = System.nanoTime();
        JsonNode answer = query();
        while (!enough.test(answer)) {
            assertThat(System.nanoTime() - start).as(answer.toString()).isLessThan(PATIENCE_NS);
            answer = query();
        }
        return answer;
    }

    @BeforeEach
    void makeData() {
        run("synth " + folder + " --rows 100 --train 10 --queries 1 --dimensions 8");
        final Path shm = Path.of("/dev/shm");
        directory =
                (Files.isWritable(shm) ? shm : folder)
                        .resolve("bb-test-" + ProcessHandle.current().pid());
    }

    @AfterEach
    void endAll() throws InterruptedException {
        for (final Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldAnswerOnOneDriverAndGoOnWhenANodeIsKilled() throws Exception {
        start("driver --ipc-dir " + directory);
        startNode(1, "");
        final JsonNode victim = startNode(2, " --seed-peer ipc/1");
        startNode(3, " --seed-peer ipc/1");
        startNode(4, " --seed-peer ipc/1");

        final JsonNode all = queryUntil(answer -> answer.get("peersAnswered").asInt() == 4);
        assertThat(all.get("partial").asBoolean()).isFalse();
        assertThat(all.get("hits")).hasSize(3);
        assertThat(all.get("hits")).allMatch(hit -> hit.get("id").asInt() == ROW);

        processes.get(2).destroyForcibly().waitFor();
        final JsonNode after = query();
        final boolean forgotten = after.get("peersChosen").asInt() < 4;
        assertThat(after.get("partial").asBoolean() || forgotten).as(after.toString()).isTrue();
        assertThat(after.get("hits").get(0).get("id").asInt()).isEqualTo(ROW);

        final JsonNode rest = queryUntil(answer -> answer.get("peersChosen").asInt() == 3);
        assertThat(rest.get("peersAnswered").asInt()).isEqualTo(3);
        assertThat(rest.get("hits")).noneMatch(hit -> hit.get("peer").equals(victim.get("id")));

        for (final Process process : processes.reversed()) {
            process.destroy();
            process.waitFor();
        }
        assertThat(directory).doesNotExist();
    }
}
