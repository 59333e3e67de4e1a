package ai.bytesandbrains.engine;

import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.simd.Kernels;
import ai.bytesandbrains.engine.space.L2Space;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Prints, one `name=value` a line, what this JVM chose and what it computes with it.
final class KernelProbe {
    private static final int COUNT = 700;
    private static final int DIMENSIONS = 12;

    private KernelProbe() {}

    public static void main(String[] args) {
        System.out.println("warm=" + Kernels.warmUp());
        System.out.println("species=" + Kernels.species());
        System.out.println("reason=" + Kernels.reason());
        float[] a = {1, 2, 3};
        float[] b = {4, 5, 6};
        System.out.println("distance=" + new L2Space(3).distance(a, b));
        System.out.println("codebook=" + codebookId());
    }

    private static String codebookId() {
        ProductQuantizer quantizer =
                new ProductQuantizer(PqConfig.of(Metric.COSINE, DIMENSIONS, 4, 3));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment samples =
                    TestVectors.clustered(arena, new SplittableRandom(1), COUNT, DIMENSIONS, 40);
            quantizer.train(samples, 0, 4L * DIMENSIONS, COUNT);
        }
        return quantizer.codebook().idHex();
    }
}
