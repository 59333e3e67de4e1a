package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

import javax.imageio.ImageIO;

class SimCommandTest {
    private static final List<String> CONTRACT =
            List.of(
                    "nodes",
                    "cycles",
                    "inDegreeMean",
                    "inDegreeSd",
                    "inDegreeMin",
                    "inDegreeMax",
                    "clustering",
                    "averagePath",
                    "components",
                    "largestComponent",
                    "deadLinksPerView",
                    "deaf",
                    "attackerShare",
                    "wallSeconds",
                    "bytesPerNode",
                    "allocatedBytesPerExchange",
                    "seed",
                    "digest");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String line) {
        return Bb.execute(
                Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)),
                ("sim " + line).split(" "));
    }

    private JsonNode json(final String line) throws Exception {
        out.getBuffer().setLength(0);
        assertThat(run(line + " --json")).isZero();
        return new ObjectMapper().readTree(out.toString());
    }

    @Test
    void shouldHaveTheKeysOfTheContract() throws Exception {
        final JsonNode json = json("--nodes 200 --cycles 10");

        assertThat(json.fieldNames()).toIterable().containsAll(CONTRACT);
        assertThat(json.get("components").asInt()).isEqualTo(1);
        assertThat(json.get("inDegreeMean").asDouble()).isBetween(19.0, 20.0);
    }

    @Test
    void shouldRunTheSameAgainFromTheSameSeed() throws Exception {
        final String line = "--nodes 200 --cycles 10 --loss 0.3 --duplicate 0.1 --reorder 0.1";
        final JsonNode first = json(line);

        assertThat(json(line).get("digest")).isEqualTo(first.get("digest"));
        assertThat(json(line + " --seed 7").get("digest")).isNotEqualTo(first.get("digest"));
    }

    @Test
    void shouldComeToTheSameOverRealBytes() throws Exception {
        final JsonNode compact = json("--nodes 200 --cycles 10 --wire compact");
        final JsonNode sbe = json("--nodes 200 --cycles 10 --wire sbe");

        for (String key : List.of("inDegreeSd", "clustering", "averagePath", "bytesPerNodeCycle")) {
            assertThat(sbe.get(key)).as(key).isEqualTo(compact.get(key));
        }
        assertThat(sbe.get("malformed").asLong()).isZero();
    }

    @Test
    void shouldSayWhenTheDeadWereForgotten() throws Exception {
        final JsonNode json = json("--nodes 300 --cycles 60 --kill 0.5");

        assertThat(json.get("members").asInt()).isEqualTo(150);
        assertThat(json.get("deadLinksPerView").asDouble()).isZero();
        assertThat(json.get("healedAfterCycles").asInt()).isBetween(3, 25);
    }

    @Test
    void shouldDrawAPicture(@TempDir final Path folder) throws Exception {
        final Path file = folder.resolve("sim.png");

        assertThat(run("--nodes 100 --cycles 5 --picture " + file)).isZero();
        assertThat(ImageIO.read(file.toFile()).getWidth()).isGreaterThan(1_000);
        assertThat(out.toString()).contains("in-degree sd");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--nodes 1 | nodes=1: expected 2",
                "--cycles 0 | cycles=0: expected 1",
                "--view 21 | viewSize=21: expected an even number",
                "--view 10 --swap 9 | healing=0 swap=9 viewSize=10",
                "--loss 1.5 | loss=1.5: expected 0 to 1",
                "--kill -0.1 | kill=-0.1: expected 0 to 1",
                "--split 101 | splitCycles=101: expected 0 to 100",
                "--seeds 17 | --seeds 17 is not in 0..16",
                "--start join --seeds 0 | seedPeers=0 start=JOIN",
                "--nodes 3000000 --churn 0.5 | more than 4000000 nodes",
                "--latency-ms 0 | --latency-ms 0 is not in 1..60000",
                "--picture x.gif | expected a name that ends in .png",
                "--select oldest | 'oldest' is not one of tail, uniform, weighted",
            })
    void shouldRefuseWhatCannotBeDone(final String line, final String message) {
        assertThat(run(line)).isEqualTo(2);

        assertThat(err.toString().lines()).singleElement().asString().contains(message);
        assertThat(out.toString()).isEmpty();
    }
}
