package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.PrintWriter;
import java.io.StringWriter;

class OverlayCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String line) {
        return Bb.execute(
                Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)),
                ("overlay " + line).split(" "));
    }

    @Test
    void shouldFindPeersAmongTheBundledVectors() throws Exception {
        assertThat(run("--nodes 150 --cycles 12 --finds 50 --json")).isZero();

        final JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.get("dimensions").asInt()).isEqualTo(384);
        assertThat(json.get("nearRecallAt10").asDouble()).isGreaterThan(0.9);
        assertThat(json.get("findRecallAt10").asDouble()).isGreaterThan(0.9);
        assertThat(json.get("peersAskedMean").asDouble()).isBetween(10.0, 25.0);
        assertThat(json.get("course")).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--nodes 5|--nodes 5",
                "--beam 65|--beam 65",
                "--churn 1.5|--churn 1.5",
                "--loss 7|--loss 7",
                "--base x.fvecs|--query",
                "--nodes 100000|5000 rows",
                "--base a.fvecs --query b.fvecs|a.fvecs"
            })
    void shouldNameWhatIsWrong(final String line, final String named) {
        assertThat(run(line)).isEqualTo(Bb.CANNOT);
        assertThat(err.toString()).contains(named).hasLineCount(1);
    }
}
