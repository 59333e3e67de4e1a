package ai.bytesandbrains.engine.space;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.DistanceKernels;
import ai.bytesandbrains.engine.simd.Kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Cosine distance `1 - cos(a, b)`.
///
/// Vectors are scaled to length 1 at the door: rows and prepared queries are unit vectors padded
/// with zeros, and a scan is dot products only. What comes back out of a store is therefore the
/// direction of a vector, not its length. Prepared distances are clamped to 0 and 2, where
/// rounding would put a vector nearer or farther than that.
///
/// The zero vector has no direction: it is refused, as it would otherwise be near to everything or
/// to nothing at the whim of an implementation.
public final class CosineSpace implements EmbeddingSpace {
    private static final DistanceKernels KERNELS = Kernels.get();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final PaddedFloats shape;

    /// A space of vectors of `dimensions` floats.
    ///
    /// @param dimensions floats in a vector, 1 to [EmbeddingSpace#MAX_DIMENSIONS]
    /// @throws IllegalArgumentException if `dimensions` is out of that range
    public CosineSpace(int dimensions) {
        shape = PaddedFloats.of(dimensions);
    }

    @Override
    public int dimensions() {
        return shape.dimensions();
    }

    @Override
    public Metric metric() {
        return Metric.COSINE;
    }

    /// {@inheritDoc}
    ///
    /// Sums in double precision: exact to the last bit of a float for any finite vectors, and
    /// slower than the prepared forms.
    ///
    /// @throws IllegalArgumentException if a vector is zero or has a component that is not finite
    @Override
    public float distance(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        shape.checkPair(a, aOffset, b, bOffset);
        int dimensions = shape.dimensions();
        double dot = 0;
        double aNorm2 = 0;
        double bNorm2 = 0;
        for (int d = 0; d < dimensions; d++) {
            double x = a.get(FLOAT, aOffset + 4L * d);
            double y = b.get(FLOAT, bOffset + 4L * d);
            dot += x * y;
            aNorm2 += x * x;
            bNorm2 += y * y;
        }
        Vectors.checkDirection("a", aNorm2, a, aOffset, dimensions);
        Vectors.checkDirection("b", bNorm2, b, bOffset, dimensions);
        return (float) Math.max(0, 1 - dot / (Math.sqrt(aNorm2) * Math.sqrt(bNorm2)));
    }

    @Override
    public long rowBytes() {
        return shape.bytes();
    }

    @Override
    public void storeRow(
            MemorySegment vector, long vectorOffset, MemorySegment row, long rowOffset) {
        shape.copy("vector", vector, vectorOffset, "row", row, rowOffset);
        Vectors.normalise("vector", row, rowOffset, shape.dimensions(), row, rowOffset);
    }

    @Override
    public long preparedBytes() {
        return shape.bytes();
    }

    @Override
    public void prepare(
            MemorySegment query, long queryOffset, MemorySegment prepared, long preparedOffset) {
        shape.copy("query", query, queryOffset, "prepared", prepared, preparedOffset);
        Vectors.normalise(
                "query", prepared, preparedOffset, shape.dimensions(), prepared, preparedOffset);
    }

    @Override
    public float distancePrepared(
            MemorySegment prepared, long preparedOffset, MemorySegment row, long rowOffset) {
        Vectors.checkPrepared(this, prepared, preparedOffset, row, rowOffset);
        return fromDot(
                KERNELS.dot(prepared, preparedOffset, row, rowOffset, shape.paddedDimensions()));
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
        KERNELS.dotRows(
                prepared,
                preparedOffset,
                rows.segmentOf(first),
                rows.offsetOf(first),
                rows.rowStride(),
                count,
                shape.paddedDimensions(),
                out);
        for (int i = 0; i < count; i++) {
            out[i] = fromDot(out[i]);
        }
    }

    static float fromDot(float dot) {
        return Math.clamp(1f - dot, 0f, 2f);
    }
}
