package ai.bytesandbrains.engine.hostile;

import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// Good and bad vectors that all hostile cases share.
final class Shapes {
    static final int COUNT = 100;
    static final int DIMENSIONS = 8;
    static final long STRIDE = 4L * DIMENSIONS;
    static final Arena ARENA = Arena.ofShared();
    static final MemorySegment VECTORS =
            TestVectors.clustered(ARENA, new SplittableRandom(1), COUNT, DIMENSIONS, 30);

    /// One byte short of a vector.
    static final MemorySegment SHORT = ARENA.allocate(STRIDE - 1);

    /// A heap segment without alignment that holds one good vector from byte 1 on.
    static final MemorySegment HEAP = MemorySegment.ofArray(new byte[(int) STRIDE + 1]);

    static final MemorySegment ZERO = ARENA.allocate(STRIDE);
    static final MemorySegment NAN = with(2, Float.NaN);
    static final MemorySegment INFINITE = with(3, Float.NEGATIVE_INFINITY);

    /// Room for anything of one vector.
    static final MemorySegment ROOM = ARENA.allocate(1 << 16, 64);

    static {
        MemorySegment.copy(VECTORS, 0, HEAP, 1, STRIDE);
    }

    private Shapes() {}

    static PqConfig config(Metric metric) {
        return new PqConfig(metric, DIMENSIONS, 4, 4, 2, 100, 7);
    }

    static Codebook codebook(Metric metric) {
        ProductQuantizer quantizer = new ProductQuantizer(config(metric));
        quantizer.train(VECTORS, 0, STRIDE, COUNT);
        return quantizer.codebook();
    }

    private static MemorySegment with(int d, float value) {
        MemorySegment vector = ARENA.allocate(STRIDE);
        MemorySegment.copy(VECTORS, 0, vector, 0, STRIDE);
        vector.setAtIndex(ValueLayout.JAVA_FLOAT, d, value);
        return vector;
    }
}
