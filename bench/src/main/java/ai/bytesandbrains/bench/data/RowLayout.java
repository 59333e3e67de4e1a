package ai.bytesandbrains.bench.data;

import java.nio.ByteOrder;

/// The shape of the rows of a data file, as its header says and its length confirms.
///
/// @param rows number of rows
/// @param columns values in a row, 1 to [#MAX_COLUMNS]
/// @param type what a value is
/// @param order byte order of the values
/// @param prefixed whether each row starts with its number of values, an int32 (TEXMEX)
record RowLayout(long rows, int columns, ElementType type, ByteOrder order, boolean prefixed) {
    /// More columns than any embedding or list of neighbours has: a header beyond it is damaged.
    static final int MAX_COLUMNS = 1 << 16;

    /// Checks the shape that a header gives against the number of bytes that follow it.
    ///
    /// @throws MalformedFileException if they disagree, or the shape is impossible
    static RowLayout checked(
            final ByteSource source,
            final long rows,
            final long columns,
            final ElementType type,
            final ByteOrder order)
            throws MalformedFileException {
        if (rows < 0 || rows > Integer.MAX_VALUE || columns < 1 || columns > MAX_COLUMNS) {
            throw source.malformed(
                    "header says n=%d d=%d, allowed are n up to %d and d from 1 to %d"
                            .formatted(rows, columns, Integer.MAX_VALUE, MAX_COLUMNS));
        }
        // rows < 2^31, columns <= 2^16, at most 8 bytes: a long holds the product.
        final long expected = rows * columns * type.bytes();
        if (expected != source.remaining()) {
            throw source.malformed(
                    "header says n=%d d=%d, which is %d bytes of rows, but %d follow it"
                            .formatted(rows, columns, expected, source.remaining()));
        }
        return new RowLayout(rows, (int) columns, type, order, false);
    }

    int prefixBytes() {
        return prefixed ? Integer.BYTES : 0;
    }

    int strideBytes() {
        return prefixBytes() + columns * type.bytes();
    }
}
