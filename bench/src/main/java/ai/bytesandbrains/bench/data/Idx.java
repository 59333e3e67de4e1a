package ai.bytesandbrains.bench.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The header of IDX files: two zero bytes, the type, the number of axes, then the length of each
/// axis as a big-endian int32. The first axis counts rows, the others together make a row.
///
/// Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "the IDX file
/// format".
final class Idx {
    private static final int MAX_AXES = 8;

    private Idx() {}

    static RowLayout layout(final ByteSource source) throws IOException {
        if (source.length() < Integer.BYTES) {
            throw source.malformed(
                    "%d bytes, but the magic number alone has 4".formatted(source.length()));
        }
        final byte[] magic = source.read(Integer.BYTES);
        final int axes = magic[3];
        if (magic[0] != 0 || magic[1] != 0 || axes < 1 || axes > MAX_AXES) {
            throw source.malformed(
                    "starts with %02x %02x %02x %02x, which is no IDX file of 1 to %d axes"
                            .formatted(magic[0], magic[1], magic[2], magic[3], MAX_AXES));
        }
        final ElementType type =
                switch (magic[2]) {
                    case 0x08 -> ElementType.U8;
                    case 0x09 -> ElementType.I8;
                    case 0x0b -> ElementType.I16;
                    case 0x0c -> ElementType.I32;
                    case 0x0d -> ElementType.F32;
                    case 0x0e -> ElementType.F64;
                    default ->
                            throw source.malformed(
                                    "IDX type 0x%02x is unknown".formatted(magic[2]));
                };
        final ByteBuffer lengths = ByteBuffer.wrap(source.read(axes * Integer.BYTES));
        final long rows = lengths.getInt();
        long columns = 1;
        for (int axis = 1; axis < axes; axis++) {
            final int length = lengths.getInt();
            if (length < 1 || length > RowLayout.MAX_COLUMNS) {
                throw source.malformed(
                        "axis %d has length %d, allowed is 1 to %d"
                                .formatted(axis, length, RowLayout.MAX_COLUMNS));
            }
            // Stops growing where it is refused anyway, so it cannot overflow.
            columns = Math.min(columns * length, RowLayout.MAX_COLUMNS + 1L);
        }
        return RowLayout.checked(source, rows, columns, type, ByteOrder.BIG_ENDIAN);
    }
}
