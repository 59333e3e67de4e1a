package ai.bytesandbrains.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.TreeSet;

class RowStoreTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 768, 1023})
    void shouldPadFloatRowsToWholeCacheLines(int dimensions) {
        try (RowStore rows = RowStore.ofFloats(dimensions)) {
            int slot = rows.allocate();

            assertThat(rows.rowStride()).isGreaterThanOrEqualTo(4L * dimensions);
            assertThat(rows.rowStride() % RowStore.ALIGNMENT).isZero();
            assertThat(rows.segmentOf(slot).address() % RowStore.ALIGNMENT).isZero();
            assertThat(Integer.bitCount(rows.rowsPerChunk())).isOne();
        }
    }

    @Test
    void shouldPackByteRowsWithoutPadding() {
        try (RowStore rows = RowStore.ofBytes(13)) {
            rows.allocate();

            assertThat(rows.offsetOf(rows.allocate())).isEqualTo(13);
        }
    }

    @Test
    void shouldNotMoveRowsWhenItGrows() {
        try (RowStore rows = RowStore.ofFloats(5000)) {
            int first = rows.allocate();
            MemorySegment before = rows.segmentOf(first);
            int last = first;
            while (last < 3 * rows.rowsPerChunk()) {
                last = rows.allocate();
                rows.segmentOf(last).set(ValueLayout.JAVA_INT, rows.offsetOf(last), last);
                rows.setTag(last, -last);
            }

            assertThat(rows.segmentOf(first)).isSameAs(before);
            assertThat(rows.slotLimit()).isEqualTo(3 * rows.rowsPerChunk() + 1);
            for (int slot = 1; slot <= last; slot++) {
                assertThat(rows.segmentOf(slot).get(ValueLayout.JAVA_INT, rows.offsetOf(slot)))
                        .isEqualTo(slot);
                assertThat(rows.tagOf(slot)).isEqualTo(-slot);
            }
        }
    }

    @Test
    void shouldEndRunsAtTheChunkAndAtTheLimit() {
        try (RowStore rows = RowStore.ofFloats(5000)) {
            for (int i = 0; i < rows.rowsPerChunk() + 3; i++) {
                rows.allocate();
            }

            assertThat(rows.runLength(1)).isEqualTo(rows.rowsPerChunk() - 1);
            assertThat(rows.runLength(rows.rowsPerChunk())).isEqualTo(3);
            assertThat(rows.runLength(rows.slotLimit())).isZero();
        }
    }

    @Test
    void shouldHandOutZeroedRowsAgain() {
        try (RowStore rows = RowStore.ofBytes(24)) {
            int slot = rows.allocate();
            rows.segmentOf(slot).asSlice(rows.offsetOf(slot), 24).fill((byte) -1);
            rows.setTag(slot, 7);
            rows.free(slot);

            assertThat(rows.allocate()).isEqualTo(slot);
            assertThat(
                            rows.segmentOf(slot)
                                    .asSlice(rows.offsetOf(slot), 24)
                                    .toArray(ValueLayout.JAVA_BYTE))
                    .containsOnly(0);
            assertThat(rows.tagOf(slot)).isZero();
        }
    }

    @Test
    void shouldAlwaysHandOutTheLowestFreeSlot() {
        SplittableRandom random = new SplittableRandom(5);
        TreeSet<Integer> free = new TreeSet<>();
        TreeSet<Integer> used = new TreeSet<>();
        try (RowStore rows = RowStore.ofBytes(8)) {
            for (int step = 0; step < 20_000; step++) {
                if (used.isEmpty() || random.nextInt(100) < (step / 4000 % 2 == 0 ? 70 : 30)) {
                    int expected = free.isEmpty() ? used.size() : free.pollFirst();
                    assertThat(rows.allocate()).isEqualTo(expected);
                    used.add(expected);
                } else {
                    int slot = used.ceiling(random.nextInt(used.last() + 1));
                    rows.free(slot);
                    used.remove(slot);
                    free.add(slot);
                }
                assertThat(rows.liveCount()).isEqualTo(used.size());
            }
            for (int slot = -1; slot <= rows.slotLimit(); slot++) {
                assertThat(rows.isLive(slot)).isEqualTo(used.contains(slot));
            }
        }
    }

    @Test
    void shouldRefuseToFreeTwice() {
        try (RowStore rows = RowStore.ofBytes(8)) {
            int slot = rows.allocate();
            rows.free(slot);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> rows.free(slot))
                    .withMessageContaining("slot=0");
        }
    }

    @Test
    void shouldRefuseSlotsThatWereNeverHandedOut() {
        try (RowStore rows = RowStore.ofBytes(8)) {
            assertThatThrownBy(() -> rows.segmentOf(0))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> rows.tagOf(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldThrowAfterClose() {
        RowStore rows = RowStore.ofBytes(8);
        int slot = rows.allocate();
        MemorySegment segment = rows.segmentOf(slot);
        rows.close();
        rows.close();

        assertThatIllegalStateException().isThrownBy(rows::allocate);
        assertThatIllegalStateException().isThrownBy(() -> rows.free(slot));
        assertThatIllegalStateException().isThrownBy(() -> rows.tagOf(slot));
        assertThatIllegalStateException().isThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0));
    }
}
