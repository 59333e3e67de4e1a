package ai.bytesandbrains.engine.semantic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileWeightTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 10, 99, 1_000, 123_456, 2_000_000_000L})
    void shouldKeepANumberRoughly(long vectors) {
        float back = ProfileWeight.vectors(ProfileWeight.of(vectors));

        // Half a step, and of one more than the number.
        assertThat(back + 1).isCloseTo(vectors + 1f, Percentage.withPercentage(4.5));
    }

    @Test
    void shouldEndSomewhere() {
        assertThat(ProfileWeight.of(0)).isZero();
        assertThat(ProfileWeight.vectors(0)).isZero();
        assertThat(ProfileWeight.of(Long.MAX_VALUE)).isEqualTo(ProfileWeight.MAX);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileWeight.of(-1))
                .withMessageContaining("vectors=-1");
    }
}
