package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// One writer, two readers, and entries that give a torn one away: in the rows of a flat index, in
/// the codes of a PQ index, and in the rows that it looks at a second time.
///
/// All components of a vector are one whole number x, and x and the id are equal modulo a number of
/// the kind. Its squared distance to the zero vector is D x^2, exact in a float; what is mixed of
/// two vectors has a distance that is no D times a square, or a square of another id.
@Timeout(300)
class IndexStressTest {
    private static final int STEPS =
            Integer.getInteger("ai.bytesandbrains.test.stressSteps", 40_000);
    private static final int DIMENSIONS = 1024;
    private static final int CODE_DIMENSIONS = 256;
    private static final int MIN_SEARCHES =
            Integer.getInteger("ai.bytesandbrains.test.stressSearches", 500);
    private static final int K = 40;

    /// Queries of a batch, enough for tiles.
    private static final int BATCH = 8;

    /// Many ids spread over many blocks; a few take turns in the slots of one block, where a slot
    /// goes from id to id while readers look at it.
    enum Kind {
        FLAT(DIMENSIONS, 700, 16),
        FLAT_ONE_BLOCK(DIMENSIONS, 48, 16),
        PQ(CODE_DIMENSIONS, 700, 4),
        PQ_ONE_BLOCK(CODE_DIMENSIONS, 48, 4),
        PQ_ROWS(CODE_DIMENSIONS, 700, 4),
        PQ_ROWS_ONE_BLOCK(CODE_DIMENSIONS, 48, 4);

        private final int dimensions;
        private final int ids;

        /// What ids are told apart by, and how many vectors an id may have.
        private final int modulus;

        Kind(int dimensions, int ids, int modulus) {
            this.dimensions = dimensions;
            this.ids = ids;
            this.modulus = modulus;
        }

        Index create() {
            return switch (this) {
                case FLAT, FLAT_ONE_BLOCK -> new FlatIndex(Metric.L2.space(dimensions));
                case PQ, PQ_ONE_BLOCK -> new PqIndex(numbers(dimensions));
                case PQ_ROWS, PQ_ROWS_ONE_BLOCK ->
                        new PqIndex(numbers(dimensions), Metric.L2.space(dimensions));
            };
        }
    }

    /// Centroid c of every subspace of one dimension is c itself: codes lose nothing here.
    private static Codebook numbers(int dimensions) {
        float[] centroids = new float[16 * dimensions];
        for (int i = 0; i < centroids.length; i++) {
            centroids[i] = i % 16;
        }
        MemorySegment segment = MemorySegment.ofArray(centroids);
        return Codebook.of(Metric.L2, dimensions, dimensions, 4, segment, 0);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldNeverShowAReaderATornEntry(Kind kind) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong searches = new AtomicLong();
        try (Index index = kind.create();
                ExecutorService readers = Executors.newFixedThreadPool(2)) {
            Future<?> first = readers.submit(() -> new Reader(kind, index, 1).run(done, searches));
            Future<?> second = readers.submit(() -> new Reader(kind, index, 2).run(done, searches));
            SplittableRandom random = new SplittableRandom(7);
            try {
                for (int steps = 0; steps < STEPS || searches.get() < MIN_SEARCHES; steps += 100) {
                    write(kind, index, 100, random);
                    if (first.isDone() || second.isDone()) {
                        break;
                    }
                }
            } finally {
                done.set(true);
            }
            first.get();
            second.get();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldEndSearchesThatRunWhenItIsClosed(Kind kind) throws Exception {
        for (int round = 0; round < 10; round++) {
            Index index = kind.create();
            write(kind, index, 2_000, new SplittableRandom(round));
            AtomicBoolean never = new AtomicBoolean();
            try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
                AtomicLong some = new AtomicLong();
                Future<?> first = readers.submit(() -> new Reader(kind, index, 1).run(never, some));
                Future<?> second =
                        readers.submit(() -> new Reader(kind, index, 2).run(never, some));
                write(kind, index, 500, new SplittableRandom(round));
                index.close();

                assertThatThrownBy(first::get).hasCauseInstanceOf(IllegalStateException.class);
                assertThatThrownBy(second::get).hasCauseInstanceOf(IllegalStateException.class);
            }
        }
    }

    /// Upserts, removals, additions in other slots, growth, and now and then a reset.
    private static void write(Kind kind, Index index, int steps, SplittableRandom random) {
        int bytes = 4 * kind.dimensions;
        try (Arena arena = Arena.ofConfined()) {
            int numbers = kind.modulus * kind.modulus;
            MemorySegment vectors = arena.allocate((long) bytes * numbers, 64);
            for (int i = 0; i < numbers * kind.dimensions; i++) {
                int x = i / kind.dimensions;
                vectors.setAtIndex(ValueLayout.JAVA_FLOAT, i, x);
            }
            for (int step = 0; step < steps; step++) {
                long id = random.nextInt(kind.ids);
                long x = id % kind.modulus + (long) kind.modulus * random.nextInt(kind.modulus);
                int what = random.nextInt(1000);
                if (what == 0) {
                    index.reset();
                } else if (what < 250) {
                    index.remove(id);
                } else {
                    index.upsert(id, vectors, x * bytes);
                }
            }
        }
    }

    private static final class Reader {
        private final Kind kind;
        private final Index index;
        private final SplittableRandom random;
        private final Set<Long> ids = new HashSet<>();

        Reader(Kind kind, Index index, long seed) {
            this.kind = kind;
            this.index = index;
            this.random = new SplittableRandom(seed);
        }

        void run(AtomicBoolean done, AtomicLong searches) {
            try (Arena arena = Arena.ofConfined();
                    Neighbours out = new Neighbours(K);
                    RangeResult range = new RangeResult()) {
                MemorySegment zero = arena.allocate(4L * kind.dimensions, 64);
                Neighbours[] batch = new Neighbours[BATCH];
                Arrays.setAll(batch, i -> new Neighbours(K));
                MemorySegment zeros = arena.allocate(4L * BATCH * kind.dimensions, 64);
                RowFilter odd = RowFilter.byId(id -> (id & 1) == 1);
                SearchOptions some = SearchOptions.of(K).withFilter(odd);
                for (long round = 0; !done.get(); round++) {
                    SearchOptions options = round % 2 == 0 ? SearchOptions.of(K) : some;
                    index.search(zero, 0, options, out);
                    check(out);
                    if (round % 4 == 0) {
                        long stride = 4L * kind.dimensions;
                        index.searchBatch(zeros, 0, stride, BATCH, options, batch);
                        for (Neighbours each : batch) {
                            check(each);
                        }
                    }
                    index.searchRange(zero, 0, 1e9f, RowFilter.ALL, range);
                    ids.clear();
                    for (int i = 0; i < range.size(); i++) {
                        check(range.idAt(i), range.distanceAt(i));
                    }
                    long id = random.nextInt(kind.ids);
                    int slot = index.slotOf(id);
                    assertThat(slot).isBetween(-1, kind.ids - 1);
                    assertThat(index.len()).isBetween(0, kind.ids);
                    searches.incrementAndGet();
                }
                Arrays.stream(batch).forEach(Neighbours::close);
            }
        }

        private void check(Neighbours found) {
            ids.clear();
            for (int i = 0; i < found.size(); i++) {
                check(found.idAt(i), found.distanceAt(i));
            }
        }

        private void check(long id, float distance) {
            double x = Math.sqrt(distance / kind.dimensions);
            if (x != Math.rint(x) || (long) x % kind.modulus != id % kind.modulus) {
                throw new AssertionError("torn: id=" + id + " distance=" + distance + " x=" + x);
            }
            if (!ids.add(id)) {
                throw new AssertionError("found twice: id=" + id);
            }
        }
    }
}
