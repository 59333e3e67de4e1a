package ai.bytesandbrains.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

class PqSpaceTest {
    private static final int DIMENSIONS = 15;
    private static final int SUBSPACES = 5;
    private static final int COUNT = 50;

    private final Arena arena = Arena.ofConfined();
    private final SplittableRandom random = new SplittableRandom(12);

    @AfterEach
    void close() {
        arena.close();
    }

    private MemorySegment codes(Codebook codebook) {
        byte[] bytes = new byte[COUNT * codebook.codeSize()];
        random.nextBytes(bytes);
        MemorySegment codes = arena.allocate(bytes.length);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, codes, 0, bytes.length);
        return codes;
    }

    @ParameterizedTest
    @CsvSource({"L2,4", "L2,6", "L2,8", "COSINE,8", "INNER_PRODUCT,6"})
    void shouldMeasureTheDistanceOfDecodedVectors(Metric metric, int bits) {
        Codebook codebook = Codebooks.random(metric, DIMENSIONS, SUBSPACES, bits);
        PqSpace space = new PqSpace(codebook);
        MemorySegment codes = codes(codebook);
        int size = codebook.codeSize();
        MemorySegment decoded = arena.allocate(4L * DIMENSIONS * COUNT, 64);
        codebook.decodeBatch(codes, 0, size, COUNT, decoded, 0, 4L * DIMENSIONS);

        for (int i = 1; i < COUNT; i++) {
            double expected = 0;
            for (int d = 0; d < DIMENSIONS; d++) {
                double x = TestVectors.at(decoded, d);
                double y = TestVectors.at(decoded, (long) i * DIMENSIONS + d);
                expected += metric == Metric.INNER_PRODUCT ? -x * y : (x - y) * (x - y);
            }
            expected /= metric == Metric.COSINE ? 2 : 1;
            float distance = space.distance(codes, 0, codes, (long) i * size);
            assertThat((double) distance).isCloseTo(expected, within(1e-4));
            assertThat(space.distance(codes, (long) i * size, codes, 0)).isEqualTo(distance);
        }
    }

    @ParameterizedTest
    @CsvSource({"L2,4", "COSINE,6", "INNER_PRODUCT,8"})
    void shouldScanRowsWithThePreparedCode(Metric metric, int bits) {
        Codebook codebook = Codebooks.random(metric, DIMENSIONS, SUBSPACES, bits);
        PqSpace space = new PqSpace(codebook);
        MemorySegment codes = codes(codebook);
        MemorySegment prepared = arena.allocate(space.preparedBytes(), 64);
        float[] out = new float[COUNT];
        space.prepare(codes, 0, prepared, 0);
        try (RowStore rows = RowStore.ofBytes((int) space.rowBytes())) {
            for (int i = 0; i < COUNT; i++) {
                int slot = rows.allocate();
                long at = i * space.vectorBytes();
                space.storeRow(codes, at, rows.segmentOf(slot), rows.offsetOf(slot));
            }
            space.distancesPrepared(prepared, 0, rows, 0, COUNT, out);
            for (int i = 0; i < COUNT; i++) {
                float one = space.distance(codes, 0, codes, i * space.vectorBytes());
                assertThat(out[i]).isEqualTo(one);
                assertThat(space.distancePrepared(prepared, 0, rows.segmentOf(i), rows.offsetOf(i)))
                        .isEqualTo(one);
            }
        }
    }

    @Test
    void shouldSayHowLargeItsVectorsAre() {
        PqSpace space = new PqSpace(Codebooks.random(Metric.L2, DIMENSIONS, SUBSPACES, 6));

        assertThat(space.vectorBytes()).isEqualTo(4);
        assertThat(space.rowBytes()).isEqualTo(4);
        assertThat(space.preparedBytes()).isEqualTo(4 * 5 * 64);
        assertThat(space.dimensions()).isEqualTo(DIMENSIONS);
    }

    @Test
    void shouldRefuseMemoryThatIsTooSmall() {
        PqSpace space = new PqSpace(Codebooks.random(Metric.L2, DIMENSIONS, SUBSPACES, 4));
        MemorySegment small = arena.allocate(2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> space.storeRow(small, 0, arena.allocate(3), 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> space.prepare(arena.allocate(3), 0, small, 0));
    }

    @Test
    void shouldAllocateNothing() {
        Codebook codebook = Codebooks.random(Metric.L2, DIMENSIONS, SUBSPACES, 6);
        PqSpace space = new PqSpace(codebook);
        MemorySegment codes = codes(codebook);
        MemorySegment prepared = arena.allocate(space.preparedBytes(), 64);

        Allocation.assertNone(() -> space.prepare(codes, 0, prepared, 0));
        Allocation.assertNone(() -> space.distance(codes, 0, codes, 4));
        Allocation.assertNone(() -> space.distancePrepared(prepared, 0, codes, 4));
    }
}
