package ai.bytesandbrains.engine.simd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/// Kernels of one contract, each served from the scalar implementation until the vector one is
/// compiled.
///
/// Users call a switcher, whose every method calls the same method of `serving[kernel]`. That call
/// is kept a true virtual one: the warm-up sends two decoys (subclasses of the scalar kernels)
/// through it beside the two implementations, so C2 meets four receivers, none of them the major
/// one, and inlines none. It costs some nanoseconds, and it means that what the warm-up has found
/// compiled and free of allocation is the very code that every caller runs, however much the caller
/// has used up of C2's inlining budget; and callers compiled before the switch stay valid after it.
///
/// @param <K> the contract
final class KernelFamily<K> {
    private final List<KernelCase<K>> cases;
    private final K[] serving;
    private final K switcher;
    private final K scalar;
    private final K vector;
    private final K throughVector;
    private final List<K> throughOthers;
    private final KernelStatus[] status;

    /// A family that is served from `scalar` until the warm-up has decided.
    ///
    /// @param array makes an array of the contract
    /// @param scalar the oracle
    /// @param decoys two subclasses of the oracle's class that change nothing
    /// @param vector the vector implementation; `null` if there is none in this JVM
    /// @param switcher makes what delegates kernel by kernel, numbered as in `cases`
    /// @param cases how the warm-up calls each kernel
    KernelFamily(
            IntFunction<K[]> array,
            K scalar,
            List<K> decoys,
            K vector,
            Function<K[], K> switcher,
            List<KernelCase<K>> cases) {
        this.cases = List.copyOf(cases);
        this.scalar = scalar;
        this.vector = vector;
        serving = filled(array, scalar);
        this.switcher = switcher.apply(serving);
        throughVector = switcher.apply(filled(array, vector));
        throughOthers = new ArrayList<>();
        throughOthers.add(switcher.apply(filled(array, scalar)));
        for (K decoy : decoys) {
            throughOthers.add(switcher.apply(filled(array, decoy)));
        }
        status = new KernelStatus[cases.size()];
        for (int kernel = 0; kernel < status.length; kernel++) {
            KernelStatus.State state =
                    vector == null ? KernelStatus.State.SCALAR : KernelStatus.State.WARMING;
            status[kernel] = new KernelStatus(cases.get(kernel).name(), state, "");
        }
    }

    private K[] filled(IntFunction<K[]> array, K kernels) {
        K[] filled = array.apply(cases.size());
        Arrays.fill(filled, kernels);
        return filled;
    }

    /// {@return the kernels to use; always the same object}
    K get() {
        return vector == null ? scalar : switcher;
    }

    /// {@return number of kernels}
    int size() {
        return cases.size();
    }

    /// Calls the vector implementation of a kernel, the way users will.
    void callVector(int kernel, int calls, WarmUpMemory memory) {
        call(cases.get(kernel).tiny(), throughVector, calls, memory);
    }

    /// Calls a kernel of the scalar implementation and of the decoys.
    void callOthers(int kernel, int calls, WarmUpMemory memory) {
        for (int i = 0; i < throughOthers.size(); i++) {
            call(cases.get(kernel).tiny(), throughOthers.get(i), calls, memory);
        }
    }

    private static <K> void call(KernelCase.Call<K> tiny, K kernels, int calls, WarmUpMemory m) {
        for (int call = 0; call < calls; call++) {
            m.turn = call;
            tiny.on(kernels, m);
        }
    }

    /// {@return the nanoseconds that the fixed tile takes}
    ///
    /// @param onVector whether on the vector implementation
    long tileNs(int kernel, boolean onVector, WarmUpMemory memory) {
        K kernels = onVector ? throughVector : throughOthers.getFirst();
        long start = System.nanoTime();
        cases.get(kernel).tile().on(kernels, memory);
        return System.nanoTime() - start;
    }

    /// Serves a kernel from the vector implementation from now on.
    ///
    /// A plain store: a thread that sees it late calls the other implementation a few times more.
    synchronized void serveVector(int kernel, String remark) {
        serving[kernel] = vector;
        note(kernel, KernelStatus.State.VECTOR, remark);
    }

    /// Leaves a kernel with the scalar implementation for good.
    synchronized void keepScalar(int kernel, String remark) {
        note(kernel, KernelStatus.State.SCALAR, remark);
    }

    private void note(int kernel, KernelStatus.State state, String remark) {
        status[kernel] = new KernelStatus(status[kernel].kernel(), state, remark);
    }

    /// {@return what each kernel runs on, in the order of the cases}
    synchronized List<KernelStatus> status() {
        return List.of(status.clone());
    }
}
