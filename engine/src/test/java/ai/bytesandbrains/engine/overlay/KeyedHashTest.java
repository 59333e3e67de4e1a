package ai.bytesandbrains.engine.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyedHashTest {

    /// The vector for eight bytes 00 01 ... 07 in the appendix of the paper's reference.
    @Test
    void shouldHashTheReferenceVector() {
        long hash = KeyedHash.hash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L, 0x0706050403020100L);

        assertThat(hash).isEqualTo(0x93f5f5799a932462L);
    }

    @Test
    void shouldDependOnBothKeysAndTheWord() {
        long hash = KeyedHash.hash(1, 2, 3);

        assertThat(KeyedHash.hash(0, 2, 3)).isNotEqualTo(hash);
        assertThat(KeyedHash.hash(1, 0, 3)).isNotEqualTo(hash);
        assertThat(KeyedHash.hash(1, 2, 0)).isNotEqualTo(hash);
    }
}
