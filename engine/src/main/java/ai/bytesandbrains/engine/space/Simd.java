package ai.bytesandbrains.engine.space;

import static java.util.Locale.ROOT;

import ai.bytesandbrains.engine.simd.Kernels;

import java.util.List;

/// What the distances run on, for users to see and to wait for. The kernels themselves are
/// internal.
///
/// The Vector API is used where its module is present and the processor has vectors of at least
/// four floats. The system property `ai.bytesandbrains.simd` overrides: `scalar` forces plain Java,
/// `128`, `256` or `512` a vector width.
///
/// **Warm-up.** Vector API code is slow and allocates until the JIT compiler has compiled it. So a
/// process begins on plain Java; a daemon thread of low priority, started by the first use of a
/// distance, compiles the vector kernels in the background within some seconds, and each one takes
/// over as soon as it is ready. One that keeps allocating, or is slower than plain Java, after 20
/// seconds of that thread's processor time stays on plain Java, and [#reason] says so.
///
/// Safe for any thread.
public final class Simd {

    private Simd() {}

    /// What one kernel runs on at the moment.
    ///
    /// @param name the kernel
    /// @param implementation `vector`, `scalar`, or `warming` for scalar until the vector one is
    ///     compiled
    /// @param remark why, or how it compares with plain Java; may be empty
    public record Kernel(String name, String implementation, String remark) {}

    /// {@return `scalar`, or the vector width, such as `512 bits (16 floats)`}
    public static String species() {
        return Kernels.species();
    }

    /// {@return why, in one line: who asked for the width, how many kernels run on it by now, how
    /// many are still being compiled, and which were left on plain Java and why}
    public static String reason() {
        return Kernels.reason();
    }

    /// {@return what each kernel runs on at the moment; allocates}
    public static List<Kernel> kernels() {
        return Kernels.status().stream()
                .map(k -> new Kernel(k.kernel(), k.state().name().toLowerCase(ROOT), k.remark()))
                .toList();
    }

    /// Waits until the background warm-up has decided every kernel, so that the first real searches
    /// are neither slow nor allocating. Blocks for a few seconds, half a minute at the worst;
    /// returns at once when all is decided.
    ///
    /// @return whether all kernels run on [#species]; if not, [#reason] says which do not
    public static boolean warmUp() {
        return Kernels.warmUp();
    }
}
