package ai.bytesandbrains.engine.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;
import java.util.random.RandomGenerator;

class PeerIdTest {

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldComeBackFromItsHexForm(long seed) {
        RandomGenerator random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            PeerId id = PeerId.random(random);
            assertThat(PeerId.parse(id.toString())).isEqualTo(id);
        }
    }

    @Test
    void shouldWriteEveryWordWithLeadingZeros() {
        assertThat(new PeerId(1, 0, -1, 0xab))
                .hasToString(
                        "0000000000000001"
                                + "0000000000000000"
                                + "ffffffffffffffff"
                                + "00000000000000ab");
    }

    @Test
    void shouldReadUpperCaseDigits() {
        PeerId id = new PeerId(0xabcdefL, 2, 3, 4);

        assertThat(PeerId.parse(id.toString().toUpperCase(java.util.Locale.ROOT))).isEqualTo(id);
    }

    @Test
    void shouldRefuseTheReservedShortId() {
        assertThatThrownBy(() -> new PeerId(0, 1, 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("word0=0");
    }

    @Test
    void shouldRefuseTheReservedShortIdInText() {
        assertThatThrownBy(() -> PeerId.parse("0".repeat(64)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12", "g"})
    void shouldRefuseTextThatIsNoId(String start) {
        assertThatThrownBy(() -> PeerId.parse(start)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseDigitsThatAreNone() {
        assertThatThrownBy(() -> PeerId.parse("g".repeat(64)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldNeverDrawTheReservedShortId() {
        int[] drawn = {0};
        RandomGenerator zeroFirst = () -> drawn[0]++;

        assertThat(PeerId.random(zeroFirst).shortId()).isEqualTo(1);
    }
}
