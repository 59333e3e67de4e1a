package ai.bytesandbrains.bench.eval;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.engine.index.FlatIndex;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.SearchOptions;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.Metric;

import java.util.Arrays;
import java.util.function.LongConsumer;

/// The true neighbours of queries, and how many of them an answer has.
///
/// Immutable.
public final class Truth {
    private static final int BATCH = 64;

    private final int[][] nearest;

    /// Takes over lists that were computed elsewhere.
    ///
    /// @param nearest for each query the ids of its true neighbours, nearest first
    public Truth(final int[][] nearest) {
        this.nearest = nearest;
    }

    /// Computes the neighbours by an exact scan with all processors; ties go to the smaller id.
    ///
    /// @param metric the metric
    /// @param base the vectors; ids are their rows
    /// @param queries the queries
    /// @param k how many neighbours
    /// @param progress is told the number of queries done
    /// @return the neighbours
    public static Truth compute(
            final Metric metric,
            final NativeVectors base,
            final NativeVectors queries,
            final int k,
            final LongConsumer progress) {
        final int[][] nearest = new int[queries.rows()][];
        final Neighbours[] out = new Neighbours[Math.min(BATCH, queries.rows())];
        Arrays.setAll(out, _ -> new Neighbours(k));
        try (FlatIndex index = new FlatIndex(metric.space(base.dimensions()));
                Workers workers = Workers.of(Runtime.getRuntime().availableProcessors())) {
            index.reserve(base.rows());
            for (int row = 0; row < base.rows(); row++) {
                index.add(row, base.segment(), base.offset(row));
            }
            for (int from = 0; from < queries.rows(); from += out.length) {
                final int count = Math.min(out.length, queries.rows() - from);
                index.searchBatch(
                        queries.segment(),
                        queries.offset(from),
                        queries.strideBytes(),
                        count,
                        SearchOptions.of(k),
                        out,
                        workers);
                for (int i = 0; i < count; i++) {
                    nearest[from + i] = ids(out[i]);
                }
                progress.accept(from + (long) count);
            }
        } finally {
            for (final Neighbours neighbours : out) {
                neighbours.close();
            }
        }
        return new Truth(nearest);
    }

    private static int[] ids(final Neighbours found) {
        final int[] ids = new int[found.size()];
        Arrays.setAll(ids, i -> Math.toIntExact(found.idAt(i)));
        return ids;
    }

    /// {@return number of queries}
    public int queries() {
        return nearest.length;
    }

    /// {@return number of neighbours that are known of each query}
    public int columns() {
        return nearest[0].length;
    }

    /// {@return the id of a true neighbour}
    ///
    /// @param query the query, from 0
    /// @param rank 0 for the nearest
    public int id(final int query, final int rank) {
        return nearest[query][rank];
    }

    /// Counts the true `k` nearest in an answer.
    ///
    /// @param query the query, from 0
    /// @param k how many neighbours count
    /// @param found the answer
    /// @return 0 to `k`
    public int hits(final int query, final int k, final Neighbours found) {
        int hits = 0;
        for (int i = 0; i < Math.min(k, found.size()); i++) {
            hits += isTrue(query, k, found.idAt(i)) ? 1 : 0;
        }
        return hits;
    }

    /// {@return whether an id is one of the true `k` nearest}
    ///
    /// @param query the query, from 0
    /// @param k how many neighbours count
    /// @param id the id
    public boolean isTrue(final int query, final int k, final long id) {
        for (int i = 0; i < k; i++) {
            if (nearest[query][i] == id) {
                return true;
            }
        }
        return false;
    }
}
