package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// The bytes of a stored codebook, all little-endian:
///
///     offset  bytes
///          0      8  magic "BBCODEBK"
///          8      4  format version, 1
///         12      4  bytes of this header, 64
///         16      4  metric: 1 squared L2, 2 cosine, 3 inner product
///         20      4  dimensions
///         24      4  subspaces (M)
///         28      4  bits of a subspace: 4, 6 or 8
///         32      8  training error, float64; NaN if unknown
///         40     16  codebook id: its high and its low 64 bits
///         56      4  zero
///         60      4  CRC32C of all other bytes
///         64         float32 centroids: for each subspace its 2^bits centroids one after the other
///
/// What is read is checked in full before it is believed: length, checksum, shape, finiteness, and
/// that the content has the id that it claims.
public final class CodebookFormat {
    /// Bytes before the centroids.
    public static final int HEADER_BYTES = 64;

    private static final long MAGIC = 0x4b4245444f434242L;
    private static final int VERSION = 1;
    private static final int MAX_DIMENSIONS = EmbeddingSpace.MAX_DIMENSIONS;
    private static final long CRC_AT = 60;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private CodebookFormat() {}

    /// {@return bytes of the stored form of a codebook}
    ///
    /// @param codebook the codebook
    public static long bytes(Codebook codebook) {
        return HEADER_BYTES + ((4L * codebook.dimensions()) << codebook.bits());
    }

    /// Writes the stored form of a codebook.
    ///
    /// @param codebook the codebook
    /// @param out receives [#bytes] bytes
    /// @param offset byte offset of the first
    /// @throws IllegalArgumentException if they do not fit the segment
    public static void write(Codebook codebook, MemorySegment out, long offset) {
        long bytes = bytes(codebook);
        Vectors.checkRows("out", out, offset, 0, 1, bytes);
        out.set(LONG, offset, MAGIC);
        out.set(INT, offset + 8, VERSION);
        out.set(INT, offset + 12, HEADER_BYTES);
        out.set(INT, offset + 16, codeOf(codebook.metric()));
        out.set(INT, offset + 20, codebook.dimensions());
        out.set(INT, offset + 24, codebook.subspaces());
        out.set(INT, offset + 28, codebook.bits());
        out.set(DOUBLE, offset + 32, codebook.trainingError());
        out.set(LONG, offset + 40, codebook.idHigh());
        out.set(LONG, offset + 48, codebook.idLow());
        out.set(INT, offset + 56, 0);
        long at = offset + HEADER_BYTES;
        for (int m = 0; m < codebook.subspaces(); m++) {
            for (int k = 0; k < codebook.centroids(); k++) {
                for (int d = 0; d < codebook.subspaceDimensions(); d++, at += Float.BYTES) {
                    out.set(FLOAT, at, codebook.centroid(m, k, d));
                }
            }
        }
        out.set(INT, offset + CRC_AT, checksum(out, offset, bytes));
    }

    /// {@return the codebook that is stored in a segment}
    ///
    /// @param in holds the stored form, from anywhere
    /// @param offset byte offset of its first byte
    /// @param length its bytes, all of them
    /// @throws IllegalArgumentException if it is damaged, truncated, of a newer version or not a
    ///     codebook at all; the message says which
    public static Codebook read(MemorySegment in, long offset, long length) {
        Vectors.checkRows("in", in, offset, 0, 1, Math.max(1, length));
        checkHeader(in, offset, length);
        int dimensions = in.get(INT, offset + 20);
        int subspaces = in.get(INT, offset + 24);
        int bits = in.get(INT, offset + 28);
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw refused("dimensions=" + dimensions + " are not between 1 and " + MAX_DIMENSIONS);
        }
        PqConfig.checkShape(dimensions, subspaces, bits);
        long expected = HEADER_BYTES + ((4L * dimensions) << bits);
        if (length != expected) {
            throw refused("length=" + length + " should be " + expected + ": truncated or damaged");
        }
        if (in.get(INT, offset + CRC_AT) != checksum(in, offset, length)) {
            throw refused("the checksum does not match: damaged");
        }
        Codebook codebook = content(in, offset, dimensions, subspaces, bits);
        if (in.get(LONG, offset + 40) != codebook.idHigh()
                || in.get(LONG, offset + 48) != codebook.idLow()) {
            throw refused("the id is not that of the content, " + codebook.idHex());
        }
        return codebook;
    }

    private static void checkHeader(MemorySegment in, long offset, long length) {
        if (length < HEADER_BYTES) {
            throw refused("length=" + length + " is less than a header: truncated");
        }
        if (in.get(LONG, offset) != MAGIC) {
            throw refused("the first 8 bytes are not those of a codebook");
        }
        int version = in.get(INT, offset + 8);
        if (version != VERSION) {
            throw refused("version=" + version + " is not known here, newest is " + VERSION);
        }
        int header = in.get(INT, offset + 12);
        if (header != HEADER_BYTES || in.get(INT, offset + 56) != 0) {
            throw refused("headerBytes=" + header + " or what is reserved: damaged");
        }
    }

    private static Codebook content(
            MemorySegment in, long offset, int dimensions, int subspaces, int bits) {
        Metric metric = metricOf(in.get(INT, offset + 16));
        double error = in.get(DOUBLE, offset + 32);
        if (error < 0 || Double.isInfinite(error)) {
            throw refused("trainingError=" + error);
        }
        long floats = (long) dimensions << bits;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment centroids = arena.allocate(4 * floats, 64);
            for (long i = 0; i < floats; i++) {
                float x = in.get(FLOAT, offset + HEADER_BYTES + 4 * i);
                centroids.setAtIndex(ValueLayout.JAVA_FLOAT, i, x);
            }
            return Codebook.of(metric, dimensions, subspaces, bits, error, centroids, 0);
        }
    }

    private static int checksum(MemorySegment segment, long offset, long length) {
        CRC32C crc = new CRC32C();
        crc.update(segment.asSlice(offset, CRC_AT).asByteBuffer());
        // In parts, since a byte buffer ends at 2 GB.
        long from = HEADER_BYTES;
        while (from < length) {
            long part = Math.min(length - from, 1 << 30);
            crc.update(segment.asSlice(offset + from, part).asByteBuffer());
            from += part;
        }
        return (int) crc.getValue();
    }

    private static int codeOf(Metric metric) {
        return switch (metric) {
            case L2 -> 1;
            case COSINE -> 2;
            case INNER_PRODUCT -> 3;
            default -> throw new IllegalArgumentException("metric=" + metric);
        };
    }

    private static Metric metricOf(int code) {
        return switch (code) {
            case 1 -> Metric.L2;
            case 2 -> Metric.COSINE;
            case 3 -> Metric.INNER_PRODUCT;
            default -> throw refused("metric=" + code + " is not known here");
        };
    }

    private static IllegalArgumentException refused(String why) {
        return new IllegalArgumentException("not a usable codebook: " + why);
    }
}
