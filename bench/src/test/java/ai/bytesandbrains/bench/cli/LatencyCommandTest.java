package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class LatencyCommandTest {
    private static final String SMALL = " --messages 1000 --warm-up 100 --interval-us 200";
    private static final List<String> CONTRACT =
            List.of(
                    "transport",
                    "messages",
                    "p50Ns",
                    "p99Ns",
                    "p999Ns",
                    "maxNs",
                    "rawPeerP50Ns",
                    "rawPeerReadP50Ns",
                    "peerEchoP50Ns",
                    "rawReadP50Ns",
                    "rawP50Ns",
                    "rawP99Ns",
                    "chunkEchoP50Ns",
                    "codecEchoP50Ns",
                    "allocatedBytesPerMessage");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String... arguments) {
        return Bb.execute(
                Bb.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)), arguments);
    }

    private int run(final String line) {
        return run(("latency " + line).split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void shouldHaveTheKeysOfTheContract(final String transport) throws Exception {
        assertThat(run("--transport " + transport + SMALL + " --json")).as(err.toString()).isZero();

        final JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.fieldNames()).toIterable().containsAll(CONTRACT);
        assertThat(json.get("transport").asText()).isEqualTo(transport);
        assertThat(json.get("messages").asInt()).isEqualTo(1000);
        for (final String key : CONTRACT.subList(2, CONTRACT.size() - 1)) {
            assertThat(json.get(key).asLong()).as(key).isPositive();
        }
        for (final String[] pair :
                new String[][] {
                    {"peerEcho", "rawPeer"}, {"codecEcho", "raw"}, {"chunkEcho", "raw"}
                }) {
            assertThat(json.get(pair[0] + "Ratio").asDouble())
                    .as(pair[0])
                    .isEqualTo(
                            json.get(pair[0] + "P50Ns").asDouble()
                                    / json.get(pair[1] + "P50Ns").asDouble());
        }
        assertThat(json.get("peerFrameBytes").asInt()).isLessThan(json.get("frameBytes").asInt());
        assertThat(json.get("maxNs").asLong()).isGreaterThanOrEqualTo(json.get("p50Ns").asLong());
    }

    @Test
    void shouldLogEveryRoundTripOnce(@TempDir final Path folder) throws Exception {
        final Path log = folder.resolve("latency.hlog");

        assertThat(run("--log " + log + SMALL)).as(err.toString()).isZero();

        final Map<String, Long> counts = new TreeMap<>();
        try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
            while (reader.hasNext()) {
                final EncodableHistogram histogram = reader.nextIntervalHistogram();
                counts.merge(
                        histogram.getTag(),
                        ((org.HdrHistogram.Histogram) histogram).getTotalCount(),
                        Long::sum);
            }
        }
        for (final String kind :
                List.of(
                        "rawPeer",
                        "rawPeerRead",
                        "peer",
                        "raw",
                        "rawRead",
                        "chunk",
                        "codec",
                        "exchange",
                        "rawSearch",
                        "search")) {
            assertThat(counts).containsEntry(kind, 500L).containsEntry(kind + ".service", 500L);
        }
        assertThat(out.toString()).contains("gossip exchange").contains(log.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--transport tcp",
                "--messages 999",
                "--warm-up 0",
                "--interval-us 3",
                "--idle never",
                "--log /no/such/folder/file"
            })
    void shouldRefuseInOneLineWhatCannotBeDone(final String arguments) {
        assertThat(run(arguments)).isEqualTo(Bb.CANNOT);

        assertThat(out.toString()).isEmpty();
        assertThat(Arrays.asList(err.toString().split("\n"))).hasSize(1);
        assertThat(err.toString()).startsWith("bb latency: ");
    }
}
