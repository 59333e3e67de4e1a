package ai.bytesandbrains.engine.space;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.ByteKernels;
import ai.bytesandbrains.engine.simd.Kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// A float space whose stored rows are int8 with one scale a row: a quarter of the memory, and of
/// the bytes that a scan reads.
///
/// Vectors and queries are float32, as in the space of the same metric, and obey its rules;
/// [#distance] of two plain vectors is that of the float space. Only what is stored is rounded.
/// Prepared queries stay float32, so that rows bring the only error:
///
/// ```
///   row = int8[dimensions, padded with zeros to 16]  float32 scale
///   component d stands for v'[d] = scale * int8[d];   |v'[d] - v[d]| <= step / 2,
///   step = the largest magnitude of v, divided by 127 (and rounded up to a float)
/// ```
///
/// **Error.** No stored vector is farther from the original than `e = step / 2 * sqrt(dimensions)`;
/// components that are spread evenly make it about 0.58 of that. Up to the rounding of float32
/// sums, distances to a stored row then differ from the true ones by
///
/// - L2: `|sqrt(distance') - sqrt(distance)| <= e`;
/// - inner product: `|distance' - distance| <= e * |query|`;
/// - cosine: the angle differs by at most `asin(e)`, `e` being that of the unit vector. What is
///   stored is scaled back to length 1, so that distances stay between 0 and 2.
///
/// [#loadRow] gives back what a row stands for.
///
/// Instances are immutable, safe for any number of threads, and allocate nothing.
public final class Int8Space implements EmbeddingSpace {
    private static final ByteKernels KERNELS = Kernels.bytes();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Times 127 it is still finite.
    private static final float LARGEST_STEP = Math.nextDown(Float.MAX_VALUE / Byte.MAX_VALUE);

    private final Metric metric;
    private final EmbeddingSpace exact;
    private final PaddedFloats shape;

    /// A space of vectors of `dimensions` floats.
    ///
    /// @param metric what is measured: [Metric#L2], [Metric#COSINE] or [Metric#INNER_PRODUCT]
    /// @param dimensions floats in a vector, 1 to [EmbeddingSpace#MAX_DIMENSIONS]
    /// @throws IllegalArgumentException if `dimensions` is out of that range, or the metric is not
    ///     one of floats
    public Int8Space(Metric metric, int dimensions) {
        this.metric = Objects.requireNonNull(metric, "metric");
        if (metric == Metric.HAMMING) {
            throw new IllegalArgumentException("metric=HAMMING has no float vectors to round");
        }
        this.exact = metric.space(dimensions);
        this.shape = PaddedFloats.of(dimensions);
    }

    @Override
    public int dimensions() {
        return shape.dimensions();
    }

    @Override
    public Metric metric() {
        return metric;
    }

    /// {@inheritDoc}
    ///
    /// Exact, as in the float space of the metric: nothing is rounded to int8 here.
    @Override
    public float distance(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        return exact.distance(a, aOffset, b, bOffset);
    }

    /// {@inheritDoc}
    ///
    /// One a dimension, padded to a multiple of 16, and 4.
    @Override
    public long rowBytes() {
        return shape.paddedDimensions() + (long) Float.BYTES;
    }

    @Override
    public void storeRow(
            MemorySegment vector, long vectorOffset, MemorySegment row, long rowOffset) {
        int dimensions = shape.dimensions();
        Vectors.checkVector("vector", vector, vectorOffset, this);
        Vectors.checkRows("row", row, rowOffset, 0, 1, rowBytes());
        Vectors.checkFinite("vector", vector, vectorOffset, dimensions);
        if (metric == Metric.COSINE) {
            Vectors.checkNotZero("vector", vector, vectorOffset, dimensions);
        }
        float largest = 0;
        for (int d = 0; d < dimensions; d++) {
            largest = Math.max(largest, Math.abs(vector.get(FLOAT, vectorOffset + 4L * d)));
        }
        boolean cosine = metric == Metric.COSINE;
        double step = cosine ? (double) largest / Byte.MAX_VALUE : stepFor(largest);
        int squares = 0;
        for (int d = 0; d < dimensions; d++) {
            double steps = vector.get(FLOAT, vectorOffset + 4L * d) / step;
            int rounded = Math.clamp(Math.round(steps), -Byte.MAX_VALUE, Byte.MAX_VALUE);
            squares += rounded * rounded;
            row.set(ValueLayout.JAVA_BYTE, rowOffset + d, (byte) rounded);
        }
        for (int d = dimensions; d < shape.paddedDimensions(); d++) {
            row.set(ValueLayout.JAVA_BYTE, rowOffset + d, (byte) 0);
        }
        double scale = cosine ? 1 / Math.sqrt(squares) : step;
        row.set(FLOAT, rowOffset + shape.paddedDimensions(), (float) scale);
    }

    /// A float, so that the row can keep it; too small to be exact, it is rounded up, so that the
    /// largest component still fits.
    private static float stepFor(float largest) {
        if (largest == 0) {
            return 1;
        }
        float step = (float) ((double) largest / Byte.MAX_VALUE);
        if ((double) step * Byte.MAX_VALUE < largest) {
            step = Math.nextUp(step);
        }
        return Math.min(step, LARGEST_STEP);
    }

    /// Writes the vector that a stored row stands for; of a cosine row that is a unit vector.
    ///
    /// @param row holds what [#storeRow] wrote
    /// @param rowOffset byte offset of the row
    /// @param vector receives `dimensions()` floats
    /// @param vectorOffset byte offset of the vector
    /// @throws IllegalArgumentException if row or vector do not lie inside their segments
    public void loadRow(
            MemorySegment row, long rowOffset, MemorySegment vector, long vectorOffset) {
        Vectors.checkRows("row", row, rowOffset, 0, 1, rowBytes());
        Vectors.checkVector("vector", vector, vectorOffset, this);
        float scale = row.get(FLOAT, rowOffset + shape.paddedDimensions());
        for (int d = 0; d < shape.dimensions(); d++) {
            float component = scale * row.get(ValueLayout.JAVA_BYTE, rowOffset + d);
            vector.set(FLOAT, vectorOffset + 4L * d, component);
        }
    }

    @Override
    public long preparedBytes() {
        return exact.preparedBytes();
    }

    @Override
    public void prepare(
            MemorySegment query, long queryOffset, MemorySegment prepared, long preparedOffset) {
        exact.prepare(query, queryOffset, prepared, preparedOffset);
    }

    @Override
    public float distancePrepared(
            MemorySegment prepared, long preparedOffset, MemorySegment row, long rowOffset) {
        Vectors.checkPrepared(this, prepared, preparedOffset, row, rowOffset);
        int padded = shape.paddedDimensions();
        if (metric == Metric.L2) {
            return KERNELS.squaredL2Int8(prepared, preparedOffset, row, rowOffset, padded);
        }
        float dot = KERNELS.dotInt8(prepared, preparedOffset, row, rowOffset, padded);
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
        long offset = rows.offsetOf(first);
        long stride = rows.rowStride();
        int padded = shape.paddedDimensions();
        if (metric == Metric.L2) {
            KERNELS.squaredL2Int8Rows(
                    prepared, preparedOffset, segment, offset, stride, count, padded, out);
            return;
        }
        KERNELS.dotInt8Rows(prepared, preparedOffset, segment, offset, stride, count, padded, out);
        for (int i = 0; i < count; i++) {
            out[i] = fromDot(out[i], prepared, preparedOffset, segment, offset + i * stride);
        }
    }

    private float fromDot(
            float dot, MemorySegment prepared, long preparedOffset, MemorySegment row, long at) {
        if (metric == Metric.COSINE) {
            return CosineSpace.fromDot(dot);
        }
        return Math.abs(dot) <= Float.MAX_VALUE
                ? 0f - dot
                : inDoublePrecision(prepared, preparedOffset, row, at);
    }

    private float inDoublePrecision(
            MemorySegment prepared, long preparedOffset, MemorySegment row, long rowOffset) {
        double dot = 0;
        for (int d = 0; d < shape.dimensions(); d++) {
            double q = prepared.get(FLOAT, preparedOffset + 4L * d);
            dot += q * row.get(ValueLayout.JAVA_BYTE, rowOffset + d);
        }
        double scale = row.get(FLOAT, rowOffset + shape.paddedDimensions());
        return (float) (0 - scale * dot);
    }
}
