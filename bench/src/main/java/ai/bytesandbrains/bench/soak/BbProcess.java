package ai.bytesandbrains.bench.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A `bb` command that runs in a process of its own until it is ended, or this process is gone.
public final class BbProcess implements AutoCloseable {

    private static final long END_SECONDS = 20;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Process process;
    private final BufferedReader reader;
    private final JsonNode ready;

    private BbProcess(final Process process, final BufferedReader reader, final JsonNode ready) {
        this.process = process;
        this.reader = reader;
        this.ready = ready;
    }

    /// Starts a command and waits until it says that it is ready.
    ///
    /// @param log where its standard error goes
    /// @param jvmOptions of its JVM, beside those that the code needs
    /// @param main the class of `bb`
    /// @param command sub-command, one that runs until it is told to end, and options
    /// @return the process
    /// @throws IOException if it ended instead
    public static BbProcess start(
            final Path log,
            final List<String> jvmOptions,
            final Class<?> main,
            final List<String> command)
            throws IOException {
        final List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(
                List.of(
                        "--add-modules=jdk.incubator.vector",
                        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                        "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                        "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                        "-XX:+UseSerialGC"));
        line.addAll(jvmOptions);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        line.addAll(command);
        line.addAll(List.of("--json", "--until-eof"));
        final Process process =
                new ProcessBuilder(line)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        final BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        final String ready = reader.readLine();
        if (ready == null) {
            throw new IOException("bb %s ended; see %s".formatted(String.join(" ", command), log));
        }
        return new BbProcess(process, reader, MAPPER.readTree(ready));
    }

    /// {@return what it said when it was ready}
    public JsonNode ready() {
        return ready;
    }

    /// Waits for what it says next.
    ///
    /// @return that, or null if it has ended
    /// @throws IOException if it is no JSON
    public JsonNode next() throws IOException {
        final String line = reader.readLine();
        return line == null ? null : MAPPER.readTree(line);
    }

    /// As `kill -9`; returns when it has ended.
    ///
    /// @throws InterruptedException if the thread is interrupted
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// As `kill -STOP` or `kill -CONT`.
    void signal(final String name) throws IOException, InterruptedException {
        final Process kill =
                new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                        .inheritIO()
                        .start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -%s %d failed".formatted(name, process.pid()));
        }
    }

    /// As `kill`.
    ///
    /// @return whether it has ended by itself within twenty seconds
    /// @throws InterruptedException if the thread is interrupted
    public boolean end() throws InterruptedException {
        process.destroy();
        return process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    }

    /// Closes its standard input, as the end of this process would.
    ///
    /// @return whether it has ended by itself within twenty seconds
    /// @throws IOException if that fails
    /// @throws InterruptedException if the thread is interrupted
    public boolean orphan() throws IOException, InterruptedException {
        process.getOutputStream().close();
        return process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    }

    /// Kills it if it still runs.
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
