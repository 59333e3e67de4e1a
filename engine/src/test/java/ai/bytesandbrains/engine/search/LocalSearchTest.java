package ai.bytesandbrains.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.codec.PqConfig;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.PqIndex;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

/// What a node's own index may do to the queries of strangers.
class LocalSearchTest {

    private static final int DIMENSIONS = 8;
    private static final SearchLimits LIMITS = new SearchLimits(1, 5, 1, 1);

    @Test
    void shouldFindNothingInAnIndexThatIsNotTrained() {
        try (PqIndex index = new PqIndex(PqConfig.of(Metric.L2, DIMENSIONS, 4, 1));
                LocalSearch local = new LocalSearch(index, LIMITS, FilterResolver.NONE)) {
            assertThat(search(local, 1)).isEqualTo(SearchStatus.OK);
            assertThat(local.found().size()).isZero();
        }
    }

    @Test
    void shouldKeepNothingOfTheQueryBefore() {
        try (FlatIndex index = new FlatIndex(Metric.COSINE.space(DIMENSIONS));
                LocalSearch local = new LocalSearch(index, LIMITS, FilterResolver.NONE)) {
            index.add(7, new float[] {1, 0, 0, 0, 0, 0, 0, 0});
            assertThat(search(local, 1)).isEqualTo(SearchStatus.OK);
            assertThat(local.found().idAt(0)).isEqualTo(7);

            assertThat(search(local, 0)).isEqualTo(SearchStatus.BAD_QUERY);
            index.remove(7);
            assertThat(search(local, 1)).isEqualTo(SearchStatus.OK);
            assertThat(local.found().size()).isZero();
        }
    }

    private static SearchStatus search(LocalSearch local, float first) {
        float[] query = {first, 0, 0, 0, 0, 0, 0, 0};
        local.decode(QueryEncoding.FLOAT32, MemorySegment.ofArray(query), 0, 1);
        return local.search(3);
    }
}
