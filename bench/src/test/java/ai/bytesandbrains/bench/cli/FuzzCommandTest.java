package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

class FuzzCommandTest {
    /// All messages of the schema.
    private static final List<String> TEMPLATES =
            List.of("1", "20", "21", "22", "30", "31", "40", "60", "100", "101", "102", "103");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String line) {
        return Bb.execute(
                Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)),
                ("fuzz " + line).split(" "));
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2})
    void shouldBearWhateverArrives(final long seed) throws Exception {
        assertThat(run("--frames 150000 --json --seed " + seed)).as(err.toString()).isZero();

        final JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.get("frames").asLong()).isGreaterThanOrEqualTo(150_000);
        assertThat(json.get("delivered").asLong() + json.get("dropped").asLong())
                .isEqualTo(json.get("frames").asLong());
        assertThat(json.get("exceptions").asLong()).isZero();
        for (final String work : new String[] {"exchanges", "searches", "queries", "blobs"}) {
            assertThat(json.get(work).asLong()).as(work).isGreaterThan(10);
        }
        for (final String template : TEMPLATES) {
            assertThat(json.get("soundByTemplate").path(template).asLong())
                    .as("template " + template)
                    .isPositive();
        }
        for (final String reason :
                new String[] {"TRUNCATED", "STRANGER", "REPLAYED", "MALFORMED", "BAD_SENDER"}) {
            assertThat(json.get("drops").get(reason).asLong()).as(reason).isGreaterThan(100);
        }
    }

    @Test
    void shouldRefuseInOneLineWhatCannotBeDone() {
        assertThat(run("--frames 999")).isEqualTo(Bb.CANNOT);
        assertThat(err.toString()).startsWith("bb fuzz: --frames 999");
    }
}
