package ai.bytesandbrains.bench.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/// Reads vectors and lists of ids from the files of others: `.fvecs`, `.bvecs`, `.ivecs`, `.fbin`,
/// `.u8bin`, `.i8bin`, `.ibin`, `.npy` and IDX, each also gzipped (`.gz`).
///
/// A file is checked against its own header before memory is taken: one that is damaged, truncated,
/// padded or hostile is refused with one line that names it and the numbers. Whole numbers become
/// floats of the same value; nothing is scaled. Stateless.
public final class VectorFiles {
    private static final int BUFFER = 1 << 18;
    private static final int ARRAY_HEADER = 32;

    private VectorFiles() {}

    /// Reads vectors.
    ///
    /// @param file the file
    /// @param limit rows to read at most, from the first on; at least 1
    /// @return the rows, off-heap; the caller closes them
    /// @throws MalformedFileException if the file is not what its name says, holds a value that is
    ///     not finite, no row at all, or more than this machine's memory
    /// @throws IOException if it cannot be read
    public static NativeVectors vectors(final Path file, final int limit) throws IOException {
        final FileFormat format = FileFormat.of(file);
        try (ByteSource source = ByteSource.open(file)) {
            final RowLayout layout = layout(format, source);
            final int rows = (int) Math.min(limit, layout.rows());
            requireMemory(source, rows, layout.columns());
            final NativeVectors vectors = new NativeVectors(rows, layout.columns());
            try {
                fill(source, layout, vectors);
                return vectors;
            } catch (final IOException | RuntimeException e) {
                vectors.close();
                throw e;
            }
        }
    }

    /// Reads lists of ids, such as the true neighbours of queries.
    ///
    /// @param file the file; its values are whole numbers
    /// @param ids every id is below this number and not negative
    /// @return `[rows][columns]`, at least one row
    /// @throws MalformedFileException if the file is not what its name says, or an id is out of
    ///     range
    /// @throws IOException if it cannot be read
    public static int[][] idLists(final Path file, final int ids) throws IOException {
        final FileFormat format = FileFormat.of(file);
        try (ByteSource source = ByteSource.open(file)) {
            final RowLayout layout = layout(format, source);
            if (!layout.type().isWhole()) {
                throw source.malformed(
                        "values of type %s are no ids".formatted(layout.type().name()));
            }
            requireHeap(source, layout);
            return idLists(source, layout, ids);
        }
    }

    private static RowLayout layout(final FileFormat format, final ByteSource source)
            throws IOException {
        final RowLayout layout = format.layout(source);
        if (layout.rows() == 0) {
            throw source.malformed("no rows");
        }
        return layout;
    }

    private static void requireMemory(final ByteSource source, final int rows, final int dimensions)
            throws MalformedFileException {
        if (!(ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean machine)) {
            return;
        }
        final long needed = 4L * rows * dimensions;
        if (needed > machine.getTotalMemorySize()) {
            throw source.malformed(
                    "%d rows of %d floats are %d bytes, the machine has %d: read fewer"
                            .formatted(rows, dimensions, needed, machine.getTotalMemorySize()));
        }
    }

    private static void requireHeap(final ByteSource source, final RowLayout layout)
            throws MalformedFileException {
        final long needed = layout.rows() * (4L * layout.columns() + ARRAY_HEADER);
        final long heap = Runtime.getRuntime().maxMemory();
        if (needed > heap) {
            throw source.malformed(
                    "%d lists of %d ids need %d bytes of heap, there are %d"
                            .formatted(layout.rows(), layout.columns(), needed, heap));
        }
    }

    private static void fill(
            final ByteSource source, final RowLayout layout, final NativeVectors vectors)
            throws IOException {
        final RowBuffer buffer = new RowBuffer(source, layout, vectors.rows());
        for (int row = 0; row < vectors.rows(); row++) {
            final long from = buffer.next();
            final long to = vectors.offset(row);
            layout.type()
                    .toFloats(
                            buffer.segment,
                            from,
                            layout.order(),
                            vectors.segment(),
                            to,
                            layout.columns());
            requireFinite(source, vectors, row);
        }
    }

    private static void requireFinite(
            final ByteSource source, final NativeVectors vectors, final int row)
            throws MalformedFileException {
        final long at = vectors.offset(row);
        for (int i = 0; i < vectors.dimensions(); i++) {
            final float value = vectors.segment().get(ValueLayout.JAVA_FLOAT, at + 4L * i);
            if (!Float.isFinite(value)) {
                throw source.malformed("row %d: value %d is %s".formatted(row, i, value));
            }
        }
    }

    private static int[][] idLists(final ByteSource source, final RowLayout layout, final int ids)
            throws IOException {
        final int[][] lists = new int[(int) layout.rows()][layout.columns()];
        final RowBuffer buffer = new RowBuffer(source, layout, lists.length);
        for (int row = 0; row < lists.length; row++) {
            final long from = buffer.next();
            for (int i = 0; i < layout.columns(); i++) {
                final long at = from + (long) i * layout.type().bytes();
                final double id = layout.type().get(buffer.segment, at, layout.order());
                if (id < 0 || id >= ids) {
                    throw source.malformed(
                            "row %d: id %.0f is not in 0..%d".formatted(row, id, ids - 1));
                }
                lists[row][i] = (int) id;
            }
        }
        return lists;
    }

    /// Rows as the file holds them, some at a time.
    private static final class RowBuffer {
        private final ByteSource source;
        private final RowLayout layout;
        private final byte[] bytes;
        private final MemorySegment segment;
        private final int rows;
        private int row;
        private int at;
        private int end;

        RowBuffer(final ByteSource source, final RowLayout layout, final int rows) {
            this.source = source;
            this.layout = layout;
            this.rows = rows;
            final int stride = layout.strideBytes();
            bytes = new byte[Math.max(1, BUFFER / stride) * stride];
            segment = MemorySegment.ofArray(bytes);
        }

        /// Moves to the next row, checks its prefix and returns the offset of its first value.
        long next() throws IOException {
            final int stride = layout.strideBytes();
            at += stride;
            if (at >= end) {
                end = (int) Math.min(bytes.length, (long) (rows - row) * stride);
                source.read(bytes, end);
                at = 0;
            }
            if (layout.prefixed()) {
                final int columns = FileFormat.prefix(segment, at);
                if (columns != layout.columns()) {
                    throw source.malformed(
                            "row %d says d=%d, row 0 says d=%d"
                                    .formatted(row, columns, layout.columns()));
                }
            }
            row++;
            return at + (long) layout.prefixBytes();
        }
    }
}
