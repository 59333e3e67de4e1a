package ai.bytesandbrains.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

class RooflineTest {
    private static final long MEGABYTE = 1 << 20;

    @Test
    void shouldReallyReadWhatItCounts() {
        final SplittableRandom random = new SplittableRandom(3);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(MEGABYTE, 64);
            for (long at = 0; at < MEGABYTE; at += Float.BYTES) {
                memory.set(ValueLayout.JAVA_FLOAT, at, random.nextInt(16));
            }

            final double plain = Roofline.plainSumOfFirstCall(memory);
            assertThat((double) Roofline.sumOfFirstCall(memory, true))
                    .isCloseTo(plain, within(1.0));
            assertThat((double) Roofline.sumOfFirstCall(memory, false))
                    .isCloseTo(plain, within(1.0));
        }
    }

    @Test
    void shouldMeasureSomethingForOneAndForTwoThreads() {
        for (int threads = 1; threads <= 2; threads++) {
            assertThat(Roofline.readBandwidthGBs(threads, 4 * MEGABYTE)).isPositive().isFinite();
            assertThat(Roofline.fmaPeakGflops(threads)).isPositive().isFinite();
        }
    }

    @Test
    void shouldRefuseWhatCannotBeMeasured() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Roofline.readBandwidthGBs(0, MEGABYTE))
                .withMessageContaining("threads=0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Roofline.readBandwidthGBs(2, MEGABYTE))
                .withMessageContaining("bytes=1048576");
        assertThatIllegalArgumentException().isThrownBy(() -> Roofline.fmaPeakGflops(0));
    }
}
