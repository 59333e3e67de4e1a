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
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/// One writer, two readers, and entries that give a torn one away.
///
/// All components of a vector are one whole number x, and x mod 16 is the id mod 16. Its squared
/// distance to the zero vector is D x^2, exact in a float; what is mixed of two vectors has a
/// distance that is no D times a square, or a square of another id.
@Timeout(300)
class IndexStressTest {
    private static final int STEPS =
            Integer.getInteger("ai.bytesandbrains.test.stressSteps", 60_000);
    private static final int DIMENSIONS = 1024;
    private static final int CODE_DIMENSIONS = 256;
    private static final int VERSIONS = 8;
    private static final int IDS = 700;
    private static final int K = 40;

    enum Kind {
        FLAT(DIMENSIONS),
        PQ(CODE_DIMENSIONS);

        private final int dimensions;

        Kind(int dimensions) {
            this.dimensions = dimensions;
        }

        Index create() {
            return this == FLAT
                    ? new FlatIndex(Metric.L2.space(dimensions))
                    : new PqIndex(numbers(dimensions));
        }
    }

    /// Centroid c of every subspace of one dimension is c itself: codes lose nothing here.
    private static Codebook numbers(int dimensions) {
        float[] centroids = new float[256 * dimensions];
        for (int i = 0; i < centroids.length; i++) {
            centroids[i] = i % 256;
        }
        MemorySegment segment = MemorySegment.ofArray(centroids);
        return Codebook.of(Metric.L2, dimensions, dimensions, 8, segment, 0);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldNeverShowAReaderATornEntry(Kind kind) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (Index index = kind.create();
                ExecutorService readers = Executors.newFixedThreadPool(2)) {
            Future<Long> first = readers.submit(() -> new Reader(kind, index, 1).run(done));
            Future<Long> second = readers.submit(() -> new Reader(kind, index, 2).run(done));
            try {
                write(kind, index, STEPS, new SplittableRandom(7));
            } finally {
                done.set(true);
            }
            assertThat(first.get() + second.get()).as("searches").isPositive();
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
                Future<Long> first = readers.submit(() -> new Reader(kind, index, 1).run(never));
                Future<Long> second = readers.submit(() -> new Reader(kind, index, 2).run(never));
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
            MemorySegment vectors = arena.allocate((long) bytes * 16 * VERSIONS, 64);
            for (int i = 0; i < 16 * VERSIONS * kind.dimensions; i++) {
                int x = i / kind.dimensions;
                vectors.setAtIndex(ValueLayout.JAVA_FLOAT, i, x);
            }
            for (int step = 0; step < steps; step++) {
                long id = random.nextInt(IDS);
                long x = id % 16 + 16L * random.nextInt(VERSIONS);
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

        long run(AtomicBoolean done) {
            long searches = 0;
            try (Arena arena = Arena.ofConfined();
                    Neighbours out = new Neighbours(K);
                    RangeResult range = new RangeResult()) {
                MemorySegment zero = arena.allocate(4L * kind.dimensions, 64);
                RowFilter odd = RowFilter.byId(id -> (id & 1) == 1);
                SearchOptions some = SearchOptions.of(K).withFilter(odd);
                while (!done.get()) {
                    index.search(zero, 0, searches % 2 == 0 ? SearchOptions.of(K) : some, out);
                    ids.clear();
                    for (int i = 0; i < out.size(); i++) {
                        check(out.idAt(i), out.distanceAt(i));
                    }
                    index.searchRange(zero, 0, 20f * 20 * kind.dimensions, RowFilter.ALL, range);
                    ids.clear();
                    for (int i = 0; i < range.size(); i++) {
                        check(range.idAt(i), range.distanceAt(i));
                    }
                    long id = random.nextInt(IDS);
                    int slot = index.slotOf(id);
                    assertThat(slot).isBetween(-1, IDS - 1);
                    assertThat(index.len()).isBetween(0, IDS);
                    searches++;
                }
            }
            return searches;
        }

        private void check(long id, float distance) {
            double x = Math.sqrt(distance / kind.dimensions);
            if (x != Math.rint(x) || (long) x % 16 != id % 16) {
                throw new AssertionError("torn: id=" + id + " distance=" + distance + " x=" + x);
            }
            if (!ids.add(id)) {
                throw new AssertionError("found twice: id=" + id);
            }
        }
    }
}
