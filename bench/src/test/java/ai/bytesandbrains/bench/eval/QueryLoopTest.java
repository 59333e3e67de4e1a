package ai.bytesandbrains.bench.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.Synthetic;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.SearchOptions;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryLoopTest {
    private static final int ROWS = 500;
    private static final int QUERIES = 30;
    private static final int K = 5;

    private final Synthetic synthetic = new Synthetic(16, 11);
    private final NativeVectors base = synthetic.draw(ROWS, Synthetic.BASE);
    private final NativeVectors queries = synthetic.draw(QUERIES, Synthetic.QUERY);
    private final FlatIndex index = new FlatIndex(Metric.L2.space(16));

    @BeforeEach
    void fill() {
        for (int row = 0; row < ROWS; row++) {
            index.add(row, base.segment(), base.offset(row));
        }
    }

    @AfterEach
    void close() {
        index.close();
        base.close();
        queries.close();
    }

    /// The neighbours by a plain loop in double precision, ties to the smaller id.
    private int[][] nearest() {
        final int[][] lists = new int[QUERIES][];
        for (int query = 0; query < QUERIES; query++) {
            final float[] vector = queries.row(query);
            lists[query] =
                    java.util.stream.IntStream.range(0, ROWS)
                            .boxed()
                            .sorted(
                                    java.util.Comparator.comparingDouble(
                                                    (Integer row) ->
                                                            distance(vector, base.row(row)))
                                            .thenComparing(row -> row))
                            .limit(K)
                            .mapToInt(Integer::intValue)
                            .toArray();
        }
        return lists;
    }

    private static double distance(final float[] a, final float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    @Test
    void shouldComputeTheTrueNeighbours() {
        final int[][] expected = nearest();

        final Truth truth = Truth.compute(Metric.L2, base, queries, K, _ -> {});

        assertThat(truth.queries()).isEqualTo(QUERIES);
        assertThat(truth.columns()).isEqualTo(K);
        for (int query = 0; query < QUERIES; query++) {
            for (int rank = 0; rank < K; rank++) {
                assertThat(truth.id(query, rank)).isEqualTo(expected[query][rank]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,2", "7,1", "30,1"})
    void shouldFindEverythingAndCountEverySearch(final int batch, final int threads) {
        try (QueryLoop loop = new QueryLoop(index, queries, SearchOptions.of(K), batch, threads)) {
            loop.warmUp(0);
            final QueryLoop.Result result = loop.measure(0);

            assertThat(loop.recall(new Truth(nearest()))).isEqualTo(1.0);
            assertThat(result.queries()).isEqualTo((long) batch * threads);
            assertThat(result.times().getTotalCount()).isEqualTo(result.queries());
            assertThat(result.seconds()).isPositive();
            assertThat(result.percentileUs(50)).isPositive();
            assertThat(result.percentileUs(50)).isLessThanOrEqualTo(result.percentileUs(99.9));
        }
    }

    @Test
    void shouldCountTheShareThatIsFound() {
        final int[][] truth = nearest();
        for (int query = 0; query < QUERIES; query += 2) {
            truth[query][K - 1] = ROWS + 1;
        }
        try (QueryLoop loop = new QueryLoop(index, queries, SearchOptions.of(K), 1, 1)) {
            assertThat(loop.recall(new Truth(truth))).isCloseTo(1 - 0.5 / K, within(1e-9));
        }
    }
}
