package ai.bytesandbrains.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;

/// What a caller may begin and read, and the doors that are closed to him.
class SearchOperationsTest {

    private static final SearchLimits LIMITS = new SearchLimits(2, 8, 4, 2);
    private static final SearchParameters THREE = SearchParameters.of(3);

    private final SearchOperations operations = operations(Metric.L2);

    @AfterEach
    void close() {
        operations.close();
    }

    @Test
    void shouldBeginAsManyAsAllowed() {
        assertThat(begin(1, 2, 3)).isNotEqualTo(OpTable.NULL_OP);
        assertThat(begin(1, 2, 3)).isNotEqualTo(OpTable.NULL_OP);
        assertThat(begin(1, 2, 3)).isEqualTo(OpTable.NULL_OP);
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"HAMMING", "OTHER"})
    void shouldRefuseAQueryThatIsNotFinite(Metric metric) {
        try (SearchOperations any = operations(metric)) {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                MemorySegment query = MemorySegment.ofArray(new float[] {1, bad, 1});
                assertThatThrownBy(() -> any.begin(query, 0, THREE, 0))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("query[1]");
            }
        }
    }

    @Test
    void shouldRefuseAZeroVectorUnderCosine() {
        try (SearchOperations cosine = operations(Metric.COSINE)) {
            MemorySegment zero = MemorySegment.ofArray(new float[3]);
            assertThatThrownBy(() -> cosine.begin(zero, 0, THREE, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldRefuseAQueryOutsideItsSegment() {
        MemorySegment query = MemorySegment.ofArray(new float[4]);
        assertThatThrownBy(() -> operations.begin(query, 8, THREE, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseMoreNeighboursThanItHasRoomFor() {
        MemorySegment query = MemorySegment.ofArray(new float[3]);
        assertThatThrownBy(() -> operations.begin(query, 0, SearchParameters.of(9), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("k=9");
    }

    @Test
    void shouldLoseNoSlotToARefusedQuery() {
        MemorySegment bad = MemorySegment.ofArray(new float[] {Float.NaN, 0, 0});
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> operations.begin(bad, 0, THREE, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(begin(1, 2, 3)).isNotEqualTo(OpTable.NULL_OP);
    }

    @Test
    void shouldReadNothingThatIsNotFinished() {
        long op = begin(1, 2, 3);

        assertThat(operations.isFinished(op)).isFalse();
        assertThatThrownBy(() -> operations.hits(op)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> operations.result(op)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> operations.elapsedNs(op))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldReadNoHitThatThereIsNot() {
        long op = begin(1, 2, 3);
        operations.table().complete(op);

        assertThatThrownBy(() -> operations.idAt(op, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldRefuseSpacesWhoseQueriesFitIntoNoMessage() {
        assertThatThrownBy(
                        () ->
                                new SearchOperations(
                                        Peers.peer(1).id(),
                                        Metric.L2.space(SearchOperations.MAX_DIMENSIONS + 1),
                                        LIMITS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dimensions=8193");
    }

    @Test
    void shouldRefuseSpacesOfPackedBits() {
        assertThatThrownBy(() -> operations(Metric.HAMMING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not floats");
    }

    @Test
    void shouldRefuseLimitsThatCannotBe() {
        assertThatThrownBy(() -> new SearchLimits(0, 1, 1, 1))
                .hasMessageContaining("concurrentSearches=0");
        assertThatThrownBy(() -> new SearchLimits(1, 5_000, 1, 1))
                .hasMessageContaining("maxK=5000");
        assertThatThrownBy(() -> new SearchLimits(1, 1, -1, 1)).hasMessageContaining("maxPeers=-1");
    }

    @Test
    void shouldRefuseParametersThatCannotBe() {
        assertThatThrownBy(() -> SearchParameters.of(0)).hasMessageContaining("k=0");
        assertThatThrownBy(() -> THREE.withAskPeers(-1)).hasMessageContaining("askPeers=-1");
        assertThatThrownBy(() -> THREE.withDeadlineNs(0)).hasMessageContaining("deadlineNs=0");
    }

    private long begin(float... query) {
        return operations.begin(MemorySegment.ofArray(query), 0, THREE, 0);
    }

    private static SearchOperations operations(Metric metric) {
        return new SearchOperations(Peers.peer(1).id(), metric.space(3), LIMITS);
    }
}
