package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.PrintWriter;
import java.io.StringWriter;

class FederatedCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String line) {
        return Bb.execute(
                Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)),
                ("federated " + line).split(" "));
    }

    @Test
    void shouldFindMostByAskingSixOfSixteen() throws Exception {
        assertThat(run("--ask 6 --limit 60 --json")).isZero();

        final JsonNode json = new ObjectMapper().readTree(out.toString());
        final JsonNode six = json.get("asked").get(0);
        assertThat(json.get("nodes").asInt()).isEqualTo(16);
        assertThat(six.get("recallAt10").asDouble()).isBetween(0.8, 1.0);
        assertThat(six.get("recallAt10").asDouble())
                .isLessThanOrEqualTo(six.get("oracleAt10").asDouble());
        assertThat(six.get("peersAskedMean").asDouble()).isEqualTo(6);
        assertThat(six.get("partial").asInt()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--ask 0|--ask 0",
                "--ask many|--ask many",
                "--periods 0|--periods 0",
                "--profiles 9|--profiles 9",
                "--partition x|--partition x",
                "--base x.fvecs|go together"
            })
    void shouldNameWhatIsWrong(final String line, final String named) {
        assertThat(run(line)).isEqualTo(Bb.CANNOT);
        assertThat(err.toString()).contains(named).hasLineCount(1);
    }
}
