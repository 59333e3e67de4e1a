package ai.bytesandbrains.engine.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// What kernels are warmed up on: native memory, as the stores have it, and arrays.
///
/// Kernels that write a segment write [#output], so that the other contents stay what they are.
final class WarmUpMemory {
    /// Floats in [#floats] and bytes in [#bytes], shorts, longs and so on accordingly.
    static final int SIZE = 1 << 15;

    private static final long SEED = 0x5eed;

    /// Floats from -1 to 1.
    final MemorySegment floats;

    /// Random bytes.
    final MemorySegment bytes;

    /// Zeros; as long as [#floats].
    final MemorySegment output;

    /// The same floats, for input or output.
    final float[] floatArray = new float[SIZE];

    /// For output alone.
    final float[] floatResult = new float[SIZE];

    /// For a second output.
    final float[] floatResult2 = new float[SIZE];

    final int[] intArray = new int[SIZE];
    final long[] longArray = new long[SIZE];
    final byte[] byteArray = new byte[SIZE];

    /// Counts calls: lets a case take its shapes in turn.
    int turn;

    WarmUpMemory(Arena arena) {
        floats = arena.allocate(4L * SIZE, 64);
        bytes = arena.allocate(SIZE, 64);
        output = arena.allocate(4L * SIZE, 64);
        SplittableRandom random = new SplittableRandom(SEED);
        random.nextBytes(byteArray);
        for (int i = 0; i < SIZE; i++) {
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, 2 * (float) random.nextDouble() - 1);
            floatArray[i] = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            bytes.set(ValueLayout.JAVA_BYTE, i, byteArray[i]);
        }
    }
}
