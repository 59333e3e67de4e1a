package ai.bytesandbrains.bench.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The header of NumPy files, versions 1 to 3: magic, version, length, and a Python dictionary with
/// `descr`, `fortran_order` and `shape`. Arrays of numbers in C order; the first axis counts rows,
/// the others together make a row.
///
/// Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_HEADER = 10_000;
    private static final int SHOWN = 60;

    // No pattern here can take long on a hostile header: nothing that repeats is ambiguous.
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([<>|=])([a-z]\\d+)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d, ]{1,200})\\)");
    private static final Pattern AXIS_LENGTH = Pattern.compile("\\d{1,18}");

    private Npy() {}

    static RowLayout layout(final ByteSource source) throws IOException {
        final String header = header(source);
        final Matcher descr = DESCR.matcher(header);
        final Matcher fortran = FORTRAN.matcher(header);
        final Matcher shape = SHAPE.matcher(header);
        if (!header.startsWith("{")
                || !header.endsWith("}")
                || !descr.find()
                || !fortran.find()
                || !shape.find()) {
            throw source.malformed(
                    "the header is not that of an array of numbers: %s".formatted(shown(header)));
        }
        final ElementType type = type(source, descr.group(2));
        if (fortran.group(1).equals("True")) {
            throw source.malformed(
                    "fortran_order is True: save it with numpy.ascontiguousarray first");
        }
        final long[] axes = axes(source, shape.group(1));
        long columns = 1;
        for (int axis = 1; axis < axes.length; axis++) {
            // Each factor and the product are kept where they are refused anyway: no overflow.
            final long length = Math.min(axes[axis], RowLayout.MAX_COLUMNS + 1L);
            columns = Math.min(columns * length, RowLayout.MAX_COLUMNS + 1L);
        }
        final ByteOrder order =
                descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return RowLayout.checked(source, axes[0], columns, type, order);
    }

    private static long[] axes(final ByteSource source, final String shape)
            throws MalformedFileException {
        final String[] lengths = shape.strip().replaceFirst(",$", "").split(",", -1);
        final long[] axes = new long[lengths.length];
        for (int axis = 0; axis < axes.length; axis++) {
            final String length = lengths[axis].strip();
            if (!AXIS_LENGTH.matcher(length).matches()) {
                throw source.malformed("shape (%s) is not one".formatted(shape));
            }
            axes[axis] = Long.parseLong(length);
        }
        return axes;
    }

    private static String header(final ByteSource source) throws IOException {
        final int fixed = MAGIC.length + 2;
        if (source.length() < fixed) {
            throw source.malformed(
                    "%d bytes, but magic and version alone have %d"
                            .formatted(source.length(), fixed));
        }
        final byte[] start = source.read(fixed);
        if (!Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw source.malformed("does not start as a NumPy file");
        }
        final int version = start[MAGIC.length];
        if (version < 1 || version > 3) {
            throw source.malformed("NumPy format version %d is unknown".formatted(version));
        }
        final byte[] size = source.read(version == 1 ? Short.BYTES : Integer.BYTES);
        final ByteBuffer number =
                ByteBuffer.wrap(Arrays.copyOf(size, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        final long bytes = number.getLong();
        if (bytes > MAX_HEADER) {
            throw source.malformed(
                    "a header of %d bytes, allowed is %d".formatted(bytes, MAX_HEADER));
        }
        return new String(source.read((int) bytes), StandardCharsets.UTF_8).strip();
    }

    private static ElementType type(final ByteSource source, final String descr)
            throws MalformedFileException {
        return switch (descr) {
            case "u1" -> ElementType.U8;
            case "i1" -> ElementType.I8;
            case "i2" -> ElementType.I16;
            case "i4" -> ElementType.I32;
            case "i8" -> ElementType.I64;
            case "f2" -> ElementType.F16;
            case "f4" -> ElementType.F32;
            case "f8" -> ElementType.F64;
            default ->
                    throw source.malformed(
                            "NumPy type %s is none of u1, i1, i2, i4, i8, f2, f4, f8"
                                    .formatted(descr));
        };
    }

    private static String shown(final String header) {
        final String clean = header.replaceAll("[^\\x20-\\x7e]", "?");
        return clean.length() <= SHOWN ? clean : clean.substring(0, SHOWN) + "...";
    }
}
