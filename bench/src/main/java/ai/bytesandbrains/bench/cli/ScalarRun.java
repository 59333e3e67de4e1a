package ai.bytesandbrains.bench.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `bb compare` of the engine alone in a second JVM whose kernels are forced to plain Java: the
/// choice is made once in a JVM and cannot be changed in this one.
final class ScalarRun {
    private static final String PROPERTY = "-Dai.bytesandbrains.simd=";

    private final CompareOptions options;

    ScalarRun(final CompareOptions options) {
        this.options = options;
    }

    /// The engine's figures by task.
    ///
    /// @throws IOException if the other JVM cannot be started
    Map<String, Double> figures() throws IOException {
        final Process process =
                new ProcessBuilder(command())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        final JsonNode report;
        try (InputStream out = process.getInputStream()) {
            report =
                    new ObjectMapper()
                            .readTree(new String(out.readAllBytes(), StandardCharsets.UTF_8));
        } finally {
            process.destroy();
        }
        if (report == null || !report.has("tasks")) {
            throw new IllegalStateException(
                    "the run without SIMD failed: " + String.join(" ", command()));
        }
        final Map<String, Double> figures = new HashMap<>();
        for (final JsonNode task : report.get("tasks")) {
            figures.put(task.get("task").asText(), task.get("engine").asDouble());
        }
        return figures;
    }

    private List<String> command() {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (final String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!argument.startsWith(PROPERTY) && !argument.startsWith("-Dbb.")) {
                command.add(argument);
            }
        }
        command.addAll(List.of(PROPERTY + "scalar", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Bb.class.getName(), "compare", "--json", "--no-jvector"));
        command.addAll(options.dataArguments());
        return command;
    }
}
