package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;

/// Kernels over rows of bytes: int8 components with a scale for the row, and packed bits.
///
/// A row of int8 components is `paddedDimensions` signed bytes and then one float32, its scale; it
/// stands for the vector of `scale * component`. The query beside it is float32: widening a byte to
/// a float is as fast as any product of bytes that the Vector API offers, and the query then adds
/// no error of its own.
///
/// Implementations are stateless, safe for any number of threads, and allocate nothing once
/// compiled. Counts of bits are exact. The others sum lanes in an order of their own; for n terms t
/// they agree within `n * 2^-23 * sum(|t|)`.
public interface ByteKernels {
    /// Components of int8 rows, and floats of the queries beside them, come in multiples of this.
    int PADDING = DistanceKernels.PADDING;

    /// Packed bits come in multiples of so many bytes.
    int BIT_PADDING = Long.BYTES;

    /// {@return the squared Euclidean distance of a query to one row of int8 components}
    ///
    /// @param query holds the query, `paddedDimensions` floats, zeros beyond its dimensions
    /// @param queryOffset byte offset of the query
    /// @param rows holds the row
    /// @param row byte offset of the row
    /// @param paddedDimensions a positive multiple of [#PADDING]
    float squaredL2Int8(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long row,
            int paddedDimensions);

    /// {@return the dot product of a query with one row of int8 components}
    ///
    /// @param query holds the query, `paddedDimensions` floats, zeros beyond its dimensions
    /// @param queryOffset byte offset of the query
    /// @param rows holds the row
    /// @param row byte offset of the row
    /// @param paddedDimensions a positive multiple of [#PADDING]
    float dotInt8(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long row,
            int paddedDimensions);

    /// Squared Euclidean distances of a query to `count` rows of int8 components: the sum of
    /// `fma(-scale, component, q)` squared.
    ///
    /// @param query holds the query, `paddedDimensions` floats, zeros beyond its dimensions
    /// @param queryOffset byte offset of the query
    /// @param rows holds the rows
    /// @param rowsOffset byte offset of the first row
    /// @param rowStride bytes from one row to the next
    /// @param count number of rows
    /// @param paddedDimensions a positive multiple of [#PADDING]
    /// @param out receives `count` distances from index 0
    void squaredL2Int8Rows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] out);

    /// Dot products of a query with `count` rows of int8 components: `scale` times the sum of `q *
    /// component`; shapes as in [#squaredL2Int8Rows].
    ///
    /// @param query holds the query, `paddedDimensions` floats, zeros beyond its dimensions
    /// @param queryOffset byte offset of the query
    /// @param rows holds the rows
    /// @param rowsOffset byte offset of the first row
    /// @param rowStride bytes from one row to the next
    /// @param count number of rows
    /// @param paddedDimensions a positive multiple of [#PADDING]
    /// @param out receives `count` results from index 0
    void dotInt8Rows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedDimensions,
            float[] out);

    /// Hamming distances of a query to `count` rows of packed bits: how many bits differ.
    ///
    /// @param query holds the query
    /// @param queryOffset byte offset of the query
    /// @param rows holds the rows
    /// @param rowsOffset byte offset of the first row
    /// @param rowStride bytes from one row to the next
    /// @param count number of rows
    /// @param paddedBytes bytes of the query and of a row, a positive multiple of [#BIT_PADDING],
    ///     below 8 KB
    /// @param out receives `count` distances from index 0
    void hammingRows(
            MemorySegment query,
            long queryOffset,
            MemorySegment rows,
            long rowsOffset,
            long rowStride,
            int count,
            int paddedBytes,
            float[] out);
}
