package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;

class NetworkKeyTest {

    private static final String FIRST = "00112233445566778899aabbccddeeff".repeat(2);
    private static final String SECOND = "FFEEDDCCBBAA99887766554433221100".repeat(2);

    @TempDir private Path folder;

    private Path file(String text) throws IOException {
        Path file = folder.resolve("key");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Test
    void shouldReadOneKey() throws IOException {
        NetworkKey key = NetworkKey.read(file("# of the test network\n\n  " + FIRST + "\n"));

        assertThat(key.first()).isEqualTo(HexFormat.of().parseHex(FIRST));
        assertThat(key.second()).isNull();
    }

    @Test
    void shouldReadTwoKeys() throws IOException {
        NetworkKey key = NetworkKey.read(file(FIRST + "\r\n" + SECOND));

        assertThat(key.first()).isEqualTo(HexFormat.of().parseHex(FIRST));
        assertThat(key.second()).isEqualTo(HexFormat.of().parseHex(SECOND));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rw-r-----",
                "rw----r--",
                "rw--w----",
                "rw-----w-",
                "rwx--x---",
                "r--r--r--"
            })
    void shouldRefuseAFileThatOthersHaveAccessTo(String permissions) throws IOException {
        Path file = file(FIRST);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

        assertThatIOException()
                .isThrownBy(() -> NetworkKey.read(file))
                .withMessageContainingAll(file.toString(), "chmod 600");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "0011\n", "not hexadecimal", "1", "2", "3"})
    void shouldRefuseWhatIsNoKeyAndNotShowIt(String text) throws IOException {
        String wrong =
                switch (text) {
                    case "1" -> FIRST.replace('0', 'g');
                    case "2" -> FIRST + "00";
                    case "3" -> (FIRST + "\n").repeat(3);
                    default -> text;
                };
        Path file = file(wrong);

        assertThatIOException()
                .isThrownBy(() -> NetworkKey.read(file))
                .withMessageContaining(file.toString())
                .withMessageNotContaining("11223344")
                .withNoCause();
    }

    @Test
    void shouldRefuseAFileThatIsFarTooLong() throws IOException {
        Path file = file("#".repeat(5_000) + "\n" + FIRST);

        assertThatIOException()
                .isThrownBy(() -> NetworkKey.read(file))
                .withMessageContaining("longer than");
    }

    @Test
    void shouldNameAFileThatIsNotThere() {
        Path file = folder.resolve("none");

        assertThatIOException()
                .isThrownBy(() -> NetworkKey.read(file))
                .withMessageContaining(file.toString());
    }

    @Test
    void shouldKeepKeysOutOfLogs() throws IOException {
        assertThat(NetworkKey.read(file(FIRST + "\n" + SECOND)).toString())
                .isEqualTo("NetworkKey[2 keys]");
    }

    @Test
    void shouldRefuseAKeyOfAnotherLength() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkKey.of(new byte[31]))
                .withMessageContaining("key.length=31");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkKey.of(new byte[32], new byte[33]))
                .withMessageContaining("accepted.length=33");
    }
}
