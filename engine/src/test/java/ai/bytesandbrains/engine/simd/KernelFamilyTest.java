package ai.bytesandbrains.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The switch between the implementations.
class KernelFamilyTest {
    private static Stream<Arguments> kernels() {
        return Stream.of(
                        of(
                                DistanceKernels[]::new,
                                new ScalarKernels(),
                                SwitchedDistances::new,
                                SwitchedDistances.CASES),
                        of(
                                ScanKernels[]::new,
                                new ScalarScans(),
                                SwitchedScans::new,
                                SwitchedScans.CASES),
                        of(
                                TileKernels[]::new,
                                new ScalarTiles(),
                                SwitchedTiles::new,
                                SwitchedTiles.CASES),
                        of(
                                ByteKernels[]::new,
                                new ScalarByteKernels(),
                                SwitchedBytes::new,
                                SwitchedBytes.CASES))
                .flatMap(s -> s);
    }

    private static <K> Stream<Arguments> of(
            IntFunction<K[]> array, K scalar, Function<K[], K> switcher, List<KernelCase<K>> all) {
        return IntStream.range(0, all.size())
                .mapToObj(
                        kernel -> {
                            K[] serving = array.apply(all.size());
                            serving[kernel] = scalar;
                            K only = switcher.apply(serving);
                            Runnable tiny = () -> run(all.get(kernel).tiny(), only);
                            Runnable tile = () -> run(all.get(kernel).tile(), only);
                            return Arguments.of(all.get(kernel).name(), tiny, tile);
                        });
    }

    private static <K> void run(KernelCase.Call<K> call, K kernels) {
        try (Arena arena = Arena.ofShared()) {
            WarmUpMemory memory = new WarmUpMemory(arena);
            for (int turn = 0; turn < 100; turn++) {
                memory.turn = turn;
                call.on(kernels, memory);
            }
        }
    }

    /// Every other kernel of the switcher is missing: a call that strays hits `null`.
    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void shouldCallTheKernelOfItsNumberAndNoOther(String name, Runnable tiny, Runnable tile) {
        tiny.run();
        tile.run();

        assertThat(name).isNotBlank();
    }

    @Test
    void shouldServeScalarUntilToldOtherwise() {
        DistanceKernels scalar = new ScalarKernels();
        DistanceKernels vector =
                new ScalarKernels() {
                    @Override
                    public float dot(
                            MemorySegment a,
                            long aOffset,
                            MemorySegment b,
                            long bOffset,
                            int dimensions) {
                        return 42;
                    }
                };
        KernelFamily<DistanceKernels> family =
                new KernelFamily<>(
                        DistanceKernels[]::new,
                        scalar,
                        List.of(),
                        vector,
                        SwitchedDistances::new,
                        SwitchedDistances.CASES);
        try (Arena arena = Arena.ofConfined()) {
            WarmUpMemory memory = new WarmUpMemory(arena);
            float exact = scalar.dot(memory.floats, 0, memory.floats, 0, 8);

            assertThat(family.get().dot(memory.floats, 0, memory.floats, 0, 8)).isEqualTo(exact);
            assertThat(family.status())
                    .allMatch(status -> status.state() == KernelStatus.State.WARMING);

            family.serveVector(1, "fast");
            family.keepScalar(0, "slow");

            assertThat(family.get().dot(memory.floats, 0, memory.floats, 0, 8)).isEqualTo(42);
            assertThat(family.status())
                    .contains(
                            new KernelStatus("squaredL2", KernelStatus.State.SCALAR, "slow"),
                            new KernelStatus("dot", KernelStatus.State.VECTOR, "fast"));
        }
    }

    @Test
    void shouldDecideEveryKernel() {
        assertThat(Kernels.warmUp()).as(Kernels.reason()).isTrue();
        assertThat(Kernels.status())
                .isNotEmpty()
                .noneMatch(status -> status.state() == KernelStatus.State.WARMING);
    }
}
