package ai.bytesandbrains.engine.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Prints what this JVM chose, and a distance that it computed with it.
final class KernelsProbe {
    private KernelsProbe() {}

    public static void main(String[] args) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3);
            MemorySegment b = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 4, 5, 6);
            System.out.println(Kernels.species() + "; " + Kernels.reason());
            System.out.println(Kernels.get().squaredL2(a, 0, b, 0, 3));
        }
    }
}
