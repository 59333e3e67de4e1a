package ai.bytesandbrains.engine.space;

import ai.bytesandbrains.engine.simd.Kernels;

/// What the distances run on, for users to see and to warm up. The kernels themselves are internal.
///
/// The Vector API is used where its module is present and the processor has vectors of at least
/// four floats; `-Dai.bytesandbrains.simd=scalar` forces plain Java. Safe for any thread.
public final class Simd {

    private Simd() {}

    /// {@return `scalar`, or the vector width, such as `512 bits (16 floats)`}
    public static String species() {
        return Kernels.species();
    }

    /// {@return why, in one line}
    public static String reason() {
        return Kernels.reason();
    }

    /// Lets the JIT compiler catch up with every kernel, so that the first real searches are
    /// neither slow nor allocating. Blocks for up to a few seconds; allocates.
    ///
    /// @return whether all kernels came to rest; if not, [#reason] says which did not
    public static boolean warmUp() {
        return Kernels.warmUp();
    }
}
