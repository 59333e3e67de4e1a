package ai.bytesandbrains.engine.sim;

import java.util.random.RandomGenerator;

/// A small fast generator for simulations: SplitMix64. Not for keys or request ids of real nodes.
///
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
public final class Chance implements RandomGenerator {

    private static final long GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    /// Starts a sequence.
    ///
    /// @param seed any number; equal seeds give equal sequences
    public Chance(long seed) {
        state = mix(seed);
    }

    @Override
    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    @Override
    public int nextInt() {
        return (int) (nextLong() >>> 32);
    }

    /// {@inheritDoc}
    ///
    /// By multiplication: the bias is below `bound / 2^32`.
    @Override
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound=" + bound + ": expected at least 1");
        }
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /// {@return whether something of this likelihood happens; draws nothing for what never does}
    ///
    /// @param likelihood 0 = never, 1 = always
    public boolean happens(double likelihood) {
        return likelihood > 0 && nextDouble() < likelihood;
    }

    /// {@return a number that looks random and depends on nothing but the arguments}
    ///
    /// @param seed the seed
    /// @param number which one of the seed's
    public static long hash(long seed, long number) {
        return mix(seed + GAMMA * (number + 1));
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
