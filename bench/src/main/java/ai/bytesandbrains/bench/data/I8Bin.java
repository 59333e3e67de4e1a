package ai.bytesandbrains.bench.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Reads `.i8bin`, the format of big-ann-benchmarks: uint32 n, uint32 d, then n*d int8 in row
/// order, little-endian.
///
/// Stateless. Allocates what it returns.
public final class I8Bin {
    /// Bytes before the first row: n and d.
    static final int HEADER_BYTES = 8;

    /// More dimensions than any embedding has: a header beyond it is damaged.
    static final int MAX_DIMENSIONS = 65_536;

    private static final ValueLayout.OfInt UINT32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private I8Bin() {}

    /// Reads a file and scales each row to unit length.
    ///
    /// @param file the file
    /// @return the rows, each of length 1
    /// @throws MalformedFileException if header and length disagree, or a row is zero
    /// @throws IOException if it cannot be read
    public static Vectors readNormalised(final Path file) throws IOException {
        return DataFiles.withMapped(file, bytes -> normalised(file.toString(), bytes));
    }

    /// Checks the bytes of a file and scales each row to unit length.
    ///
    /// @param name the file's name for messages
    /// @param file all bytes of the file
    /// @return the rows, each of length 1
    /// @throws MalformedFileException if header and length disagree, or a row is zero
    public static Vectors normalised(final String name, final MemorySegment file)
            throws MalformedFileException {
        final long size = file.byteSize();
        if (size < HEADER_BYTES) {
            throw new MalformedFileException(
                    name, "%d bytes, but the header alone has %d".formatted(size, HEADER_BYTES));
        }
        final long n = Integer.toUnsignedLong(file.get(UINT32, 0));
        final long d = Integer.toUnsignedLong(file.get(UINT32, 4));
        if (n > Integer.MAX_VALUE || d < 1 || d > MAX_DIMENSIONS) {
            throw new MalformedFileException(
                    name,
                    "header says n=%d d=%d, allowed are n up to %d and d from 1 to %d"
                            .formatted(n, d, Integer.MAX_VALUE, MAX_DIMENSIONS));
        }
        // n < 2^31 and d <= 2^16: the product fits a long.
        final long expected = n * d;
        final long actual = size - HEADER_BYTES;
        if (expected != actual) {
            throw new MalformedFileException(
                    name,
                    "header says n=%d d=%d, which is %d bytes of rows, but %d follow it"
                            .formatted(n, d, expected, actual));
        }
        if (expected > DataFiles.MAX_ARRAY) {
            throw new MalformedFileException(
                    name,
                    "n=%d d=%d is %d values, one array holds at most %d"
                            .formatted(n, d, expected, DataFiles.MAX_ARRAY));
        }
        return normalise(name, file, (int) n, (int) d);
    }

    private static Vectors normalise(
            final String name, final MemorySegment file, final int n, final int d)
            throws MalformedFileException {
        final float[] values = new float[n * d];
        for (int row = 0; row < n; row++) {
            final int to = row * d;
            final long from = HEADER_BYTES + (long) to;
            // At most 2^16 dimensions of (-128)^2: an int holds the sum.
            int squares = 0;
            for (int i = 0; i < d; i++) {
                final int x = file.get(ValueLayout.JAVA_BYTE, from + i);
                squares += x * x;
            }
            if (squares == 0) {
                throw new MalformedFileException(
                        name, "row %d is all zero, so it has no direction".formatted(row));
            }
            final double scale = 1 / Math.sqrt(squares);
            for (int i = 0; i < d; i++) {
                values[to + i] = (float) (file.get(ValueLayout.JAVA_BYTE, from + i) * scale);
            }
        }
        return new Vectors(n, d, values);
    }
}
