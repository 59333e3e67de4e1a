package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.bytesandbrains.bench.data.Partition;
import ai.bytesandbrains.engine.search.SearchParameters;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

class DemoOptionsTest {
    @Command(name = "demo")
    private static final class Host implements Callable<Integer> {
        @Mixin private DemoOptions options;

        @Override
        public Integer call() {
            return 0;
        }
    }

    private static DemoOptions parse(final String line) {
        final Host host = new Host();
        new CommandLine(host).parseArgs(line.isEmpty() ? new String[0] : line.split(" "));
        return host.options;
    }

    @Test
    void shouldHaveTheDefaultsOfTheContract() {
        final DemoOptions options = parse("");
        options.validate();

        assertThat(options.transport()).isEqualTo(DemoOptions.Transport.IPC);
        assertThat(options.peers()).isEqualTo(16);
        assertThat(options.partition()).isEqualTo(Partition.IID);
        assertThat(options.askPeers()).isEqualTo(15);
        assertThat(options.wantedPeers()).isEqualTo(SearchParameters.FEW);
        assertThat(options.k()).isEqualTo(10);
        assertThat(options.queries()).isEqualTo(200);
        assertThat(options.show()).isEqualTo(3);
        assertThat(options.rounds()).isEqualTo(5);
        assertThat(options.deadlineMs()).isEqualTo(2000);
    }

    @Test
    void shouldTakeEveryOption() {
        final DemoOptions options =
                parse(
                        "--transport UDP --peers 8 --partition bytopic --ask-peers 3 --seed -7 --k"
                            + " 5 --queries 2 --show 9 --rounds 7 --kill 2 --pause 1 --deadline-ms"
                            + " 50");
        options.validate();

        assertThat(options.transport()).isEqualTo(DemoOptions.Transport.UDP);
        assertThat(options.partition()).isEqualTo(Partition.BYTOPIC);
        assertThat(options.askPeers()).isEqualTo(3);
        assertThat(options.wantedPeers()).isEqualTo(3);
        assertThat(options.seed()).isEqualTo(-7);
        assertThat(options.show()).isEqualTo(2);
        assertThat(options.rounds()).isEqualTo(7);
        assertThat(options.kill() + options.pause()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--peers 1 | --peers 1 is not in 2..64",
                "--peers 65 | --peers 65 is not in 2..64",
                "--k 0 | --k 0 is not in 1..100",
                "--queries 201 | --queries 201 is not in 1..200",
                "--rounds 0 | --rounds 0 is not in 1..1000",
                "--show -1 | --show -1 is not in 0..200",
                "--deadline-ms 0 | --deadline-ms 0 is not in 1..600000",
                "--kill -1 | --kill -1 is not in 0..64",
                "--peers 4 --kill 2 --pause 2 | leave none of --peers 4",
                "--peers 4 --ask-peers 4 | there are only 3 others",
                "--peers 4 --partition niche | niche exists for 16 nodes only"
            })
    void shouldRefuseValuesThatCannotWork(final String line, final String message) {
        final DemoOptions options = parse(line);

        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(options::validate)
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--transport tcp | 'tcp' is not one of ipc, udp",
                "--partition x | 'x' is not one of iid, bytopic, dirichlet, powerlaw, niche",
                "--ask-peers 0 | '0' is neither a number from 1 nor few nor all",
                "--ask-peers some | 'some' is neither a number from 1 nor few nor all",
                "--peers many | 'many' is not an int"
            })
    void shouldRefuseWordsThatItDoesNotKnow(final String line, final String message) {
        assertThatExceptionOfType(CommandLine.ParameterException.class)
                .isThrownBy(() -> parse(line))
                .withMessageContaining(message);
    }
}
