package ai.bytesandbrains.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class QueryTimesTest {
    private final QueryTimes times = new QueryTimes();

    @Test
    void shouldReportPercentilesInMicroseconds() {
        for (int us = 1; us <= 100; us++) {
            times.record(us * 1_000L);
        }

        assertThat(times.percentileUs(50)).isCloseTo(50, within(0.1));
        assertThat(times.percentileUs(99)).isCloseTo(99, within(0.1));
    }

    @Test
    void shouldReportNothingWithoutQueries() {
        assertThat(times.percentileUs(50)).isNull();
    }

    @Test
    void shouldKeepTimesOutOfRangeAtItsLimits() {
        times.record(-1);
        times.record(Long.MAX_VALUE);

        assertThat(times.percentileUs(100)).isCloseTo(6e8, within(1e6));
    }
}
