package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class DoctorTest {
    /// Above every system's largest process id.
    private static final long DEAD = Integer.MAX_VALUE;

    @TempDir Path shm;
    @TempDir Path temporary;

    @Test
    void shouldFindNothingMissingUnderTheFlagsOfTheTests() throws IOException {
        final DoctorReport report = new Doctor(shm, temporary).examine();

        assertThat(report.problems()).isEmpty();
        assertThat(report.ok()).isTrue();
        assertThat(report.species()).contains("float");
        assertThat(report.aeronDirectory()).isEqualTo(shm.toString());
        assertThat(report.shmBytes()).isPositive();
    }

    @Test
    void shouldReportWhatDeadProcessesLeftAndNothingElse() throws IOException {
        final Path dead = Files.createDirectory(shm.resolve("bb-aeron-" + DEAD + "-1"));
        final Path elsewhere = Files.createDirectory(temporary.resolve("bb-aeron-" + DEAD + "-x"));
        Files.createDirectory(shm.resolve("bb-aeron-" + ProcessHandle.current().pid() + "-1"));
        Files.createDirectory(shm.resolve("aeron-someone"));
        Files.createDirectory(shm.resolve("bb-aeron-notes"));

        final DoctorReport report = new Doctor(shm, temporary).examine();

        assertThat(report.ok()).isFalse();
        assertThat(report.problems()).hasSize(2);
        assertThat(report.problems().getFirst()).contains("rm -r '" + dead + "'");
        assertThat(report.problems().getLast()).contains("rm -r '" + elsewhere + "'");
    }

    @Test
    void shouldSayWhatIsUsedWithoutSharedMemory() throws IOException {
        final Path absent = shm.resolve("absent");

        final DoctorReport report = new Doctor(absent, temporary).examine();

        assertThat(report.ok()).isTrue();
        assertThat(report.shmBytes()).isNull();
        assertThat(report.aeronDirectory())
                .startsWith(temporary.toString())
                .contains("no " + absent);
    }

    @Test
    void shouldReportAFolderThatCannotBeWritten() throws IOException {
        final Path file = Files.createFile(temporary.resolve("file"));

        final DoctorReport report = new Doctor(file, file).examine();

        assertThat(report.problems()).hasSize(1).first().asString().contains("cannot be written");
    }

    @Test
    void shouldLeaveNothingBehind() throws IOException {
        new Doctor(shm, temporary).examine();

        assertThat(shm).isEmptyDirectory();
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void shouldHaveTheKeysOfTheContract() throws IOException {
        final JsonNode json =
                new ObjectMapper().readTree(Json.line(new Doctor(shm, temporary).examine()));

        assertThat(json.properties().stream().map(java.util.Map.Entry::getKey))
                .contains(
                        "ok",
                        "java",
                        "species",
                        "simdReason",
                        "shmBytes",
                        "aeronDirectory",
                        "problems");
    }
}
