package ai.bytesandbrains.engine.space;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.DistanceKernels;
import ai.bytesandbrains.engine.simd.Kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Inner product as a distance: `-(a · b)`, so that the largest product is the nearest.
///
/// Rows and prepared queries are the vectors themselves, padded with zeros. The length of a vector
/// counts: a long row is near to everything that points its way, and a vector need not be its own
/// nearest neighbour. The zero vector is allowed, at distance 0 from everything; 0 is never
/// negative zero, so that ties stay ties.
///
/// A product beyond the range of float32 becomes an infinity of its sign. It is never NaN: sums
/// that overflow on the way are made again in double precision.
public final class InnerProductSpace implements EmbeddingSpace {
    private static final DistanceKernels KERNELS = Kernels.get();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final PaddedFloats shape;

    /// A space of vectors of `dimensions` floats.
    ///
    /// @param dimensions floats in a vector, 1 to [EmbeddingSpace#MAX_DIMENSIONS]
    /// @throws IllegalArgumentException if `dimensions` is out of that range
    public InnerProductSpace(int dimensions) {
        shape = PaddedFloats.of(dimensions);
    }

    @Override
    public int dimensions() {
        return shape.dimensions();
    }

    @Override
    public Metric metric() {
        return Metric.INNER_PRODUCT;
    }

    @Override
    public float distance(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        shape.checkPair(a, aOffset, b, bOffset);
        float dot = KERNELS.dot(a, aOffset, b, bOffset, shape.dimensions());
        shape.checkIfNotFinite(dot, a, aOffset, b, bOffset);
        return fromDot(dot, a, aOffset, b, bOffset);
    }

    @Override
    public long rowBytes() {
        return shape.bytes();
    }

    @Override
    public void storeRow(
            MemorySegment vector, long vectorOffset, MemorySegment row, long rowOffset) {
        shape.copy("vector", vector, vectorOffset, "row", row, rowOffset);
        Vectors.checkFinite("vector", row, rowOffset, shape.dimensions());
    }

    @Override
    public long preparedBytes() {
        return shape.bytes();
    }

    @Override
    public void prepare(
            MemorySegment query, long queryOffset, MemorySegment prepared, long preparedOffset) {
        shape.copy("query", query, queryOffset, "prepared", prepared, preparedOffset);
        Vectors.checkFinite("query", prepared, preparedOffset, shape.dimensions());
    }

    @Override
    public float distancePrepared(
            MemorySegment prepared, long preparedOffset, MemorySegment row, long rowOffset) {
        Vectors.checkPrepared(this, prepared, preparedOffset, row, rowOffset);
        float dot = KERNELS.dot(prepared, preparedOffset, row, rowOffset, shape.paddedDimensions());
        return fromDot(dot, prepared, preparedOffset, row, rowOffset);
    }

    @Override
    public void distancesPrepared(
            MemorySegment prepared,
            long preparedOffset,
            RowStore rows,
            int first,
            int count,
            float[] out) {
        Vectors.checkRun(this, prepared, preparedOffset, rows, first, count, out);
        MemorySegment segment = rows.segmentOf(first);
        long rowsOffset = rows.offsetOf(first);
        KERNELS.dotRows(
                prepared,
                preparedOffset,
                segment,
                rowsOffset,
                rows.rowStride(),
                count,
                shape.paddedDimensions(),
                out);
        for (int i = 0; i < count; i++) {
            long row = rowsOffset + i * rows.rowStride();
            out[i] = fromDot(out[i], prepared, preparedOffset, segment, row);
        }
    }

    private float fromDot(float dot, MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        return Math.abs(dot) <= Float.MAX_VALUE
                ? 0f - dot
                : inDoublePrecision(a, aOffset, b, bOffset);
    }

    private float inDoublePrecision(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        double dot = 0;
        for (int d = 0; d < shape.dimensions(); d++) {
            dot += (double) a.get(FLOAT, aOffset + 4L * d) * b.get(FLOAT, bOffset + 4L * d);
        }
        return (float) (0 - dot);
    }
}
