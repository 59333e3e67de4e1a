package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;

import java.io.IOException;

class DemoReportTest {
    private static final String[] CONTRACT =
            ("peers vectors transport partition discoveredSeconds viewsFull recallAt10"
                            + " peersAskedMean partial p50Us p99Us messagesOnWire bytesOnWire"
                            + " codebooksIdentical codebookRounds bytesPerVector"
                            + " allocatedBytesPerQuery seed")
                    .split(" ");

    private static final DemoReport.Setup SETUP =
            new DemoReport.Setup(16, 5000, "ipc", "iid", 200, 10, 15, 42);

    private static final DemoReport FULL =
            new DemoReport(
                    SETUP,
                    new DemoReport.Discovery(1.25, 1.0),
                    new DemoReport.Answers(0.9995, 15.0, 0L, 812.5, 1e-5, 12_345_678.9),
                    new DemoReport.Slowest(20.5, 41.25),
                    new DemoReport.Cost(31.0, 20_000.0, 0.0),
                    new DemoReport.Traffic(6400L, 10_000_000_000L, 0L),
                    new DemoCodebook(
                            true, "8fae8e2c", 42, 9.5, 71.5, 7.68, 0.9985, 1536.0, 48.0, 436.0),
                    3.5);

    private static final DemoReport ABSENT =
            new DemoReport(
                    SETUP,
                    DemoReport.Discovery.ABSENT,
                    DemoReport.Answers.ABSENT,
                    DemoReport.Slowest.ABSENT,
                    DemoReport.Cost.ABSENT,
                    DemoReport.Traffic.ABSENT,
                    DemoCodebook.ABSENT,
                    null);

    private static JsonNode json(final DemoReport report) throws IOException {
        return new ObjectMapper().readTree(Json.line(report));
    }

    @Test
    void shouldHaveEveryKeyOfTheContractInOneFlatObject() throws IOException {
        for (final JsonNode json : new JsonNode[] {json(FULL), json(ABSENT)}) {
            for (final String key : CONTRACT) {
                assertThat(json.has(key)).as(key).isTrue();
            }
            json.forEach(value -> assertThat(value.isValueNode()).isTrue());
        }
    }

    @Test
    void shouldWriteFiguresAsPlainNumbers() throws IOException {
        final JsonNode json = json(FULL);

        assertThat(json.get("recallAt10").doubleValue()).isEqualTo(0.9995);
        assertThat(json.get("partial").isIntegralNumber()).isTrue();
        assertThat(json.get("codebooksIdentical").booleanValue()).isTrue();
        assertThat(json.get("bytesOnWire").longValue()).isEqualTo(10_000_000_000L);
        assertThat(Json.line(FULL))
                .contains("\"p99Us\":0.000010", "\"p999Us\":12345678.9")
                .doesNotContain("E-", "E7");
    }

    @Test
    void shouldWriteNullForWhatIsNotMeasuredOrNotANumber() throws IOException {
        assertThat(json(ABSENT).get("recallAt10").isNull()).isTrue();
        assertThat(json(ABSENT).get("codebooksIdentical").isNull()).isTrue();
        assertThat(Json.line(new DemoReport.Discovery(Double.NaN, Double.POSITIVE_INFINITY)))
                .isEqualTo("{\"discoveredSeconds\":null,\"viewsFull\":null}");
    }

    @Test
    void shouldEscapeWhatATerminalMayNotShow() {
        assertThat(Json.line("caf\u00e9\u001b")).isEqualTo("\"caf\\u00E9\\u001B\"");
    }

    @Test
    void shouldRenderATableForReaders() {
        assertThat(FULL.table().lines())
                .contains(
                        "  peers                      16",
                        "  recall@10                  0.9995",
                        "  views full                 100.0 %",
                        "  time p50                   812.5 us",
                        "  bytes                      10,000,000,000",
                        "  codebooks identical        yes",
                        "  recall@10 with codes       0.9985",
                        "  bytes per vector           436.0");
    }

    @Test
    void shouldRenderADashForWhatIsNotMeasured() {
        assertThat(ABSENT.table().lines())
                .contains("  recall@10                  -", "  total                      -");
    }
}
