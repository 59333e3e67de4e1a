package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/// The centroids of a product quantizer: 256 for each subspace.
///
/// **Identity.** A codebook is known by its content: [#idHigh] and [#idLow] are the first 16 bytes
/// of a SHA-256 over configuration and centroids. Codes of two codebooks compare if and only if the
/// ids are equal, wherever the codebooks were trained.
///
/// **Lifetime.** Immutable, safe for any number of threads, and freed by the garbage collector when
/// nobody refers to it any more: it is small, shared by many and dies rarely.
public final class Codebook {
    /// Centroids of a subspace: what one byte can name.
    public static final int CENTROIDS = 256;

    /// Bytes of an id.
    public static final int ID_BYTES = 16;

    /// Bytes of one line of transposed centroids.
    static final long LINE_BYTES = (long) CENTROIDS * Float.BYTES;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Names the layout of what is hashed; a change of that layout needs another name.
    private static final String ID_DOMAIN = "bytesandbrains pq codebook 1";

    private final Metric metric;
    private final int dimensions;
    private final int subspaces;
    private final int subspaceDimensions;

    /// For each subspace `subspaceDimensions` lines of 256 floats, the centroids transposed.
    private final MemorySegment lines;

    private final long idHigh;
    private final long idLow;

    private Codebook(
            Metric metric, int dimensions, int subspaces, MemorySegment centroids, long offset) {
        this.metric = metric;
        this.dimensions = dimensions;
        this.subspaces = subspaces;
        this.subspaceDimensions = dimensions / subspaces;
        this.lines = Arena.ofAuto().allocate(LINE_BYTES * dimensions, RowStore.ALIGNMENT);
        MessageDigest digest = sha256();
        byte[] domain = (ID_DOMAIN + ' ' + metric.name()).getBytes(StandardCharsets.UTF_8);
        digest.update(
                littleEndian(3).putInt(domain.length).putInt(dimensions).putInt(subspaces).flip());
        digest.update(domain);
        ByteBuffer centroid = littleEndian(subspaceDimensions);
        long at = offset;
        for (int m = 0; m < subspaces; m++) {
            for (int k = 0; k < CENTROIDS; k++) {
                centroid.clear();
                for (int d = 0; d < subspaceDimensions; d++, at += Float.BYTES) {
                    float x = centroids.get(FLOAT, at);
                    if (!Float.isFinite(x)) {
                        throw new IllegalArgumentException(
                                "centroids[%d][%d][%d]=%s is not finite".formatted(m, k, d, x));
                    }
                    lines.set(FLOAT, lineOffset(m, d) + 4L * k, x);
                    centroid.putFloat(x);
                }
                digest.update(centroid.flip());
            }
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        this.idHigh = hash.getLong();
        this.idLow = hash.getLong();
    }

    /// A codebook of centroids that come from anywhere.
    ///
    /// @param metric what distances of codes approximate; centroids of cosine codebooks are those
    ///     of unit vectors
    /// @param dimensions floats in a vector
    /// @param subspaces into how many equal parts a vector is cut
    /// @param centroids `256 * dimensions` floats in native byte order: for each subspace its 256
    ///     centroids one after the other; copied
    /// @param offset byte offset of the first float
    /// @return the codebook
    /// @throws IllegalArgumentException if `subspaces` does not divide `dimensions`, the segment is
    ///     too short, or a centroid has a component that is not finite
    public static Codebook of(
            Metric metric, int dimensions, int subspaces, MemorySegment centroids, long offset) {
        PqConfig.checkMetric(Objects.requireNonNull(metric, "metric"));
        PqConfig.checkShape(dimensions, subspaces);
        Vectors.checkRows("centroids", centroids, offset, 0, 1, LINE_BYTES * dimensions);
        return new Codebook(metric, dimensions, subspaces, centroids, offset);
    }

    /// {@return what distances of codes approximate}
    public Metric metric() {
        return metric;
    }

    /// {@return floats in a vector}
    public int dimensions() {
        return dimensions;
    }

    /// {@return number of subspaces, which is also the bytes of a code}
    public int subspaces() {
        return subspaces;
    }

    /// {@return floats in the part of a vector that one centroid stands for}
    public int subspaceDimensions() {
        return subspaceDimensions;
    }

    /// {@return one component of one centroid}
    ///
    /// @param subspace from 0
    /// @param centroid from 0 to 255
    /// @param d component from 0
    /// @throws IndexOutOfBoundsException if one of them is out of range
    public float centroid(int subspace, int centroid, int d) {
        Objects.checkIndex(subspace, subspaces);
        Objects.checkIndex(centroid, CENTROIDS);
        Objects.checkIndex(d, subspaceDimensions);
        return lines.get(FLOAT, lineOffset(subspace, d) + 4L * centroid);
    }

    /// {@return the first 8 bytes of the id, big-endian}
    public long idHigh() {
        return idHigh;
    }

    /// {@return the last 8 bytes of the id, big-endian}
    public long idLow() {
        return idLow;
    }

    /// {@return the id as 32 hexadecimal digits; allocates}
    public String idHex() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(idHigh) + hex.toHexDigits(idLow);
    }

    /// {@return whether codes of the two codebooks can be compared}
    ///
    /// @param other the other codebook
    public boolean hasSameId(Codebook other) {
        return idHigh == other.idHigh && idLow == other.idLow;
    }

    MemorySegment lines() {
        return lines;
    }

    long lineOffset(int subspace, int d) {
        return ((long) subspace * subspaceDimensions + d) * LINE_BYTES;
    }

    private static ByteBuffer littleEndian(int words) {
        return ByteBuffer.allocate(words * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
