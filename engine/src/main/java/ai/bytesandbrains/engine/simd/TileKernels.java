package ai.bytesandbrains.engine.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Many queries against many rows: a matrix product in tiles of five queries by 64 rows.
///
/// A panel holds 64 rows transposed: component d of row i is float `64 d + i`. Five queries are
/// packed together: component d of query q is float `5 d + q`. Value i of query q in a tile is
/// `start(i)` plus the product of the two: with queries scaled by -2 and the squared norms of the
/// rows as the start it is the squared distance less the squared norm of the query, with queries
/// scaled by -1 and a start of zeros the negative dot product. Each value is the chain `acc =
/// fma(query, row, acc)` over ascending d, so all implementations and widths agree to the last bit.
///
/// Values of a tile are rounded differently from those of the one-query kernels. Tiles are
/// therefore a filter: [TileBound] widens a threshold such that no row is missed, and what passes
/// [#masks] is measured again.
///
/// The method of packed panels: Goto, van de Geijn, "Anatomy of high-performance matrix
/// multiplication", ACM TOMS 34(3), 2008.
public interface TileKernels {
    /// Queries of a tile.
    int QUERIES = 5;

    /// Queries that [#tileOfTwo] multiplies.
    int TWO = 2;

    /// Rows of a panel.
    int ROWS = 64;

    /// What [#tile] reads if nothing will be packed next.
    MemorySegment NOTHING_AHEAD = Arena.global().allocate(Long.BYTES);

    /// Transposes rows into a panel.
    ///
    /// @param rows holds the rows
    /// @param rowsOffset byte offset of the first row
    /// @param rowStride bytes from one row to the next
    /// @param count rows, at most [#ROWS]; columns of the panel beyond stay as they are
    /// @param paddedDimensions a multiple of [DistanceKernels#PADDING]
    /// @param panel receives `64 * paddedDimensions` floats
    void packRows(
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] panel);

    /// Squared norms of the rows of a panel.
    ///
    /// @param panel the panel
    /// @param dimensions lines of the panel
    /// @param norms receives 64 norms
    void norms(float[] panel, int dimensions, float[] norms);

    /// Multiplies five queries with 64 rows, and meanwhile reads what will be packed next: the
    /// waits for memory and the multiplications overlap.
    ///
    /// @param queries packed queries
    /// @param panel the panel
    /// @param dimensions lines of the panel, at least 1
    /// @param start what the 64 columns start from
    /// @param tile receives `5 * 64` values, query by query
    /// @param ahead native memory to read, or [#NOTHING_AHEAD]; what is in it does not matter
    /// @param from byte offset of the first byte to read
    /// @param step bytes from one to the next of `dimensions` bytes to read; 0 reads one only
    /// @return a number that means nothing and keeps the reads from being dropped
    long tile(
            float[] queries,
            float[] panel,
            int dimensions,
            float[] start,
            float[] tile,
            MemorySegment ahead,
            long from,
            long step);

    /// As [#tile] for the first two of five queries: what is left of a batch in half the time. The
    /// other three places of the tile keep what they held.
    ///
    /// @param queries packed queries
    /// @param panel the panel
    /// @param dimensions lines of the panel, at least 1
    /// @param start what the 64 columns start from
    /// @param tile receives `2 * 64` values, query by query
    /// @param ahead native memory to read, or [#NOTHING_AHEAD]
    /// @param from byte offset of the first byte to read
    /// @param step bytes from one to the next of `dimensions` bytes to read; 0 reads one only
    /// @return a number that means nothing and keeps the reads from being dropped
    long tileOfTwo(
            float[] queries,
            float[] panel,
            int dimensions,
            float[] start,
            float[] tile,
            MemorySegment ahead,
            long from,
            long step);

    /// Compares a tile with a threshold for each query.
    ///
    /// @param tile `5 * 64` values
    /// @param thresholds five thresholds
    /// @param masks receives five masks: bit i is set unless value i is larger than the threshold;
    ///     NaN passes
    void masks(float[] tile, float[] thresholds, long[] masks);

    /// Packs one query; the place of a query that is not there is zeros.
    ///
    /// @param query holds the query
    /// @param queryOffset byte offset of the query
    /// @param dimensions floats of the query
    /// @param factor what to scale it with: -2 for squared distances, -1 for dot products; a power
    ///     of two does not round
    /// @param number which of the five, from 0
    /// @param queries receives the query, every fifth float from `number` on
    static void packQuery(
            MemorySegment query,
            long queryOffset,
            int dimensions,
            float factor,
            int number,
            float[] queries) {
        for (int d = 0; d < dimensions; d++) {
            float x = query.get(ValueLayout.JAVA_FLOAT_UNALIGNED, queryOffset + 4L * d);
            queries[QUERIES * d + number] = factor * x;
        }
    }
}
