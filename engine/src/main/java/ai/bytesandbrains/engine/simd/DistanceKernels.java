package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;

/// The loops that the engine spends its time in.
///
/// All vectors are float32 in native byte order at `(segment, byte offset)`. Results go into an
/// array of the caller. Implementations are stateless, safe for any number of threads, and allocate
/// nothing once compiled (see [Kernels#warmUp]).
///
/// **Agreement.** Each kernel adds up in one fixed order in every implementation and on every
/// vector width, so results are equal bit for bit: it does not show when an implementation takes
/// over from another, and machines of different kinds agree on codebooks and on the order of
/// neighbours. The order of `squaredL2`, `dot` and their row forms: of the components before the
/// last multiple of 16, lane j of sixteen sums the terms j, j + 16, j + 32 and so on by fused
/// multiply-adds; lanes j and j + 8 are added, then j and j + 4, j and j + 2, the last two; then
/// the other components follow by fused multiply-adds. The one order of the `...Columns` and
/// `adc...` kernels stands with them.
///
/// Sums of n terms t are off by at most `n * 2^-23 * sum(|t|)`.
public interface DistanceKernels {
    /// Rows of [#squaredL2Rows] and [#dotRows], and columns of [#squaredL2Columns], come in
    /// multiples of this many floats.
    int PADDING = 16;

    /// {@return squared Euclidean distance of two vectors of any length}
    ///
    /// @param a holds one vector
    /// @param aOffset its byte offset
    /// @param b holds the other vector
    /// @param bOffset its byte offset
    /// @param dimensions floats in a vector
    float squaredL2(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int dimensions);

    /// {@return dot product of two vectors of any length}
    ///
    /// @param a holds one vector
    /// @param aOffset its byte offset
    /// @param b holds the other vector
    /// @param bOffset its byte offset
    /// @param dimensions floats in a vector
    float dot(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int dimensions);

    /// Squared Euclidean distances of one query to `count` rows.
    ///
    /// @param query holds the query
    /// @param queryOffset byte offset of the query
    /// @param rows holds the rows
    /// @param rowsOffset byte offset of the first row
    /// @param rowStride bytes from one row to the next
    /// @param count number of rows
    /// @param paddedDimensions a positive multiple of [#PADDING]; query and rows have zeros beyond
    ///     their dimensions
    /// @param out receives `count` distances from index 0
    void squaredL2Rows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] out);

    /// Dot products of one query with `count` rows; shapes as in [#squaredL2Rows].
    ///
    /// @param query holds the query
    /// @param queryOffset byte offset of the query
    /// @param rows holds the rows
    /// @param rowsOffset byte offset of the first row
    /// @param rowStride bytes from one row to the next
    /// @param count number of rows
    /// @param paddedDimensions a positive multiple of [#PADDING]
    /// @param out receives `count` results from index 0
    void dotRows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] out);

    /// Squared Euclidean distances of one short vector to `count` vectors that are stored
    /// transposed: component `d` of column `i` is float `i` of line `d`.
    ///
    /// Each result is the chain `acc = fma(x[d] - c[d], x[d] - c[d], acc)` over ascending `d`.
    ///
    /// @param vector holds the one vector
    /// @param vectorOffset byte offset of the vector
    /// @param columns holds the transposed vectors
    /// @param columnsOffset byte offset of the first line
    /// @param lineStride bytes from one line to the next
    /// @param count a multiple of [#PADDING]
    /// @param dimensions floats in a vector
    /// @param out receives `count` distances from index 0
    void squaredL2Columns(
            MemorySegment vector,
            long vectorOffset,
            MemorySegment columns,
            long columnsOffset,
            long lineStride,
            int count,
            int dimensions,
            float[] out);

    /// Asymmetric distances of `count` product-quantization codes of 8 bits a subspace: the sum
    /// over ascending `m` of `table[m * 256 + code[m]]`.
    ///
    /// Source: Jegou, Douze, Schmid, "Product Quantization for Nearest Neighbor Search", IEEE TPAMI
    /// 33(1), 2011, section III.
    ///
    /// @param table `subspaces * 256` floats
    /// @param tableOffset byte offset of the table
    /// @param subspaces bytes of a code
    /// @param codes holds the codes
    /// @param codesOffset byte offset of the first code
    /// @param codeStride bytes from one code to the next
    /// @param count number of codes
    /// @param out receives `count` distances from index 0
    void adcRows(
            MemorySegment table,
            long tableOffset,
            int subspaces,
            MemorySegment codes,
            long codesOffset,
            long codeStride,
            int count,
            float[] out);

    /// {@return the index of the smallest of the first `count` values, the lowest one of equals}
    ///
    /// @param values no NaN among the first `count`
    /// @param count at least 1
    static int argMin(float[] values, int count) {
        int best = 0;
        float least = values[0];
        for (int i = 1; i < count; i++) {
            if (values[i] < least) {
                least = values[i];
                best = i;
            }
        }
        return best;
    }
}
