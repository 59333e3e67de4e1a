package ai.bytesandbrains.bench.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// Float vectors in one off-heap segment, in native byte order: row `i` starts at
/// `i * strideBytes()`.
///
/// Whoever made it closes it; use after close is an [IllegalStateException]. Any number of threads
/// may read.
public final class NativeVectors implements AutoCloseable {
    private static final long ALIGNMENT = 64;

    private final Arena arena = Arena.ofShared();
    private final int rows;
    private final int dimensions;
    private final MemorySegment segment;

    /// Rows of zeros.
    ///
    /// @param rows number of rows, at least 0
    /// @param dimensions floats in a row, at least 1
    /// @throws IllegalArgumentException if one of them is out of range
    public NativeVectors(final int rows, final int dimensions) {
        if (rows < 0 || dimensions < 1) {
            throw new IllegalArgumentException("rows=%d dimensions=%d".formatted(rows, dimensions));
        }
        this.rows = rows;
        this.dimensions = dimensions;
        segment = arena.allocate(Math.max(1, rows * strideBytes()), ALIGNMENT);
    }

    /// {@return number of rows}
    public int rows() {
        return rows;
    }

    /// {@return floats in a row}
    public int dimensions() {
        return dimensions;
    }

    /// {@return bytes from one row to the next}
    public long strideBytes() {
        return 4L * dimensions;
    }

    /// {@return byte offset of a row}
    ///
    /// @param row 0-based row
    /// @throws IndexOutOfBoundsException if there is no such row
    public long offset(final int row) {
        return Objects.checkIndex(row, rows) * strideBytes();
    }

    /// {@return all rows; a view, not a copy, valid until this is closed}
    public MemorySegment segment() {
        return segment;
    }

    /// {@return a copy of one row; allocates it}
    ///
    /// @param row 0-based row
    public float[] row(final int row) {
        final float[] copy = new float[dimensions];
        MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT, offset(row), copy, 0, dimensions);
        return copy;
    }

    /// Sets one row.
    ///
    /// @param row 0-based row
    /// @param values `dimensions` floats; copied
    public void setRow(final int row, final float[] values) {
        Objects.checkFromToIndex(0, dimensions, values.length);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, offset(row), dimensions);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
