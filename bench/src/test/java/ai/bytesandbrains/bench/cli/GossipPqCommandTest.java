package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.TexmexWriter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

class GossipPqCommandTest {
    private static final int ROWS = 600;
    private static final int DIMENSIONS = 8;
    private static final List<String> CONTRACT =
            List.of(
                    "nodes",
                    "rounds",
                    "identical",
                    "ratioMean",
                    "ratioMax",
                    "agreement",
                    "megabytesPerNode",
                    "recallAt10",
                    "centralRecallAt10",
                    "codebookId",
                    "seed");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir Path folder;

    @BeforeEach
    void writeData() throws IOException {
        write("base.fvecs", ROWS, 1);
        write("query.fvecs", 50, 2);
        final byte[] labels = new byte[ROWS];
        for (int row = 0; row < ROWS; row++) {
            labels[row] = (byte) (row % 5);
        }
        Files.write(folder.resolve("labels.u8"), labels);
    }

    private void write(final String name, final int rows, final long seed) throws IOException {
        final Random random = new Random(seed);
        try (NativeVectors vectors = new NativeVectors(rows, DIMENSIONS)) {
            for (int row = 0; row < rows; row++) {
                final float[] values = new float[DIMENSIONS];
                for (int d = 0; d < DIMENSIONS; d++) {
                    values[d] = (float) random.nextGaussian();
                }
                vectors.setRow(row, values);
            }
            TexmexWriter.vectors(folder.resolve(name), vectors);
        }
    }

    private int run(final String options) {
        final String line =
                "gossip-pq --base %s/base.fvecs --query %s/query.fvecs --bits 4 %s%s%s"
                        .formatted(
                                folder,
                                folder,
                                options.contains("--nodes ") ? "" : "--nodes 8 ",
                                options.contains("--m ") ? "" : "--m 2 ",
                                options);
        return Bb.execute(
                Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)),
                line.strip().split(" +"));
    }

    private JsonNode json(final String options) throws Exception {
        out.getBuffer().setLength(0);
        assertThat(run(options + " --json")).as(err.toString()).isZero();
        return new ObjectMapper().readTree(out.toString());
    }

    @Test
    void shouldHaveTheKeysOfTheContract() throws Exception {
        final JsonNode json = json("--sample 256");

        assertThat(CONTRACT).allSatisfy(key -> assertThat(json.has(key)).as(key).isTrue());
        assertThat(json.get("identical").asBoolean()).isTrue();
        assertThat(json.get("agreement").asDouble()).isEqualTo(1);
        assertThat(json.get("ratioMean").asDouble()).isBetween(0.9, 1.3);
        assertThat(json.get("codebookId").asText()).matches("[0-9a-f]{32}");
    }

    @Test
    void shouldComeToTheSameCodebookWhateverGetsLost() throws Exception {
        final JsonNode clean = json("--sample 256 --partition bytopic --labels " + labels());
        final JsonNode lossy =
                json(
                        "--sample 256 --partition bytopic --loss 0.2 --silent 0.1 --labels "
                                + labels());

        assertThat(lossy.get("codebookId")).isEqualTo(clean.get("codebookId"));
        assertThat(lossy.get("rounds").asInt()).isGreaterThan(clean.get("rounds").asInt());
    }

    @Test
    void shouldTakeAsManyRoundsAndBytesWithoutTraining() throws Exception {
        final String options = "--sample 256 --partition powerlaw --loss 0.1 --seed 3";
        final JsonNode trained = json(options);
        final JsonNode untrained = json(options + " --untrained");

        for (final String key : List.of("rounds", "megabytesPerNode", "messagesPerNode")) {
            assertThat(untrained.get(key)).as(key).isEqualTo(trained.get(key));
        }
        assertThat(untrained.get("ratioMean").isNull()).isTrue();
        assertThat(untrained.get("codebookId").isNull()).isTrue();
    }

    @Test
    void shouldComeToOneCodebookWhereNodesHaveLittleInCommon() throws Exception {
        final JsonNode json = json("--sample 256 --partition niche");

        assertThat(json.get("partition").asText()).isEqualTo("niche");
        assertThat(json.get("identical").asBoolean()).isTrue();
        assertThat(json.get("ratioMean").asDouble()).isBetween(0.9, 1.3);
    }

    @Test
    void shouldTellWhenLateNodesHaveTheCodebook() throws Exception {
        assertThat(json("--sample 256 --late 2").get("joinRounds").asInt()).isBetween(1, 10);
    }

    /// With enough rounds push-sum comes near the same means everywhere, but not to the same bits.
    @Test
    void shouldCompareWithPushSum() throws Exception {
        final JsonNode json = json("--sample 256 --push-sum 4,20");

        assertThat(json.get("algorithm").asText()).isEqualTo("push-sum");
        assertThat(json.get("rounds").asInt()).isEqualTo(80);
        assertThat(json.get("identical").asBoolean()).isFalse();
        assertThat(json.get("agreement").asDouble()).isBetween(.9, 1.0);
        assertThat(json.get("ratioMean").asDouble()).isBetween(.9, 1.3);
        // 80 rounds of two messages of 120 + 4 * 16 * 5 bytes.
        assertThat(json.get("megabytesPerNode").asDouble()).isEqualTo(80 * 2 * 440 / 1e6);
        assertThat(json("--sample 256 --push-sum 4,1").get("agreement").asDouble()).isLessThan(.9);
    }

    @Test
    void shouldPrintATable() {
        assertThat(run("--sample 256")).isZero();

        assertThat(out.toString()).contains("error / central, mean").contains("codebook");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--m 3 | 8",
                "--partition bytopic | --labels",
                "--partition niche --nodes 201 | niche",
                "--sample 3 | --sample 3",
                "--nodes 1 | nodes=1",
                "--loss 2 | loss=2.0",
                "--push-sum 4 | --push-sum",
                "--push-sum 4,0 | --push-sum 0",
                "--poison 9 | --poison 9",
                "--labels nowhere | nowhere"
            })
    void shouldRefuseInOneLine(final String options, final String said) {
        assertThat(run(options)).isEqualTo(Bb.CANNOT);

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines().toList().getLast()).contains(said);
    }

    private Path labels() {
        return folder.resolve("labels.u8");
    }
}
