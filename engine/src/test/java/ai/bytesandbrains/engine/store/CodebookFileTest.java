package ai.bytesandbrains.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.Codebooks;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

class CodebookFileTest {
    @TempDir Path directory;

    private final Codebook codebook = Codebooks.random(Metric.COSINE, 8, 4, 6);

    @Test
    void shouldLoadWhatItSavedAndLeaveNothingElse() throws IOException {
        Path file = directory.resolve("book");
        CodebookFile.save(Codebooks.random(Metric.L2, 4, 2, 4), file);
        CodebookFile.save(codebook, file);

        assertThat(CodebookFile.load(file).idHex()).isEqualTo(codebook.idHex());
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void shouldNameTheFileThatItRefuses() throws IOException {
        Path file = directory.resolve("book");
        CodebookFile.save(codebook, file);
        byte[] bytes = Files.readAllBytes(file);
        bytes[100] ^= 4;
        Files.write(file, bytes);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CodebookFile.load(file))
                .withMessageContaining(file.toString())
                .withMessageContaining("checksum");
    }

    @Test
    void shouldRefuseAnEmptyFile() throws IOException {
        Path file = Files.createFile(directory.resolve("empty"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CodebookFile.load(file))
                .withMessageContaining("empty");
    }

    @Test
    void shouldSayThatThereIsNoFile() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> CodebookFile.load(directory.resolve("none")));
    }
}
