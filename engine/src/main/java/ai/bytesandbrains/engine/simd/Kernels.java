package ai.bytesandbrains.engine.simd;

import java.util.ArrayList;
import java.util.List;

/// Chooses the kernels once, when this class is first used, and can say which and why.
///
/// The Vector API is taken where its module is present and a vector holds at least four floats. The
/// system property `ai.bytesandbrains.simd` decides otherwise: `scalar` forces the plain Java
/// implementation, `128`, `256` and `512` a width (where the processor has it), `auto` (the
/// default) leaves the choice here, any other value counts as `auto` and is named in [#reason].
///
/// Each kernel is served from the scalar implementation until a background thread, started by the
/// first use of any kernel, has brought its vector implementation to the compiled state; see
/// [KernelWarmUp].
public final class Kernels {
    /// The system property that forces an implementation or a width.
    public static final String PROPERTY = "ai.bytesandbrains.simd";

    private static final String MODULE = "jdk.incubator.vector";
    private static final int MIN_BITS = 128;
    private static final Choice CHOICE = choose(VectorWidth.requested());

    private static final KernelFamily<DistanceKernels> DISTANCES =
            new KernelFamily<>(
                    DistanceKernels[]::new,
                    new ScalarKernels(),
                    List.of(new ScalarKernels() {}, new ScalarKernels() {}),
                    CHOICE.vector() ? new VectorKernels() : null,
                    SwitchedDistances::new,
                    SwitchedDistances.CASES);

    private static final KernelFamily<ScanKernels> SCANS =
            new KernelFamily<>(
                    ScanKernels[]::new,
                    new ScalarScans(),
                    List.of(new ScalarScans() {}, new ScalarScans() {}),
                    CHOICE.vector() ? new VectorScans() : null,
                    SwitchedScans::new,
                    SwitchedScans.CASES);

    private static final KernelFamily<TileKernels> TILES =
            new KernelFamily<>(
                    TileKernels[]::new,
                    new ScalarTiles(),
                    List.of(new ScalarTiles() {}, new ScalarTiles() {}),
                    CHOICE.vector() ? new VectorTiles() : null,
                    SwitchedTiles::new,
                    SwitchedTiles.CASES);

    private static final KernelFamily<ByteKernels> BYTES =
            new KernelFamily<>(
                    ByteKernels[]::new,
                    new ScalarByteKernels(),
                    List.of(new ScalarByteKernels() {}, new ScalarByteKernels() {}),
                    CHOICE.vector() ? new VectorByteKernels() : null,
                    SwitchedBytes::new,
                    SwitchedBytes.CASES);

    private static final KernelFamily<ClusterKernels> CLUSTERS =
            new KernelFamily<>(
                    ClusterKernels[]::new,
                    new ScalarClusters(),
                    List.of(new ScalarClusters() {}, new ScalarClusters() {}),
                    CHOICE.vector() ? new VectorClusters() : null,
                    SwitchedClusters::new,
                    SwitchedClusters.CASES);

    /// A new family has to stand here, or it is never warmed up.
    private static final List<KernelFamily<?>> FAMILIES =
            List.of(DISTANCES, SCANS, TILES, BYTES, CLUSTERS);

    private static final KernelWarmUp WARM_UP =
            new KernelWarmUp(CHOICE.vector() ? FAMILIES : List.of());

    private record Choice(boolean vector, String species, String reason) {}

    private Kernels() {}

    /// {@return the distance kernels; always the same object}
    public static DistanceKernels get() {
        return started(DISTANCES);
    }

    /// {@return the code scans; always the same object}
    public static ScanKernels scans() {
        return started(SCANS);
    }

    /// {@return the tile kernels; always the same object}
    public static TileKernels tiles() {
        return started(TILES);
    }

    /// {@return the kernels over rows of bytes; always the same object}
    public static ByteKernels bytes() {
        return started(BYTES);
    }

    /// {@return the kernels of clustering and encoding; always the same object}
    public static ClusterKernels clusters() {
        return started(CLUSTERS);
    }

    private static <K> K started(KernelFamily<K> family) {
        WARM_UP.start();
        return family.get();
    }

    /// {@return what the kernels run on: `scalar`, or the vector width in bits and lanes, such as
    /// `512 bits (16 floats)`}
    public static String species() {
        return CHOICE.species();
    }

    /// {@return why this implementation was chosen, how many kernels run on it by now, and which
    /// were left with the scalar one, and why}
    public static String reason() {
        if (!CHOICE.vector()) {
            return CHOICE.reason();
        }
        List<KernelStatus> all = status();
        long vector = all.stream().filter(k -> k.state() == KernelStatus.State.VECTOR).count();
        long warming = all.stream().filter(k -> k.state() == KernelStatus.State.WARMING).count();
        StringBuilder reason = new StringBuilder(CHOICE.reason());
        reason.append("; ").append(vector).append(" of ").append(all.size()).append(" kernels");
        if (warming > 0) {
            reason.append(", ").append(warming).append(" being compiled");
        }
        for (KernelStatus kernel : all) {
            if (kernel.state() == KernelStatus.State.SCALAR) {
                reason.append("; ").append(kernel.kernel()).append(" is scalar: ");
                reason.append(kernel.remark());
            }
        }
        return reason.toString();
    }

    /// {@return what each kernel runs on at the moment}
    public static List<KernelStatus> status() {
        List<KernelStatus> all = new ArrayList<>();
        FAMILIES.forEach(family -> all.addAll(family.status()));
        return all;
    }

    /// Waits until the warm-up, started here if it was not before, has decided every kernel.
    ///
    /// Vector API code is slow and allocates until C2 has compiled it, so it serves only after some
    /// seconds of a process's life. This method is for those who would rather wait: it blocks for a
    /// few seconds, half a minute at the worst. It may be called from any thread, and again.
    ///
    /// @return whether every kernel runs on what [#species] says; also false if the thread was
    ///     interrupted while waiting, whose flag is then set
    public static boolean warmUp() {
        return WARM_UP.await()
                && (!CHOICE.vector()
                        || status().stream().allMatch(k -> k.state() == KernelStatus.State.VECTOR));
    }

    private static Choice choose(VectorWidth wanted) {
        if (wanted == VectorWidth.SCALAR) {
            return scalar("asked for by -D" + PROPERTY + "=scalar");
        }
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return scalar(
                    "module " + MODULE + " is absent: start java with --add-modules " + MODULE);
        }
        // Classes named Vector... are linked from here on only: without the module they cannot be.
        int preferred = VectorShapes.PREFERRED_BITS;
        if (preferred < MIN_BITS) {
            return scalar("a vector of this processor has bits=" + preferred + ", too few");
        }
        int bits = VectorShapes.BITS;
        return new Choice(
                true, bits + " bits (" + bits / Float.SIZE + " floats)", wanted.reason(preferred));
    }

    private static Choice scalar(String reason) {
        return new Choice(false, "scalar", reason);
    }
}
