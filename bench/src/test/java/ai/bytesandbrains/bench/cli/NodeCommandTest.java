package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;

/// What `bb node` and `bb query` say when they cannot do as asked.
class NodeCommandTest {
    @TempDir private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String line) {
        return Bb.execute(
                Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)),
                line.replace("DATA", folder + "/base.fvecs").split(" "));
    }

    @BeforeEach
    void makeData() {
        assertThat(run("synth " + folder + " --rows 100 --train 10 --queries 1 --dimensions 8"))
                .as(err.toString())
                .isZero();
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
    }

    private String lastLine() {
        return Arrays.asList(err.toString().split("\n")).getLast();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "node --data DATA | --listen",
                "node --listen nowhere --data DATA | 'nowhere'",
                "node --listen 224.0.0.1:4040 --data DATA | nobody can be reached",
                "node --listen 127.0.0.1:0 --data /no/such/file.fvecs | no such file",
                "node --listen 127.0.0.1:0 --data DATA --seed-peer x | --seed-peer",
                "node --listen 127.0.0.1:0 --data DATA --id 12 | --id",
                "node --listen ipc/1 --data DATA --ipc-dir /no/such/dir | no media driver",
                "node --listen 127.0.0.1:0 --data DATA --key-file DATA | --key-file",
                "node --listen 127.0.0.1:0 --data DATA --key-file /no/such/key | /no/such/key",
                "query --node 127.0.0.1:1 --vector DATA --key-file /no/such/key | --key-file",
                "query --node 127.0.0.1:1 | --vector",
                "query --node 127.0.0.1:0 --vector DATA | port 0",
                "query --node ipc/1 --vector DATA | --ipc-dir",
                "query --node 127.0.0.1:1 --vector DATA --row 100 | 100 rows",
                "query --node 127.0.0.1:1 --vector DATA --k 0 | --k 0",
                "query --node 127.0.0.1:1 --vector DATA --peers some | --peers some",
                "driver --ipc-dir /dev/shm/x --threads invoker | invoker"
            })
    void shouldSayInOneLineWhatIsWrong(final String line, final String word) {
        assertThat(run(line)).isEqualTo(Bb.CANNOT);

        assertThat(out.toString()).isEmpty();
        assertThat(lastLine()).startsWith("bb ").contains(word);
    }

    @Test
    void shouldSayThatThePortIsTaken() throws Exception {
        try (DatagramSocket taken =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            final String listen = "127.0.0.1:" + taken.getLocalPort();

            assertThat(run("node --data DATA --listen " + listen)).isEqualTo(Bb.CANNOT);

            assertThat(lastLine())
                    .contains("--listen " + listen)
                    .containsAnyOf("is the port taken?", "Address already in use");
        }
    }

    @Test
    void shouldSayThatTheSeedPeerDoesNotAnswer() {
        assertThat(
                        run(
                                "node --listen 127.0.0.1:0 --data DATA --seed-peer 127.0.0.1:9"
                                        + " --join-timeout-s 1"))
                .isEqualTo(Bb.FAILED);

        assertThat(out.toString()).isEmpty();
        assertThat(lastLine()).contains("--seed-peer").contains("NO_ANSWER");
    }

    @Test
    void shouldSayThatTheNodeDoesNotAnswer() {
        assertThat(run("query --node 127.0.0.1:9 --vector DATA --deadline 300"))
                .isEqualTo(Bb.FAILED);

        assertThat(lastLine()).contains("--node").contains("NO_ANSWER");
    }
}
