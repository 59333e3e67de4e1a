package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Filters, ranges, memory, and training anew: what the contract of searching does not cover.
class IndexVerbsTest {
    private static final int COUNT = 500;
    private static final int DIMENSIONS = 20;
    private static final long STRIDE = 4L * DIMENSIONS;
    private static final Arena ARENA = Arena.ofShared();
    private static final MemorySegment VECTORS =
            TestVectors.clustered(ARENA, new SplittableRandom(1), COUNT, DIMENSIONS, 30);
    private static final EmbeddingSpace SPACE = Metric.L2.space(DIMENSIONS);

    enum Kind {
        FLAT,
        PQ,
        PQ_ROWS;

        Index empty() {
            return switch (this) {
                case FLAT -> new FlatIndex(SPACE);
                case PQ -> new PqIndex(config());
                case PQ_ROWS -> new PqIndex(config(), SPACE);
            };
        }

        MemoryPlan plan(long entries) {
            return switch (this) {
                case FLAT -> FlatIndex.plan(SPACE, entries);
                case PQ -> PqIndex.plan(config(), entries);
                case PQ_ROWS -> PqIndex.plan(config(), SPACE, entries);
            };
        }

        Index filled() {
            Index index = empty();
            index.train(VECTORS, 0, STRIDE, COUNT);
            for (int i = 0; i < COUNT; i++) {
                index.add(i, VECTORS, i * STRIDE);
            }
            return index;
        }
    }

    private static PqConfig config() {
        return new PqConfig(Metric.L2, DIMENSIONS, 5, 8, 3, COUNT, 7);
    }

    @AfterAll
    static void close() {
        ARENA.close();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldAllocateWhatThePlanSays(Kind kind) {
        for (int entries : new int[] {0, 1, 5_000, 70_000}) {
            try (Index index = kind.empty()) {
                index.train(VECTORS, 0, STRIDE, COUNT);
                index.reserve(entries);
                long planned = kind.plan(entries).bytes();

                assertThat(index.memory().bytes()).as("entries=%d", entries).isEqualTo(planned);
                for (int i = 0; i < entries; i++) {
                    index.add(i, VECTORS, i % COUNT * STRIDE);
                }
                assertThat(index.memory().bytes()).as("entries=%d", entries).isEqualTo(planned);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldRefuseABudgetWithNumbers(Kind kind) {
        MemoryPlan plan = kind.plan(1_000_000);

        assertThat(plan.within(plan.bytes())).isSameAs(plan);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan.within(plan.bytes() - 1))
                .withMessageContaining("budgetBytes=" + (plan.bytes() - 1))
                .withMessageContaining("entries=1000000")
                .withMessageContaining("slots=");
        assertThatIllegalArgumentException().isThrownBy(() -> kind.plan(-1));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldRefuseHostileArguments(Kind kind) {
        try (Index index = kind.filled();
                RangeResult range = new RangeResult()) {
            refused(() -> index.searchRange(VECTORS, 0, Float.NaN, RowFilter.ALL, range), "NaN");
            refused(() -> index.searchRange(VECTORS, -4, 1, RowFilter.ALL, range), "offset=-4");
            refused(() -> index.removeMatching(VECTORS, VECTORS.byteSize()), "offset=");
            refused(() -> index.reserve(-1), "entries=-1");
            refused(() -> new SearchOptions(0, RowFilter.ALL, 0), "k=0");
            refused(() -> SearchOptions.of(1).withRerank(-2), "rerank=-2");
            refused(() -> new SlotBitmap(0).set(index.slotOf(COUNT)), "slot=-1");
            assertThat(index.slotOf(-1)).isEqualTo(-1);
            assertThat(index.searchRange(VECTORS, 0, -1, RowFilter.ALL, range)).isZero();
            float all = Float.POSITIVE_INFINITY;
            assertThat(index.searchRange(VECTORS, 0, all, RowFilter.ALL, range)).isEqualTo(COUNT);
            assertThat(index.len()).isEqualTo(COUNT);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldThrowAfterClose(Kind kind) {
        Index index = kind.filled();
        index.close();
        try (RangeResult range = new RangeResult()) {
            closed(() -> index.searchRange(VECTORS, 0, 1, RowFilter.ALL, range));
        }
        closed(() -> index.removeMatching(VECTORS, 0));
        closed(() -> index.slotOf(1));
        closed(() -> index.reserve(10));
        closed(() -> index.upsert(1, VECTORS, 0));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldAllocateNothing(Kind kind) {
        RowFilter odd = RowFilter.byId(id -> (id & 1) == 1);
        SlotBitmap bitmap = new SlotBitmap(COUNT);
        try (Index index = kind.filled();
                Neighbours out = new Neighbours(10);
                RangeResult range = new RangeResult(COUNT)) {
            bitmap.set(index.slotOf(3));
            SearchOptions byId = SearchOptions.of(10).withFilter(odd);
            SearchOptions bySlot = SearchOptions.of(10).withFilter(bitmap);
            Allocation.assertNone(() -> index.search(VECTORS, 0, byId, out), 500);
            Allocation.assertNone(() -> index.search(VECTORS, 0, bySlot, out), 500);
            Allocation.assertNone(() -> index.searchRange(VECTORS, 0, 9, odd, range), 500);
            index.reset();
            index.reserve(40_000);
            int[] next = new int[1];
            Allocation.assertNone(
                    () -> {
                        if (next[0] == 40_000) {
                            next[0] = 0;
                            index.reset();
                        }
                        index.add(next[0]++, VECTORS, 0);
                    });
        }
    }

    @Test
    void shouldTrainAnewUnderItsEntriesWhereItKeepsRows() {
        for (EmbeddingSpace rows :
                new EmbeddingSpace[] {SPACE, new Int8Space(Metric.L2, DIMENSIONS)}) {
            try (PqIndex index = new PqIndex(config(), rows);
                    Neighbours out = new Neighbours(1)) {
                index.train(VECTORS, 0, STRIDE, 300);
                for (int i = 0; i < COUNT; i++) {
                    index.add(i, VECTORS, i * STRIDE);
                }
                String before = index.codebook().idHex();
                index.train(VECTORS, 0, STRIDE, COUNT);

                assertThat(index.codebook().idHex()).isNotEqualTo(before);
                for (int i = 0; i < COUNT; i++) {
                    index.search(VECTORS, i * STRIDE, 1, out);
                    assertThat(out.idAt(0)).isEqualTo(i);
                }
            }
        }
    }

    @Test
    void shouldRefuseRowsThatDoNotFitTheCodes() {
        refused(() -> new PqIndex(config(), Metric.COSINE.space(DIMENSIONS)), "metric=COSINE");
        refused(() -> new PqIndex(config(), Metric.L2.space(DIMENSIONS + 1)), "dimensions=21");
    }

    private static void closed(Runnable call) {
        assertThatIllegalStateException().isThrownBy(call::run);
    }

    private static void refused(Runnable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(message);
    }
}
