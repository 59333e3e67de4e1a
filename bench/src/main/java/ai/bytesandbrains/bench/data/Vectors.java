package ai.bytesandbrains.bench.data;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/// Float vectors in one row-major array on the heap: row `i` starts at `i * dimensions`.
///
/// Immutable as long as nobody writes through [#segment()]; safe to share between threads then.
public final class Vectors {
    private final int rows;
    private final int dimensions;
    private final float[] values;

    /// Takes over the array, without a copy.
    ///
    /// @param rows number of rows, at least 0
    /// @param dimensions floats in a row, at least 1
    /// @param values `rows * dimensions` floats in row order
    /// @throws IllegalArgumentException if the three disagree
    public Vectors(final int rows, final int dimensions, final float[] values) {
        if (rows < 0 || dimensions < 1 || (long) rows * dimensions != values.length) {
            throw new IllegalArgumentException(
                    "rows=%d dimensions=%d values.length=%d"
                            .formatted(rows, dimensions, values.length));
        }
        this.rows = rows;
        this.dimensions = dimensions;
        this.values = values;
    }

    /// The number of rows.
    ///
    /// @return the number of rows
    public int rows() {
        return rows;
    }

    /// The number of floats in a row.
    ///
    /// @return the number of floats in a row
    public int dimensions() {
        return dimensions;
    }

    /// A copy of one row. Allocates it.
    ///
    /// @param row 0-based row
    /// @return `dimensions` floats that the caller owns
    public float[] row(final int row) {
        final int from = offset(row);
        return Arrays.copyOfRange(values, from, from + dimensions);
    }

    /// Copies one row, without allocation.
    ///
    /// @param row 0-based row
    /// @param destination where to copy to
    /// @param destinationOffset first float to write
    public void copyRow(final int row, final float[] destination, final int destinationOffset) {
        System.arraycopy(values, offset(row), destination, destinationOffset, dimensions);
    }

    /// All rows as a heap segment over this object's own array, in native byte order.
    ///
    /// @return `rows * dimensions * 4` bytes; a view, not a copy
    public MemorySegment segment() {
        return MemorySegment.ofArray(values);
    }

    /// The dot product of a row with a row of another set, summed in double precision.
    ///
    /// @param row 0-based row of this set
    /// @param other a set of the same dimensions
    /// @param otherRow 0-based row of the other set
    /// @return the dot product; the cosine, if both rows have unit length
    public double dot(final int row, final Vectors other, final int otherRow) {
        if (other.dimensions != dimensions) {
            throw new IllegalArgumentException(
                    "dimensions=%d other.dimensions=%d".formatted(dimensions, other.dimensions));
        }
        final int a = offset(row);
        final int b = other.offset(otherRow);
        double sum = 0;
        for (int i = 0; i < dimensions; i++) {
            sum += (double) values[a + i] * other.values[b + i];
        }
        return sum;
    }

    private int offset(final int row) {
        return Objects.checkIndex(row, rows) * dimensions;
    }
}
