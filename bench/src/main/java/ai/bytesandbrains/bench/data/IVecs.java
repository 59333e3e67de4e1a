package ai.bytesandbrains.bench.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Reads `.ivecs`, the format of the TEXMEX sets: each row is int32 d, then d int32, little-endian.
/// All rows must have the same d. Used for ground truth: row = query, values = ids, nearest first.
///
/// Stateless. Allocates what it returns.
public final class IVecs {
    /// More columns than any list of neighbours has: a header beyond it is damaged.
    static final int MAX_COLUMNS = 1 << 20;

    private static final ValueLayout.OfInt INT32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private IVecs() {}

    /// Reads a file.
    ///
    /// @param file the file
    /// @return `[rows][d]`, at least one row
    /// @throws MalformedFileException if the row headers and the length disagree
    /// @throws IOException if it cannot be read
    public static int[][] read(final Path file) throws IOException {
        return DataFiles.withMapped(file, bytes -> parse(file.toString(), bytes));
    }

    /// Checks and copies the bytes of a file.
    ///
    /// @param name the file's name for messages
    /// @param file all bytes of the file
    /// @return `[rows][d]`, at least one row
    /// @throws MalformedFileException if the row headers and the length disagree
    public static int[][] parse(final String name, final MemorySegment file)
            throws MalformedFileException {
        final long size = file.byteSize();
        if (size < Integer.BYTES) {
            throw new MalformedFileException(
                    name, "%d bytes, but one row's header alone has 4".formatted(size));
        }
        final int columns = file.get(INT32, 0);
        if (columns < 1 || columns > MAX_COLUMNS) {
            throw new MalformedFileException(
                    name, "row 0 says d=%d, allowed is 1 to %d".formatted(columns, MAX_COLUMNS));
        }
        final long stride = Integer.BYTES * (1L + columns);
        if (size % stride != 0 || size / stride > DataFiles.MAX_ARRAY) {
            throw new MalformedFileException(
                    name,
                    "%d bytes are not a whole number of rows of d=%d (%d bytes each)"
                            .formatted(size, columns, stride));
        }
        final int rows = (int) (size / stride);
        final int[][] result = new int[rows][];
        for (int row = 0; row < rows; row++) {
            final long from = row * stride;
            final int d = file.get(INT32, from);
            if (d != columns) {
                throw new MalformedFileException(
                        name, "row %d says d=%d, row 0 says d=%d".formatted(row, d, columns));
            }
            result[row] = new int[columns];
            MemorySegment.copy(file, INT32, from + Integer.BYTES, result[row], 0, columns);
        }
        return result;
    }
}
