package ai.bytesandbrains.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// What holds for every index.
class IndexContractTest {
    private static final int COUNT = 600;
    private static final int DIMENSIONS = 20;
    private static final long STRIDE = 4L * DIMENSIONS;
    private static final Arena ARENA = Arena.ofShared();
    private static final MemorySegment VECTORS =
            TestVectors.clustered(ARENA, new SplittableRandom(1), COUNT, DIMENSIONS, 30);

    enum Kind {
        FLAT_L2,
        FLAT_COSINE,
        PQ_L2,
        PQ_COSINE;

        private Index untrained() {
            return switch (this) {
                case FLAT_L2 -> new FlatIndex(Metric.L2.space(DIMENSIONS));
                case FLAT_COSINE -> new FlatIndex(Metric.COSINE.space(DIMENSIONS));
                case PQ_L2 -> new PqIndex(PqConfig.of(Metric.L2, DIMENSIONS, 5, 1));
                case PQ_COSINE -> new PqIndex(PqConfig.of(Metric.COSINE, DIMENSIONS, 5, 1));
            };
        }

        Index trained() {
            Index index = untrained();
            index.train(VECTORS, 0, STRIDE, COUNT);
            return index;
        }

        Index filled() {
            Index index = trained();
            for (int i = 0; i < COUNT; i++) {
                index.add(i, VECTORS, i * STRIDE);
            }
            return index;
        }
    }

    @AfterAll
    static void close() {
        ARENA.close();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldCountAndFindWhatWasAdded(Kind kind) {
        try (Index index = kind.trained()) {
            assertThat(index.isTrained()).isTrue();
            assertThat(index.isEmpty()).isTrue();
            index.add(-1, VECTORS, 0);
            index.add(0, VECTORS, STRIDE);

            assertThat(index.len()).isEqualTo(2);
            assertThat(index.contains(-1)).isTrue();
            assertThat(index.contains(1)).isFalse();
            assertThat(index.search(TestVectors.array(VECTORS, 0, DIMENSIONS), 1))
                    .extracting(Neighbour::id)
                    .containsExactly(-1L);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldReturnFewerThanKAsACount(Kind kind) {
        try (Index index = kind.trained();
                Neighbours out = new Neighbours(10)) {
            assertThat(index.search(VECTORS, 0, 10, out)).isZero();
            index.add(5, VECTORS, 0);

            assertThat(index.search(VECTORS, 0, 10, out)).isOne();
            assertThat(out.size()).isOne();
            assertThat(index.search(TestVectors.array(VECTORS, 0, DIMENSIONS), 1_000_000))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldForgetWhatWasRemovedAndReset(Kind kind) {
        try (Index index = kind.filled()) {
            assertThat(index.remove(3)).isTrue();
            assertThat(index.remove(3)).isFalse();
            assertThat(index.search(TestVectors.array(VECTORS, 3, DIMENSIONS), COUNT))
                    .hasSize(COUNT - 1)
                    .extracting(Neighbour::id)
                    .doesNotContain(3L);

            index.reset();
            assertThat(index.len()).isZero();
            assertThat(index.isTrained()).isTrue();
            index.add(3, VECTORS, 0);
            assertThat(index.len()).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldNameAnIdThatIsTaken(Kind kind) {
        try (Index index = kind.filled()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> index.add(7, VECTORS, 0))
                    .withMessageContaining("id=7");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldRefuseHostileArgumentsAndChangeNothing(Kind kind) {
        float[] bad = TestVectors.array(VECTORS, 0, DIMENSIONS);
        bad[2] = Float.NEGATIVE_INFINITY;
        float[] good = TestVectors.array(VECTORS, 0, DIMENSIONS);
        try (Index index = kind.filled();
                Neighbours out = new Neighbours(5)) {
            refused(() -> index.search(VECTORS, 0, 0, out), "k=0");
            refused(() -> index.search(VECTORS, 0, 6, out), "k=6");
            refused(() -> index.search(good, -1), "k=-1");
            refused(() -> index.search(VECTORS, VECTORS.byteSize(), 1, out), "query: offset=");
            refused(() -> index.search(new float[3], 1), "query.length=3");
            refused(() -> index.search(bad, 1), "[2]=-Infinity");
            refused(() -> index.add(COUNT, bad), "[2]=-Infinity");
            refused(() -> index.upsert(1, bad), "[2]=-Infinity");
            refused(() -> index.add(COUNT, new float[21]), "vector.length=21");
            refused(() -> index.add(COUNT, VECTORS, -1), "offset=-1");

            assertThat(index.len()).isEqualTo(COUNT);
            assertThat(index.contains(COUNT)).isFalse();
            assertThat(index.search(TestVectors.array(VECTORS, 1, DIMENSIONS), 1).getFirst().id())
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"FLAT_COSINE", "PQ_COSINE"})
    void shouldRefuseTheZeroVectorUnderTheCosine(Kind kind) {
        try (Index index = kind.filled()) {
            refused(() -> index.add(COUNT, new float[DIMENSIONS]), "norm=0.0");
            refused(() -> index.search(new float[DIMENSIONS], 1), "norm=0.0");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldThrowAfterClose(Kind kind) {
        Index index = kind.filled();
        index.close();
        index.close();
        try (Neighbours out = new Neighbours(1)) {
            assertThatIllegalStateException().isThrownBy(() -> index.search(VECTORS, 0, 1, out));
        }
        assertThatIllegalStateException().isThrownBy(() -> index.add(COUNT, VECTORS, 0));
        assertThatIllegalStateException().isThrownBy(() -> index.remove(1));
        assertThatIllegalStateException().isThrownBy(() -> index.contains(1));
        assertThatIllegalStateException().isThrownBy(index::len);
        assertThatIllegalStateException().isThrownBy(index::reset);
        assertThatIllegalStateException().isThrownBy(() -> index.train(VECTORS, 0, STRIDE, COUNT));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldAllocateNothingToSearch(Kind kind) {
        try (Index index = kind.filled();
                Neighbours out = new Neighbours(10)) {
            int[] query = new int[1];
            Allocation.assertNone(
                    () -> {
                        query[0] = (query[0] + 1) % COUNT;
                        index.search(VECTORS, query[0] * STRIDE, 10, out);
                        out.idAt(0);
                    });
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldAllocateNothingToReplaceRemoveAndAdd(Kind kind) {
        try (Index index = kind.filled()) {
            int[] entry = new int[1];
            Allocation.assertNone(
                    () -> {
                        entry[0] = (entry[0] + 1) % COUNT;
                        int i = entry[0];
                        index.upsert(i, VECTORS, (COUNT - 1 - i) * STRIDE);
                        index.remove(i);
                        index.add(i, VECTORS, i * STRIDE);
                    });
        }
    }

    private static void refused(Runnable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(message);
    }
}
