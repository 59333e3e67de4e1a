package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTest {
    /// What is written here never changes: older nodes read it.
    @ParameterizedTest
    @CsvSource({"L2, 1", "COSINE, 2", "INNER_PRODUCT, 3", "HAMMING, 4"})
    void shouldKeepItsCodes(Metric metric, int code) {
        assertThat(Metrics.toWire(metric).value()).isEqualTo((short) code);
    }

    @ParameterizedTest
    @EnumSource(value = Metric.class, mode = EnumSource.Mode.EXCLUDE, names = "OTHER")
    void shouldReadWhatItWrites(Metric metric) {
        assertThat(Metrics.ofCode(Metrics.toWire(metric).value())).isEqualTo(metric);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 77, 255, 256})
    void shouldKnowNoOtherCodes(int code) {
        assertThat(Metrics.ofCode(code)).isNull();
    }
}
