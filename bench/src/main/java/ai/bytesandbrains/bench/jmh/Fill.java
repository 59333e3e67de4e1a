package ai.bytesandbrains.bench.jmh;

import ai.bytesandbrains.engine.space.Simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// Random operands, the same in every fork.
final class Fill {
    /// Forces the scalar oracle in a fork.
    static final String SCALAR = "-Dai.bytesandbrains.simd=scalar";

    private static final long ALIGNMENT = 64;

    private Fill() {}

    /// Floats from -1 to 1.
    static MemorySegment floats(final SegmentAllocator memory, final long count, final int seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final MemorySegment floats = memory.allocate(count * Float.BYTES, ALIGNMENT);
        for (long i = 0; i < count; i++) {
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
        }
        return floats;
    }

    /// Any bytes.
    static MemorySegment bytes(final SegmentAllocator memory, final long count, final int seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final MemorySegment bytes = memory.allocate(count, ALIGNMENT);
        for (long at = 0; at + Long.BYTES <= count; at += Long.BYTES) {
            bytes.set(ValueLayout.JAVA_LONG, at, random.nextLong());
        }
        return bytes;
    }

    /// Makes sure that the kernels that serve are those that were chosen.
    static void warmUp() {
        if (!Simd.warmUp()) {
            throw new IllegalStateException(Simd.reason());
        }
    }
}
