package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/// An index that goes from rows to codes, and from one codebook to the next.
class CodedIndexTest {
    private static final int COUNT = 600;
    private static final int DIMENSIONS = 16;
    private static final long STRIDE = 4L * DIMENSIONS;
    private static final int K = 10;
    private static final EmbeddingSpace FLOATS = Metric.L2.space(DIMENSIONS);

    private final Arena arena = Arena.ofShared();
    private final SplittableRandom random = new SplittableRandom(11);
    private final MemorySegment vectors =
            TestVectors.clustered(arena, random, COUNT, DIMENSIONS, 40);
    private final Codebook first = codebook(1);
    private final Codebook second = codebook(2);
    private final CodedIndex index = new CodedIndex(FLOATS, FLOATS);
    private final Neighbours found = new Neighbours(K);

    @AfterEach
    void close() {
        index.close();
        found.close();
        arena.close();
    }

    private Codebook codebook(long seed) {
        ProductQuantizer quantizer =
                new ProductQuantizer(new PqConfig(Metric.L2, DIMENSIONS, 4, 4, 4, 100, seed));
        quantizer.train(vectors, 0, STRIDE, COUNT);
        return quantizer.codebook();
    }

    private void fill(int from, int to) {
        for (int row = from; row < to; row++) {
            index.add(row, vectors, row * STRIDE);
        }
    }

    private void finish() {
        int steps = 0;
        while (!index.step(50)) {
            assertThat(++steps).isLessThan(1000);
        }
    }

    /// What an index of codes and rows finds that has known the codebook from the start.
    private void assertLike(Codebook codebook, int from, int to) {
        try (PqIndex twin = new PqIndex(codebook, FLOATS);
                Neighbours expected = new Neighbours(K)) {
            for (int row = from; row < to; row++) {
                twin.add(row, vectors, row * STRIDE);
            }
            assertThat(index.len()).isEqualTo(twin.len());
            for (int query = 0; query < COUNT; query += 17) {
                twin.search(vectors, query * STRIDE, K, expected);
                index.search(vectors, query * STRIDE, K, found);
                assertThat(list(found)).isEqualTo(list(expected));
            }
        }
    }

    private void assertExact(int to) {
        try (FlatIndex twin = new FlatIndex(FLOATS);
                Neighbours expected = new Neighbours(K)) {
            for (int row = 0; row < to; row++) {
                twin.add(row, vectors, row * STRIDE);
            }
            for (int query = 0; query < COUNT; query += 17) {
                twin.search(vectors, query * STRIDE, K, expected);
                index.search(vectors, query * STRIDE, K, found);
                assertThat(list(found)).isEqualTo(list(expected));
            }
        }
    }

    private static List<Neighbour> list(Neighbours neighbours) {
        return IntStream.range(0, neighbours.size())
                .mapToObj(i -> new Neighbour(neighbours.idAt(i), neighbours.distanceAt(i)))
                .toList();
    }

    @Test
    void shouldSearchRowsWithoutACodebook() {
        fill(0, COUNT);

        assertThat(index.codebook()).isNull();
        assertThat(index.step(1)).isTrue();
        assertExact(COUNT);
    }

    @Test
    void shouldGoByRowsUntilAllEntriesHaveCodes() {
        fill(0, COUNT);
        index.begin(first);

        assertThat(index.step(COUNT - 1)).isFalse();
        assertThat(index.codebook()).isNull();
        assertThat(index.next()).isSameAs(first);
        assertExact(COUNT);
        assertThat(index.step(1)).isTrue();
        assertThat(index.codebook()).isSameAs(first);
        assertLike(first, 0, COUNT);
    }

    @Test
    void shouldGoFromOneCodebookToTheNext() {
        fill(0, COUNT);
        index.begin(first);
        finish();
        index.begin(second);
        index.step(100);
        assertLike(first, 0, COUNT);

        finish();

        assertLike(second, 0, COUNT);
    }

    @Test
    void shouldTakeChangesOverThatAreMadeMeanwhile() {
        fill(0, 300);
        index.begin(first);
        index.step(150);
        for (int row = 0; row < 200; row++) {
            assertThat(index.remove(row)).isTrue();
        }
        fill(300, 500);
        index.upsert(250, vectors, 250 * STRIDE);

        finish();

        assertLike(first, 200, 500);
    }

    @Test
    void shouldStayAsItIsWhenItIsCancelled() {
        fill(0, COUNT);
        index.begin(first);
        index.step(COUNT / 2);
        index.cancel();

        assertThat(index.next()).isNull();
        assertThat(index.step(1)).isTrue();
        assertThat(index.codebook()).isNull();
        assertExact(COUNT);
    }

    @Test
    void shouldBeginAnewWithACodebookThatComesMeanwhile() {
        fill(0, COUNT);
        index.begin(first);
        index.step(COUNT / 2);
        index.begin(second);
        finish();

        assertLike(second, 0, COUNT);
    }

    @Test
    void shouldDoNothingForTheCodebookInUse() {
        fill(0, COUNT);
        index.begin(first);
        finish();
        index.begin(first);

        assertThat(index.next()).isNull();
    }

    @Test
    void shouldGoOnWithACodebookThatIsOnItsWayAlready() {
        fill(0, COUNT);
        index.begin(first);
        index.step(COUNT - 1);
        index.begin(first);

        assertThat(index.step(1)).isTrue();
        assertLike(first, 0, COUNT);
    }

    @Test
    void shouldNeedLessMemoryWithCodesAndSmallRows() {
        Int8Space bytes = new Int8Space(Metric.L2, 256);
        SplittableRandom wideRandom = new SplittableRandom(12);
        int many = 20_000;
        MemorySegment wide = TestVectors.clustered(arena, wideRandom, many, 256, 40);
        ProductQuantizer quantizer =
                new ProductQuantizer(new PqConfig(Metric.L2, 256, 16, 4, 2, 100, 1));
        quantizer.train(wide, 0, 1024, 2000);
        try (CodedIndex small = new CodedIndex(Metric.L2.space(256), bytes)) {
            for (int row = 0; row < many; row++) {
                small.add(row, wide, row * 1024L);
            }
            double before = small.memory().bytesPerEntry();
            small.begin(quantizer.codebook());
            while (!small.step(1000)) {
                assertThat(small.memory().bytesPerEntry()).isGreaterThan(before);
            }

            assertThat(small.memory().bytesPerEntry()).isLessThan(0.45 * before);
        }
    }

    @Test
    void shouldForgetEverythingOnReset() {
        fill(0, COUNT);
        index.begin(first);
        index.step(100);
        index.reset();
        finish();

        assertThat(index.isEmpty()).isTrue();
        fill(0, COUNT);
        assertLike(first, 0, COUNT);
    }

    @Test
    void shouldRefuseACodebookOfAnotherShape() {
        try (CodedIndex other = new CodedIndex(Metric.L2.space(8), Metric.L2.space(8))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> other.begin(first))
                    .withMessageContaining("dimensions=16");
        }
    }

    @Test
    void shouldRefuseSearchesAfterClose() {
        index.close();

        assertThatIllegalStateException().isThrownBy(() -> index.search(vectors, 0, K, found));
    }

    @Test
    void shouldAllocateNothingWhileItGoesOver() {
        fill(0, COUNT);
        index.begin(first);
        index.reserve(COUNT);
        int[] row = {0};

        Allocation.assertNone(
                () -> {
                    // Back again and again, so that there is always something left to do.
                    index.remove(row[0]);
                    index.add(row[0], vectors, row[0] * STRIDE);
                    row[0] = (row[0] + 1) % (COUNT / 2);
                    index.search(vectors, row[0] * STRIDE, K, found);
                });

        assertThat(index.next()).isSameAs(first);
    }

    /// Readers meet the end of going over, and the memory of the old form being freed.
    @Test
    @Timeout(60)
    void shouldAnswerReadersWhileItGoesOver() throws Exception {
        fill(0, COUNT);
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
            Future<Integer> reader =
                    pool.submit(
                            () -> {
                                int searches = 0;
                                try (Neighbours own = new Neighbours(K)) {
                                    while (!done.get()) {
                                        int row = searches % COUNT;
                                        index.search(vectors, row * STRIDE, K, own);
                                        assertThat(own.size()).isEqualTo(K);
                                        searches++;
                                    }
                                }
                                return searches;
                            });
            for (int i = 0; i < 40 && !reader.isDone(); i++) {
                index.begin(i % 2 == 0 ? first : second);
                finish();
            }
            done.set(true);

            assertThat(reader.get()).isPositive();
        }
    }
}
