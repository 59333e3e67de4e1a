package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.Random;

/// Valid frames cut off at every length.
class TruncationTest {

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldDropEveryPartOfAFrame(long seed) {
        Random random = new Random(seed);
        try (Wire wire = Wire.recording()) {
            long cut = 0;
            for (int i = 0; i < 100; i++) {
                byte[] frame = wire.randomFrame(random);
                for (int length = 0; length < frame.length; length++) {
                    assertThat(wire.take(Arrays.copyOf(frame, length))).isZero();
                    cut++;
                }
            }
            assertThat(wire.delivered()).isZero();
            assertThat(wire.drops.total()).isEqualTo(cut);
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {4, 5, 6})
    void shouldDropEveryPartThatClaimsToBeWhole(long seed) {
        Random random = new Random(seed);
        try (Wire wire = Wire.recording()) {
            long cut = 0;
            for (int i = 0; i < 100; i++) {
                byte[] frame = wire.randomFrame(random);
                for (int length = Wire.LENGTH + 4; length < frame.length; length++) {
                    byte[] part = Arrays.copyOf(frame, length);
                    Wire.putInt(part, Wire.LENGTH, length);
                    assertThat(wire.take(part)).isZero();
                    cut++;
                }
            }
            assertThat(wire.delivered()).isZero();
            assertThat(wire.drops.total()).isEqualTo(cut);
        }
    }
}
