package ai.bytesandbrains.engine.overlay;

/// A keyed hash of one word: who does not know the key cannot choose a word with a small hash.
///
/// Source: Aumasson, Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012; SipHash-2-4 of
/// eight bytes.
public final class KeyedHash {

    private static final long LENGTH_BLOCK = 8L << 56;

    private KeyedHash() {}

    /// {@return the hash of a word}
    ///
    /// @param key0 one half of the key
    /// @param key1 the other half
    /// @param word what is hashed
    public static long hash(long key0, long key1, long word) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        // Rounds 0 and 1 take in the word, 2 and 3 the length, the other four finish.
        for (int round = 0; round < 8; round++) {
            if (round == 0) {
                v3 ^= word;
            } else if (round == 2) {
                v0 ^= word;
                v3 ^= LENGTH_BLOCK;
            } else if (round == 4) {
                v0 ^= LENGTH_BLOCK;
                v2 ^= 0xff;
            }
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    /// A cheap permutation in which every bit of the result depends on every bit of the word
    /// (the finalizer of SplitMix64, Steele et al., OOPSLA 2014).
    ///
    /// @param word what is mixed
    /// @return the mixed word
    public static long mix(long word) {
        long z = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
