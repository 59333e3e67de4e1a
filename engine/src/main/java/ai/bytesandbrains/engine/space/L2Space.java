package ai.bytesandbrains.engine.space;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.DistanceKernels;
import ai.bytesandbrains.engine.simd.Kernels;

import java.lang.foreign.MemorySegment;

/// Squared Euclidean distance. The square root is left out: it changes no order and costs time.
///
/// Rows and prepared queries are the vectors themselves, padded with zeros. Distances of vectors
/// with huge components may overflow to infinity, which is ordered after all finite distances.
public final class L2Space implements EmbeddingSpace {
    private static final DistanceKernels KERNELS = Kernels.get();

    private final PaddedFloats shape;

    /// A space of vectors of `dimensions` floats.
    ///
    /// @param dimensions floats in a vector, 1 to [EmbeddingSpace#MAX_DIMENSIONS]
    /// @throws IllegalArgumentException if `dimensions` is out of that range
    public L2Space(int dimensions) {
        shape = PaddedFloats.of(dimensions);
    }

    @Override
    public int dimensions() {
        return shape.dimensions();
    }

    @Override
    public Metric metric() {
        return Metric.L2;
    }

    @Override
    public float distance(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        shape.checkPair(a, aOffset, b, bOffset);
        float distance = KERNELS.squaredL2(a, aOffset, b, bOffset, shape.dimensions());
        shape.checkIfNotFinite(distance, a, aOffset, b, bOffset);
        return distance;
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
        return KERNELS.squaredL2(
                prepared, preparedOffset, row, rowOffset, shape.paddedDimensions());
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
        KERNELS.squaredL2Rows(
                prepared,
                preparedOffset,
                rows.segmentOf(first),
                rows.offsetOf(first),
                rows.rowStride(),
                count,
                shape.paddedDimensions(),
                out);
    }
}
