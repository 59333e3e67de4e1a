package ai.bytesandbrains.engine.simd;

/// Chooses the kernels once, when this class is first used, and can say which and why.
///
/// The Vector API is taken where its module is present and a vector holds at least four floats. The
/// system property `ai.bytesandbrains.simd` decides otherwise: `scalar` forces the plain Java
/// implementation, `auto` (the default) leaves the choice here, any other value counts as `auto`
/// and is named in [#reason].
public final class Kernels {
    /// The system property that can force the scalar implementation.
    public static final String PROPERTY = "ai.bytesandbrains.simd";

    private static final String MODULE = "jdk.incubator.vector";
    private static final int MIN_LANES = 4;
    private static final Choice CHOICE = choose(System.getProperty(PROPERTY, "auto"));
    private static final DistanceKernels KERNELS = CHOICE.kernels();

    private static volatile String warmUpRemark = "";

    private record Choice(DistanceKernels kernels, String species, String reason) {}

    private Kernels() {}

    /// {@return the chosen kernels; always the same object}
    public static DistanceKernels get() {
        return KERNELS;
    }

    /// {@return what the kernels run on: `scalar`, or the vector width in bits and lanes, such as
    /// `512 bits (16 floats)`}
    public static String species() {
        return CHOICE.species();
    }

    /// {@return why this implementation was chosen, and, after a [#warmUp] that did not come to
    /// rest, that it did not}
    public static String reason() {
        return CHOICE.reason() + warmUpRemark;
    }

    /// Calls every kernel with tiny shapes until the JIT compiler has caught up with it.
    ///
    /// Vector API code allocates on each operation until C2 has compiled it, so the first thousands
    /// of calls of a kernel are both slow and noisy. This method takes that cost at a moment of the
    /// caller's choice: it blocks for up to a few seconds, allocates, and returns when all kernels
    /// have run three batches of calls at no more than 64 bytes a call, or when a fixed number of
    /// batches is used up, which [#reason] then reports. It may be called from any thread, more
    /// than once, and beside kernels in use.
    ///
    /// @return whether all kernels came to rest
    public static boolean warmUp() {
        String unsettled = KernelWarmUp.run(KERNELS);
        warmUpRemark = unsettled.isEmpty() ? "" : "; warm-up: " + unsettled;
        return unsettled.isEmpty();
    }

    private static Choice choose(String wanted) {
        if (wanted.equals("scalar")) {
            return scalar("asked for by -D" + PROPERTY + "=scalar");
        }
        String remark = wanted.equals("auto") ? "" : ", -D" + PROPERTY + "=" + wanted + " ignored";
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return scalar(
                    "module " + MODULE + " is absent: start java with --add-modules " + MODULE);
        }
        // VectorKernels is linked from here on only: without the module it cannot be.
        int lanes = VectorKernels.lanes();
        if (lanes < MIN_LANES) {
            return scalar("a vector of this processor holds lanes=" + lanes + ", too few" + remark);
        }
        return new Choice(
                new VectorKernels(),
                lanes * Float.SIZE + " bits (" + lanes + " floats)",
                "the widest vector that the processor prefers" + remark);
    }

    private static Choice scalar(String reason) {
        return new Choice(new ScalarKernels(), "scalar", reason);
    }
}
