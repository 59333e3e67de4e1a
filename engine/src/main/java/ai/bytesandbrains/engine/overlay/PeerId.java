package ai.bytesandbrains.engine.overlay;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// A 256-bit peer identity: random, or the hash of a public key.
///
/// The first word is the *short id*: frames name their sender and receiver by it, and a
/// [PeerTable] admits one peer for each short id. Zero is reserved there for "whoever listens".
///
/// @param word0 the most significant 64 bits, the short id; never zero
/// @param word1 the next 64 bits
/// @param word2 the next 64 bits
/// @param word3 the least significant 64 bits
public record PeerId(long word0, long word1, long word2, long word3) {

    /// The length of an id in bytes.
    public static final int BYTES = 32;

    /// Checks the reserved short id.
    ///
    /// @throws IllegalArgumentException if `word0` is zero
    public PeerId {
        if (word0 == 0) {
            throw new IllegalArgumentException("word0=0: the short id 0 is reserved");
        }
    }

    /// Draws a new id. Collisions are as unlikely as the generator is good: nodes pass a
    /// cryptographic one, simulations a seeded one.
    ///
    /// @param random the source of the bits
    /// @return a new id
    public static PeerId random(RandomGenerator random) {
        long word0;
        do {
            word0 = random.nextLong();
        } while (word0 == 0);
        return new PeerId(word0, random.nextLong(), random.nextLong(), random.nextLong());
    }

    /// Reads the form that [#toString] writes.
    ///
    /// @param hex 64 hexadecimal digits
    /// @return the id
    /// @throws IllegalArgumentException if the text is anything else
    public static PeerId parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException(
                    "peer id=" + hex + ": expected " + 2 * BYTES + " hexadecimal digits");
        }
        return new PeerId(
                HexFormat.fromHexDigitsToLong(hex, 0, 16),
                HexFormat.fromHexDigitsToLong(hex, 16, 32),
                HexFormat.fromHexDigitsToLong(hex, 32, 48),
                HexFormat.fromHexDigitsToLong(hex, 48, 64));
    }

    /// {@return the first 64 bits, never zero}
    public long shortId() {
        return word0;
    }

    /// {@return 64 hexadecimal digits}
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(word0)
                + hex.toHexDigits(word1)
                + hex.toHexDigits(word2)
                + hex.toHexDigits(word3);
    }
}
