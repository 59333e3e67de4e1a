package ai.bytesandbrains.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.CncFileDescriptor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

class LeftOversTest {

    /// No system numbers its processes so high.
    private static final String DEAD = "bb-aeron-999999999999-";

    @TempDir private Path parent;

    private void launchAndClose() {
        EmbeddedDriver.launch(parent).close();
    }

    private Path directory(String name) throws IOException {
        Path directory = Files.createDirectory(parent.resolve(name));
        Files.createDirectories(directory.resolve("publications"));
        Files.writeString(directory.resolve("publications").resolve("1.logbuffer"), "some bytes");
        return directory;
    }

    @Test
    void shouldDeleteWhatADeadProcessLeft() throws IOException {
        Path dead = directory(DEAD + "1");

        launchAndClose();

        assertThat(dead).doesNotExist();
    }

    @Test
    void shouldKeepWhatALivingProcessHas() throws IOException {
        Path living = directory("bb-aeron-" + ProcessHandle.current().pid() + "-1");

        launchAndClose();

        assertThat(living).isDirectoryContaining("glob:**publications");
    }

    @Test
    void shouldKeepForeignNames() throws IOException {
        Path foreign = directory("aeron-999999999999-1");
        Path noNumber = directory("bb-aeron-notes-1");

        launchAndClose();

        assertThat(foreign).exists();
        assertThat(noNumber).exists();
    }

    @Test
    void shouldDeleteAnUnfinishedStart() throws IOException {
        Path dead = directory(DEAD + "1");
        Files.write(dead.resolve(CncFileDescriptor.CNC_FILE), new byte[1 << 16]);

        launchAndClose();

        assertThat(dead).doesNotExist();
    }

    @Test
    void shouldKeepTheFilesOfAnotherVersion() throws IOException {
        Path other = directory(DEAD + "1");
        byte[] cnc = new byte[1 << 16];
        Arrays.fill(cnc, (byte) 0x7f);
        Files.write(other.resolve(CncFileDescriptor.CNC_FILE), cnc);

        launchAndClose();

        assertThat(other).exists();
    }

    @Test
    void shouldKeepADirectoryWhoseDriverStillBeats() throws IOException {
        try (EmbeddedDriver living = EmbeddedDriver.launch(parent)) {
            // The number of a process means nothing in another container's numbering.
            Path renamed = parent.resolve(DEAD + "1");
            Files.move(Path.of(living.aeronDirectory()), renamed);

            assertThat(AeronDirectories.leftOvers(parent)).isEmpty();

            Files.move(renamed, Path.of(living.aeronDirectory()));
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void shouldNotFollowSymbolicLinks() throws IOException {
        Path precious = directory("precious");
        Files.createSymbolicLink(parent.resolve(DEAD + "1"), precious);
        Path dead = directory(DEAD + "2");
        Files.createSymbolicLink(dead.resolve("inside"), precious);

        launchAndClose();

        assertThat(dead).doesNotExist();
        assertThat(precious.resolve("publications").resolve("1.logbuffer")).exists();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void shouldCloseTheDirectoryForOthers() throws IOException {
        try (EmbeddedDriver driver = EmbeddedDriver.launch(parent)) {
            assertThat(Files.getPosixFilePermissions(Path.of(driver.aeronDirectory())))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void shouldTakeADirectoryThatIsNotThereYet() {
        assertThat(AeronDirectories.fresh(parent)).doesNotExist().hasParentRaw(parent);
    }
}
