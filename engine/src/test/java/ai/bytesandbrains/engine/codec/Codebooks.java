package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Codebooks for tests that do not care how they came about.
public final class Codebooks {
    private Codebooks() {}

    /// A codebook of random centroids.
    public static Codebook random(Metric metric, int dimensions, int subspaces, int bits) {
        try (Arena arena = Arena.ofConfined()) {
            SplittableRandom random = new SplittableRandom(dimensions + bits);
            MemorySegment centroids = TestVectors.gaussian(arena, random, dimensions << bits, 1);
            return Codebook.of(metric, dimensions, subspaces, bits, 0.75, centroids, 0);
        }
    }
}
