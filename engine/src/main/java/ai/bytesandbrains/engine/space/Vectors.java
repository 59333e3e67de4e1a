package ai.bytesandbrains.engine.space;

import ai.bytesandbrains.engine.memory.RowStore;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// Checks of vectors at the doors of the engine; each failure is one [IllegalArgumentException]
/// with names and values. Nothing here allocates unless it throws.
public final class Vectors {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private Vectors() {}

    /// Checks that an array is a vector of the right length.
    ///
    /// @param name what to call the array in the message
    /// @param vector holds the vector
    /// @param dimensions floats in a vector, at least 1
    /// @throws IllegalArgumentException if its length is not `dimensions`
    public static void checkLength(String name, float[] vector, int dimensions) {
        if (vector.length != dimensions) {
            throw new IllegalArgumentException(
                    name + ".length=" + vector.length + " must be dimensions=" + dimensions);
        }
    }

    /// Checks that an array is a vector of a space.
    ///
    /// @param name what to call the array in the message
    /// @param vector holds the vector
    /// @param space the space
    /// @throws IllegalArgumentException if its length is not that of a vector, or vectors of the
    ///     space are not floats
    public static void checkArray(String name, float[] vector, EmbeddingSpace space) {
        checkFloats(space);
        checkLength(name, vector, space.dimensions());
    }

    /// Checks that the vectors of a space are floats, as all float-array forms expect.
    ///
    /// @param space the space
    /// @throws IllegalArgumentException if they are something else, packed bits for one
    public static void checkFloats(EmbeddingSpace space) {
        if (space.vectorBytes() != (long) Float.BYTES * space.dimensions()) {
            throw new IllegalArgumentException(
                    "vectorBytes=%d with dimensions=%d: vectors of this space are not floats"
                            .formatted(space.vectorBytes(), space.dimensions()));
        }
    }

    /// Checks a number of dimensions.
    ///
    /// @param dimensions the number
    /// @return the number
    /// @throws IllegalArgumentException if it is not between 1 and [EmbeddingSpace#MAX_DIMENSIONS]
    public static int checkDimensions(int dimensions) {
        if (dimensions < 1 || dimensions > EmbeddingSpace.MAX_DIMENSIONS) {
            throw new IllegalArgumentException(
                    "dimensions=%d must be between 1 and %d"
                            .formatted(dimensions, EmbeddingSpace.MAX_DIMENSIONS));
        }
        return dimensions;
    }

    /// Checks that a vector of a space lies inside a segment.
    ///
    /// @param name what to call the segment in the message
    /// @param segment what should hold the vector
    /// @param offset byte offset of the vector
    /// @param space the space
    /// @throws IllegalArgumentException if it does not
    public static void checkVector(
            String name, MemorySegment segment, long offset, EmbeddingSpace space) {
        checkRows(name, segment, offset, 0, 1, space.vectorBytes());
    }

    /// Checks that `count` vectors, `stride` bytes apart, lie inside a segment.
    ///
    /// @param name what to call the segment in the message
    /// @param segment what should hold the vectors
    /// @param offset byte offset of the first vector
    /// @param stride bytes from one vector to the next; not looked at for a single vector
    /// @param count number of vectors
    /// @param dimensions floats in a vector, at least 1
    /// @throws IllegalArgumentException if they do not
    public static void checkRange(
            String name,
            MemorySegment segment,
            long offset,
            long stride,
            int count,
            int dimensions) {
        checkRows(name, segment, offset, stride, count, (long) dimensions * Float.BYTES);
    }

    /// Checks that `count` rows of `length` bytes, `stride` bytes apart, lie inside a segment.
    ///
    /// @param name what to call the segment in the message
    /// @param segment what should hold the rows
    /// @param offset byte offset of the first row
    /// @param stride bytes from one row to the next; not looked at for a single row
    /// @param count number of rows, at least 1
    /// @param length bytes of a row
    /// @throws IllegalArgumentException if they do not
    public static void checkRows(
            String name, MemorySegment segment, long offset, long stride, int count, long length) {
        long room = segment.byteSize() - length;
        boolean fits = count > 0 && length > 0 && offset >= 0 && offset <= room;
        if (fits && count > 1) {
            fits = stride >= length && (room - offset) / stride >= count - 1;
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "%s: offset=%d stride=%d count=%d length=%d do not fit byteSize=%d"
                            .formatted(name, offset, stride, count, length, segment.byteSize()));
        }
    }

    /// Checks the memory of a prepared query and of the row that it is compared with.
    ///
    /// @param space whose forms they are
    /// @param prepared what should hold the prepared query
    /// @param preparedOffset byte offset of the prepared query
    /// @param row what should hold the row
    /// @param rowOffset byte offset of the row
    /// @throws IllegalArgumentException if one does not lie inside its segment
    public static void checkPrepared(
            EmbeddingSpace space,
            MemorySegment prepared,
            long preparedOffset,
            MemorySegment row,
            long rowOffset) {
        checkRows("prepared", prepared, preparedOffset, 0, 1, space.preparedBytes());
        checkRows("row", row, rowOffset, 0, 1, space.rowBytes());
    }

    /// Checks the memory of a prepared query and of the run of rows that it is compared with.
    ///
    /// @param space whose forms they are
    /// @param prepared what should hold the prepared query
    /// @param preparedOffset byte offset of the prepared query
    /// @param rows holds the rows
    /// @param first the first slot
    /// @param count number of slots
    /// @param out receives a distance for each
    /// @throws IllegalArgumentException if the prepared query does not lie inside its segment, or
    ///     the rows of the store are shorter than those of the space
    /// @throws IndexOutOfBoundsException if the slots leave their chunk or `out` is too short
    public static void checkRun(
            EmbeddingSpace space,
            MemorySegment prepared,
            long preparedOffset,
            RowStore rows,
            int first,
            int count,
            float[] out) {
        checkRows("prepared", prepared, preparedOffset, 0, 1, space.preparedBytes());
        if (rows.rowStride() < space.rowBytes()) {
            throw new IllegalArgumentException(
                    "rowStride=%d must be at least rowBytes=%d"
                            .formatted(rows.rowStride(), space.rowBytes()));
        }
        Objects.checkFromIndexSize(0, count, rows.runLength(first));
        Objects.checkFromIndexSize(0, count, out.length);
    }

    /// Checks that a vector has no NaN and no infinity.
    ///
    /// @param name what to call the vector in the message
    /// @param vector holds the vector
    /// @param offset byte offset of the vector
    /// @param dimensions floats in a vector, at least 1
    /// @throws IllegalArgumentException naming the first component that is not finite
    public static void checkFinite(String name, MemorySegment vector, long offset, int dimensions) {
        // x * 0 is 0 for every finite x and NaN for the rest: one sum, no branch in the loop.
        float sum = 0;
        for (int d = 0; d < dimensions; d++) {
            sum += vector.get(FLOAT, offset + 4L * d) * 0f;
        }
        if (sum != 0) {
            throw notFinite(name, vector, offset, dimensions);
        }
    }

    /// Scales a vector to length 1, in double precision so that no finite vector overflows.
    ///
    /// @param name what to call the vector in the message
    /// @param vector holds the vector
    /// @param offset byte offset of the vector
    /// @param dimensions floats in a vector, at least 1
    /// @param unit receives the scaled vector; may be the vector itself
    /// @param unitOffset byte offset of the scaled vector
    /// @throws IllegalArgumentException if the vector is zero or has a component that is not finite
    public static void normalise(
            String name,
            MemorySegment vector,
            long offset,
            int dimensions,
            MemorySegment unit,
            long unitOffset) {
        double norm2 = 0;
        for (int d = 0; d < dimensions; d++) {
            double x = vector.get(FLOAT, offset + 4L * d);
            norm2 += x * x;
        }
        checkDirection(name, norm2, vector, offset, dimensions);
        double scale = 1 / Math.sqrt(norm2);
        for (int d = 0; d < dimensions; d++) {
            unit.set(
                    FLOAT,
                    unitOffset + 4L * d,
                    (float) (vector.get(FLOAT, offset + 4L * d) * scale));
        }
    }

    /// Checks a finite vector before a direction is made of it.
    static void checkNotZero(String name, MemorySegment vector, long offset, int dimensions) {
        for (int d = 0; d < dimensions; d++) {
            if (vector.get(FLOAT, offset + 4L * d) != 0) {
                return;
            }
        }
        checkDirection(name, 0, vector, offset, dimensions);
    }

    /// Checks a squared norm, summed in double precision, before a cosine is made of it.
    static void checkDirection(
            String name, double norm2, MemorySegment vector, long offset, int dimensions) {
        if (norm2 == 0) {
            throw new IllegalArgumentException(
                    name
                            + ": norm=0.0, the zero vector has no cosine (dimensions="
                            + dimensions
                            + ")");
        }
        if (!Double.isFinite(norm2)) {
            throw notFinite(name, vector, offset, dimensions);
        }
    }

    private static IllegalArgumentException notFinite(
            String name, MemorySegment vector, long offset, int dimensions) {
        int d = 0;
        while (d < dimensions - 1 && Float.isFinite(vector.get(FLOAT, offset + 4L * d))) {
            d++;
        }
        return new IllegalArgumentException(
                "%s[%d]=%s is not finite".formatted(name, d, vector.get(FLOAT, offset + 4L * d)));
    }
}
