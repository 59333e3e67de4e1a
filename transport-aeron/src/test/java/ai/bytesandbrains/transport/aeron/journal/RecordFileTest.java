package ai.bytesandbrains.transport.aeron.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

class RecordFileTest {
    private static final long SEED = 31;
    private static final int RECORDS = 12;

    @TempDir private Path folder;
    private Path path;
    private final SplittableRandom random = new SplittableRandom(SEED);

    @BeforeEach
    void name() {
        path = folder.resolve("node.journal");
    }

    private record Entry(int type, List<Byte> payload) {}

    private static Entry append(RecordFile file, int type, byte[] payload) throws IOException {
        long at = file.begin(payload.length);
        MemorySegment.copy(payload, 0, file.segment(), ValueLayout.JAVA_BYTE, at, payload.length);
        file.commit(type);
        return entry(type, payload);
    }

    private static Entry entry(int type, byte[] payload) {
        List<Byte> bytes = new ArrayList<>();
        for (byte each : payload) {
            bytes.add(each);
        }
        return new Entry(type, bytes);
    }

    private static List<Entry> entries(RecordFile file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        file.read(
                (type, payload) ->
                        entries.add(entry(type, payload.toArray(ValueLayout.JAVA_BYTE))));
        return entries;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /// Writes some records of odd lengths; returns them.
    private List<Entry> fill() throws IOException {
        List<Entry> written = new ArrayList<>();
        try (RecordFile file = RecordFile.open(path)) {
            for (int i = 0; i < RECORDS; i++) {
                written.add(append(file, i + 1, bytes(1 + random.nextInt(40))));
            }
        }
        return written;
    }

    /// Opens the file whatever has become of it: the records are the first ones of what was
    /// written, and one can be added; or it is refused with its name.
    private int survivors(List<Entry> written) throws IOException {
        List<Entry> left;
        Entry added;
        try (RecordFile file = RecordFile.open(path)) {
            left = entries(file);
            added = append(file, 99, bytes(9));
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("node.journal");
            return -1;
        }
        assertThat(left).isEqualTo(written.subList(0, left.size()));
        try (RecordFile file = RecordFile.open(path)) {
            left.add(added);
            assertThat(entries(file)).isEqualTo(left);
            assertThat(file.records()).isEqualTo(left.size());
        }
        return left.size() - 1;
    }

    @Test
    void shouldKeepWhatIsAppended() throws IOException {
        List<Entry> written = fill();

        assertThat(survivors(written)).isEqualTo(RECORDS);
    }

    @Test
    void shouldKeepAFirstPartWhereverItIsCut() throws IOException {
        List<Entry> written = fill();
        byte[] whole = Files.readAllBytes(path);
        int most = 0;
        for (int length = 0; length <= whole.length; length++) {
            Files.write(path, Arrays.copyOf(whole, length));
            int left = survivors(written);

            assertThat(left).as("seed=%d length=%d", SEED, length).isGreaterThanOrEqualTo(most);
            most = left;
        }
        assertThat(most).isEqualTo(RECORDS);
    }

    @Test
    void shouldKeepAFirstPartWhicheverByteIsDamaged() throws IOException {
        List<Entry> written = fill();
        byte[] whole = Files.readAllBytes(path);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 + random.nextInt(255));
            Files.write(path, damaged);
            int left = survivors(written);

            boolean header = at < RecordLayout.FILE_HEADER_BYTES;
            assertThat(left < 0).as("seed=%d at=%d", SEED, at).isEqualTo(header);
        }
    }

    /// What a process leaves that is killed: the file in its full length, and behind the last
    /// record the beginnings of one whose length was not yet written.
    @Test
    void shouldGoOnBehindARecordThatWasNotFinished() throws IOException {
        List<Entry> written = fill();
        byte[] whole = Files.readAllBytes(path);
        for (int torn = 1; torn < 60; torn++) {
            byte[] killed = Arrays.copyOf(whole, RecordFile.GROWTH_BYTES);
            for (int i = 4; i < 4 + torn; i++) {
                killed[whole.length + i] = (byte) (1 + random.nextInt(255));
            }
            Files.write(path, killed);

            assertThat(survivors(written)).as("torn=%d", torn).isEqualTo(RECORDS);
        }
    }

    @Test
    void shouldBeginAnewWhereTheProcessEndedBeforeTheHeaderWasWritten() throws IOException {
        Files.write(path, new byte[RecordFile.GROWTH_BYTES]);

        assertThat(survivors(List.of())).isZero();
    }

    @Test
    void shouldGrow() throws IOException {
        List<Entry> written = new ArrayList<>();
        try (RecordFile file = RecordFile.open(path)) {
            for (int i = 0; i < 50; i++) {
                written.add(append(file, 1, bytes(100_000)));
            }
            written.add(append(file, 2, bytes(3 * RecordFile.GROWTH_BYTES)));

            assertThat(entries(file)).isEqualTo(written);
        }
        assertThat(survivors(written)).isEqualTo(51);
    }

    @Test
    void shouldRefuseASecondWriter() throws IOException {
        try (RecordFile first = RecordFile.open(path)) {
            assertThat(first.records()).isZero();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> RecordFile.open(path))
                    .withMessageContaining("is in use");
        }
        try (RecordFile again = RecordFile.open(path)) {
            assertThat(again.records()).isZero();
        }
    }

    @Test
    void shouldRefuseAnotherKindOfFileAndLeaveItAlone() throws IOException {
        byte[] other = "something quite different".getBytes(StandardCharsets.UTF_8);
        Files.write(path, other);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> RecordFile.open(path))
                .withMessageContaining("is no journal");
        assertThat(Files.readAllBytes(path)).isEqualTo(other);
    }

    @Test
    void shouldRefuseANewerVersion() throws IOException {
        fill();
        byte[] whole = Files.readAllBytes(path);
        MemorySegment bytes = MemorySegment.ofArray(whole);
        bytes.set(RecordLayout.INT, 8, 2);
        CRC32C crc = new CRC32C();
        crc.update(whole, 0, 12);
        bytes.set(RecordLayout.INT, 12, (int) crc.getValue());
        Files.write(path, whole);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> RecordFile.open(path))
                .withMessageContaining("version 2");
    }
}
