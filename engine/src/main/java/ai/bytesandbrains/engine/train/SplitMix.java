package ai.bytesandbrains.engine.train;

/// The SplitMix64 generator, written out because training has to give the same bits on every JDK.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
/// figure 16.
final class SplitMix {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    SplitMix(long seed) {
        state = seed;
    }

    long nextLong() {
        state += GOLDEN_GAMMA;
        long z = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /// {@return a number from 0 to `bound - 1`}
    int nextInt(int bound) {
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /// {@return a number in [0, 1) with 53 random bits}
    double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }
}
