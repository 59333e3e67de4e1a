package ai.bytesandbrains.bench.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/// The file formats that are read, known by the end of the name, `.gz` after it allowed.
enum FileFormat {
    /// TEXMEX: each row is int32 d, then d float32, little-endian.
    FVECS(".fvecs") {
        @Override
        RowLayout layout(final ByteSource source) throws IOException {
            return texmex(source, ElementType.F32);
        }
    },
    /// TEXMEX: each row is int32 d, then d unsigned bytes.
    BVECS(".bvecs") {
        @Override
        RowLayout layout(final ByteSource source) throws IOException {
            return texmex(source, ElementType.U8);
        }
    },
    /// TEXMEX: each row is int32 d, then d int32, little-endian.
    IVECS(".ivecs") {
        @Override
        RowLayout layout(final ByteSource source) throws IOException {
            return texmex(source, ElementType.I32);
        }
    },
    /// big-ann-benchmarks: uint32 n, uint32 d, then n*d float32, little-endian.
    FBIN(".fbin") {
        @Override
        RowLayout layout(final ByteSource source) throws IOException {
            return bigAnn(source, ElementType.F32);
        }
    },
    /// big-ann-benchmarks, unsigned bytes.
    U8BIN(".u8bin") {
        @Override
        RowLayout layout(final ByteSource source) throws IOException {
            return bigAnn(source, ElementType.U8);
        }
    },
    /// big-ann-benchmarks, signed bytes.
    I8BIN(".i8bin") {
        @Override
        RowLayout layout(final ByteSource source) throws IOException {
            return bigAnn(source, ElementType.I8);
        }
    },
    /// big-ann-benchmarks, int32.
    IBIN(".ibin") {
        @Override
        RowLayout layout(final ByteSource source) throws IOException {
            return bigAnn(source, ElementType.I32);
        }
    },
    /// NumPy; see [Npy].
    NPY(".npy") {
        @Override
        RowLayout layout(final ByteSource source) throws IOException {
            return Npy.layout(source);
        }
    },
    /// IDX, the format of MNIST; see [Idx].
    IDX(".idx") {
        @Override
        RowLayout layout(final ByteSource source) throws IOException {
            return Idx.layout(source);
        }
    };

    private static final ValueLayout.OfInt INT32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// The names that MNIST and its successors gave to IDX files: `train-images-idx3-ubyte`.
    private static final Pattern MNIST_NAME = Pattern.compile(".*[-.]idx[1-9](-ubyte)?");

    private final String suffix;

    FileFormat(final String suffix) {
        this.suffix = suffix;
    }

    /// Reads what stands before the first row, and checks it against the length of the file.
    ///
    /// @throws MalformedFileException if they disagree
    abstract RowLayout layout(ByteSource source) throws IOException;

    /// The format of a file.
    ///
    /// @throws MalformedFileException if the name says none, naming those that there are
    static FileFormat of(final Path file) throws MalformedFileException {
        final String name = ByteSource.plainName(file.toString()).toLowerCase(Locale.ROOT);
        final StringBuilder known = new StringBuilder();
        for (final FileFormat format : values()) {
            if (name.endsWith(format.suffix)) {
                return format;
            }
            known.append(format.suffix).append(' ');
        }
        if (MNIST_NAME.matcher(name).matches()) {
            return IDX;
        }
        throw new MalformedFileException(
                file.toString(),
                "unknown format; names end with one of %sor -idxN-ubyte, and .gz".formatted(known));
    }

    /// What a TEXMEX row says of its own length.
    static int prefix(final MemorySegment rows, final long at) {
        return rows.get(INT32, at);
    }

    private static RowLayout texmex(final ByteSource source, final ElementType type)
            throws IOException {
        if (source.length() < Integer.BYTES) {
            throw source.malformed(
                    "%d bytes, but one row's header alone has 4".formatted(source.length()));
        }
        final int columns = source.peekInt(INT32);
        if (columns < 1 || columns > RowLayout.MAX_COLUMNS) {
            throw source.malformed(
                    "row 0 says d=%d, allowed is 1 to %d"
                            .formatted(columns, RowLayout.MAX_COLUMNS));
        }
        final long stride = Integer.BYTES + (long) columns * type.bytes();
        final long rows = source.length() / stride;
        if (source.length() % stride != 0 || rows > Integer.MAX_VALUE) {
            throw source.malformed(
                    "%d bytes are not a whole number of rows of d=%d (%d bytes each)"
                            .formatted(source.length(), columns, stride));
        }
        return new RowLayout(rows, columns, type, ByteOrder.LITTLE_ENDIAN, true);
    }

    private static RowLayout bigAnn(final ByteSource source, final ElementType type)
            throws IOException {
        if (source.length() < 2 * Integer.BYTES) {
            throw source.malformed(
                    "%d bytes, but the header alone has 8".formatted(source.length()));
        }
        final MemorySegment header = MemorySegment.ofArray(source.read(2 * Integer.BYTES));
        return RowLayout.checked(
                source,
                Integer.toUnsignedLong(header.get(INT32, 0)),
                Integer.toUnsignedLong(header.get(INT32, Integer.BYTES)),
                type,
                ByteOrder.LITTLE_ENDIAN);
    }
}
