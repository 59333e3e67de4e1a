package ai.bytesandbrains.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;

/// Vectors for tests.
public final class TestVectors {
    private TestVectors() {}

    /// `count * dimensions` floats with a normal distribution, off-heap.
    public static MemorySegment gaussian(
            Arena arena, RandomGenerator random, int count, int dimensions) {
        MemorySegment vectors = arena.allocate(4L * count * dimensions, 64);
        for (long i = 0; i < (long) count * dimensions; i++) {
            vectors.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return vectors;
    }

    /// Vectors around `clusters` random centres: data that there is something to learn from.
    public static MemorySegment clustered(
            Arena arena, RandomGenerator random, int count, int dimensions, int clusters) {
        MemorySegment centres = gaussian(arena, random, clusters, dimensions);
        MemorySegment vectors = gaussian(arena, random, count, dimensions);
        for (int i = 0; i < count; i++) {
            long centre = random.nextInt(clusters);
            for (int d = 0; d < dimensions; d++) {
                long at = (long) i * dimensions + d;
                float x = 0.2f * at(vectors, at) + at(centres, centre * dimensions + d);
                vectors.setAtIndex(ValueLayout.JAVA_FLOAT, at, x);
            }
        }
        return vectors;
    }

    /// The `i`-th float.
    public static float at(MemorySegment vectors, long i) {
        return vectors.getAtIndex(ValueLayout.JAVA_FLOAT, i);
    }

    /// The `i`-th vector as an array.
    public static float[] array(MemorySegment vectors, long i, int dimensions) {
        return vectors.asSlice(4L * i * dimensions, 4L * dimensions)
                .toArray(ValueLayout.JAVA_FLOAT);
    }
}
