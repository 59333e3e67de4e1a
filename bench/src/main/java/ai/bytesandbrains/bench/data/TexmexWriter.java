package ai.bytesandbrains.bench.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes `.fvecs` and `.ivecs`: each row is int32 d, then d values, little-endian. An existing
/// file is replaced. Stateless.
public final class TexmexWriter {
    private static final int BUFFER = 1 << 18;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private TexmexWriter() {}

    /// Gives the values of a list of ids.
    @FunctionalInterface
    public interface Ids {
        /// {@return one id}
        ///
        /// @param row the list
        /// @param column the place in it
        int id(int row, int column);
    }

    /// Writes vectors.
    ///
    /// @param file where to
    /// @param vectors what
    /// @throws IOException if it cannot be written
    public static void vectors(final Path file, final NativeVectors vectors) throws IOException {
        final int dimensions = vectors.dimensions();
        final ByteBuffer row = row(dimensions);
        final MemorySegment bytes = MemorySegment.ofBuffer(row);
        try (OutputStream out = open(file)) {
            for (int i = 0; i < vectors.rows(); i++) {
                row.putInt(0, dimensions);
                MemorySegment.copy(
                        vectors.segment(),
                        ValueLayout.JAVA_FLOAT,
                        vectors.offset(i),
                        bytes,
                        FLOAT,
                        Integer.BYTES,
                        dimensions);
                out.write(row.array(), row.arrayOffset(), row.capacity());
            }
        }
    }

    /// Writes lists of ids.
    ///
    /// @param file where to
    /// @param rows number of lists
    /// @param columns ids in a list
    /// @param ids what
    /// @throws IOException if it cannot be written
    public static void idLists(final Path file, final int rows, final int columns, final Ids ids)
            throws IOException {
        final ByteBuffer row = row(columns);
        try (OutputStream out = open(file)) {
            for (int i = 0; i < rows; i++) {
                row.clear().putInt(columns);
                for (int column = 0; column < columns; column++) {
                    row.putInt(ids.id(i, column));
                }
                out.write(row.array(), row.arrayOffset(), row.capacity());
            }
        }
    }

    private static ByteBuffer row(final int columns) {
        return ByteBuffer.allocate(Integer.BYTES * (1 + columns)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static OutputStream open(final Path file) throws IOException {
        return new BufferedOutputStream(Files.newOutputStream(file), BUFFER);
    }
}
