package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// What searches tell about their cost.
class SearchStatsTest {
    private static final int COUNT = 700;
    private static final int DIMENSIONS = 16;
    private static final long STRIDE = 4L * DIMENSIONS;
    private static final Arena ARENA = Arena.ofShared();
    private static final MemorySegment VECTORS =
            TestVectors.clustered(ARENA, new SplittableRandom(1), COUNT, DIMENSIONS, 30);
    private static final EmbeddingSpace SPACE = Metric.L2.space(DIMENSIONS);

    @AfterAll
    static void close() {
        ARENA.close();
    }

    @Test
    void shouldCountTheRowsThatAFlatIndexScans() {
        try (Index index = filled(new FlatIndex(SPACE))) {
            check(index, 0, SearchOptions.of(5), COUNT, 0);
            check(index, 0, SearchOptions.of(5).withRerank(7), COUNT, 0);
            check(index, 0, SearchOptions.of(5).withFilter(bitmap(index)), 3, 0);
            index.remove(3);
            check(index, 0, SearchOptions.of(5), COUNT - 1, 0);
        }
    }

    @Test
    void shouldCountTheCodesThatAreScannedAndTheRowsThatAreRankedAgain() {
        PqConfig config = PqConfig.of(Metric.L2, DIMENSIONS, 4, 4, 1);
        try (Index index = filled(new PqIndex(config, SPACE))) {
            check(index, 0, SearchOptions.of(5), COUNT, 5 * PqIndex.DEFAULT_RERANK);
            check(index, 0, SearchOptions.of(5).withRerank(0), COUNT, 0);
            check(index, 0, SearchOptions.of(5).withRerank(3), COUNT, 15);
            check(index, 0, SearchOptions.of(5).withRerank(1_000), COUNT, COUNT);
            check(index, 0, SearchOptions.of(5).withFilter(bitmap(index)), 3, 3);
        }
    }

    @Test
    void shouldCountAnewForEachSearchAndForRanges() {
        try (Index index = filled(new FlatIndex(SPACE));
                RangeResult range = new RangeResult()) {
            index.searchRange(VECTORS, 0, 1, RowFilter.ALL, range);
            index.searchRange(VECTORS, 0, 1, RowFilter.ALL, range);

            assertThat(range.stats().scanned()).isEqualTo(COUNT);
            assertThat(range.stats().reranked()).isZero();
        }
    }

    /// One by one, few together, and many together.
    private static void check(
            Index index, int query, SearchOptions options, long scanned, long reranked) {
        for (int count : new int[] {1, 4, 20}) {
            Neighbours[] out = new Neighbours[count];
            for (int i = 0; i < count; i++) {
                out[i] = new Neighbours(options.k());
            }
            if (count == 1) {
                index.search(VECTORS, query * STRIDE, options, out[0]);
            } else {
                index.searchBatch(VECTORS, query * STRIDE, STRIDE, count, options, out);
            }
            for (Neighbours each : out) {
                assertThat(each.stats().scanned()).as("count=%d", count).isEqualTo(scanned);
                assertThat(each.stats().reranked()).as("count=%d", count).isEqualTo(reranked);
                each.close();
            }
        }
    }

    private static SlotBitmap bitmap(Index index) {
        SlotBitmap bitmap = new SlotBitmap(COUNT);
        for (long id : new long[] {1, 70, 600}) {
            bitmap.set(index.slotOf(id));
        }
        return bitmap;
    }

    private static Index filled(Index index) {
        index.train(VECTORS, 0, STRIDE, COUNT);
        for (int i = 0; i < COUNT; i++) {
            index.add(i, VECTORS, i * STRIDE);
        }
        return index;
    }
}
