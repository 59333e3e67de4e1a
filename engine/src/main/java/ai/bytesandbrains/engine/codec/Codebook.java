package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.simd.CodeLayout;
import ai.bytesandbrains.engine.simd.DistanceKernels;
import ai.bytesandbrains.engine.simd.Kernels;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;
import ai.bytesandbrains.engine.train.NearestCentroids;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/// The centroids of a product quantizer: 16, 64 or 256 for each subspace.
///
/// **Identity.** A codebook is known by its content: [#idHigh] and [#idLow] are the first 16 bytes
/// of a SHA-256 over configuration and centroids. Codes of two codebooks compare if and only if the
/// ids are equal, wherever the codebooks were trained.
///
/// **Lifetime.** Immutable, safe for any number of threads, and freed by the garbage collector when
/// nobody refers to it any more: it is small, shared by many and dies rarely.
public final class Codebook {
    /// Bytes of an id.
    public static final int ID_BYTES = 16;

    private static final DistanceKernels KERNELS = Kernels.get();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final Metric metric;
    private final int dimensions;
    private final int subspaces;
    private final int bits;
    private final CodeLayout layout;
    private final int centroids;
    private final int subspaceDimensions;
    private final double trainingError;

    /// For each subspace `subspaceDimensions` lines of a float for each centroid: the centroids
    /// transposed.
    private final MemorySegment lines;

    /// One for each subspace.
    private final NearestCentroids[] finders;

    private final long idHigh;
    private final long idLow;

    /// What [CodebookBuilder] has made.
    Codebook(
            Metric metric,
            int dimensions,
            int subspaces,
            int bits,
            double trainingError,
            MemorySegment lines,
            NearestCentroids[] finders,
            ByteBuffer hash) {
        this.metric = metric;
        this.dimensions = dimensions;
        this.subspaces = subspaces;
        this.bits = bits;
        this.layout = new CodeLayout(bits, subspaces);
        this.centroids = 1 << bits;
        this.subspaceDimensions = dimensions / subspaces;
        this.trainingError = trainingError;
        this.lines = lines;
        this.finders = finders;
        this.idHigh = hash.getLong();
        this.idLow = hash.getLong();
    }

    /// A codebook of centroids that come from anywhere.
    ///
    /// @param metric what distances of codes approximate; centroids of cosine codebooks are those
    ///     of unit vectors
    /// @param dimensions floats in a vector
    /// @param subspaces into how many equal parts a vector is cut
    /// @param bits of the code for each part: 4, 6 or 8
    /// @param centroids `2^bits * dimensions` floats in native byte order: for each subspace its
    ///     centroids one after the other; copied
    /// @param offset byte offset of the first float
    /// @return the codebook, its training error unknown
    /// @throws IllegalArgumentException if `subspaces` does not divide `dimensions`, `bits` is none
    ///     of the three, the segment is too short, or a centroid has a component that is not finite
    public static Codebook of(
            Metric metric,
            int dimensions,
            int subspaces,
            int bits,
            MemorySegment centroids,
            long offset) {
        return of(metric, dimensions, subspaces, bits, Double.NaN, centroids, offset);
    }

    /// A codebook of centroids that were trained elsewhere.
    ///
    /// @param metric what distances of codes approximate
    /// @param dimensions floats in a vector
    /// @param subspaces into how many equal parts a vector is cut
    /// @param bits of the code for each part: 4, 6 or 8
    /// @param trainingError mean squared distance of what it was trained from to its code, NaN if
    ///     unknown
    /// @param centroids `2^bits * dimensions` floats in native byte order; copied
    /// @param offset byte offset of the first float
    /// @return the codebook
    /// @throws IllegalArgumentException as the other form
    public static Codebook of(
            Metric metric,
            int dimensions,
            int subspaces,
            int bits,
            double trainingError,
            MemorySegment centroids,
            long offset) {
        CodebookBuilder builder = new CodebookBuilder(metric, dimensions, subspaces, bits);
        long bytes = (4L * dimensions) << bits;
        Vectors.checkRows("centroids", centroids, offset, 0, 1, bytes);
        for (int m = 0; m < subspaces; m++) {
            builder.add(centroids, offset + bytes / subspaces * m);
        }
        return builder.build(trainingError);
    }

    /// {@return what distances of codes approximate}
    public Metric metric() {
        return metric;
    }

    /// {@return floats in a vector}
    public int dimensions() {
        return dimensions;
    }

    /// {@return number of subspaces}
    public int subspaces() {
        return subspaces;
    }

    /// {@return bits of the code for each subspace: 4, 6 or 8}
    public int bits() {
        return bits;
    }

    /// {@return centroids of each subspace: `2^bits`}
    public int centroids() {
        return centroids;
    }

    /// {@return bytes of a code; [PackedCode] is their layout}
    public int codeSize() {
        return layout.codeBytes();
    }

    /// {@return floats in the part of a vector that one centroid stands for}
    public int subspaceDimensions() {
        return subspaceDimensions;
    }

    /// {@return mean squared distance of a training sample to its decoded code, NaN if unknown; not
    /// part of the identity}
    public double trainingError() {
        return trainingError;
    }

    /// {@return one component of one centroid}
    ///
    /// @param subspace from 0
    /// @param centroid from 0 to `centroids() - 1`
    /// @param d component from 0
    /// @throws IndexOutOfBoundsException if one of them is out of range
    public float centroid(int subspace, int centroid, int d) {
        Objects.checkIndex(subspace, subspaces);
        Objects.checkIndex(centroid, centroids);
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

    /// Decodes `count` codes: writes the centroids that they name.
    ///
    /// @param codes what holds the codes
    /// @param codesOffset byte offset of the first one
    /// @param codeStride bytes from one code to the next
    /// @param count number of codes, at least 1
    /// @param vectors receives the vectors
    /// @param vectorsOffset byte offset of the first one
    /// @param vectorStride bytes from one vector to the next
    /// @throws IllegalArgumentException if codes or vectors do not lie inside their segments
    public void decodeBatch(
            MemorySegment codes,
            long codesOffset,
            long codeStride,
            int count,
            MemorySegment vectors,
            long vectorsOffset,
            long vectorStride) {
        Vectors.checkRows("codes", codes, codesOffset, codeStride, count, codeSize());
        Vectors.checkRange("vectors", vectors, vectorsOffset, vectorStride, count, dimensions);
        for (int i = 0; i < count; i++) {
            long code = codesOffset + i * codeStride;
            long at = vectorsOffset + i * vectorStride;
            for (int m = 0; m < subspaces; m++) {
                long centroid = lineOffset(m, 0) + 4L * layout.getRow(codes, code, m);
                for (int d = 0; d < subspaceDimensions; d++, at += Float.BYTES) {
                    vectors.set(FLOAT, at, lines.get(FLOAT, centroid + d * lineBytes()));
                }
            }
        }
    }

    /// {@return the layout of codes}
    CodeLayout layout() {
        return layout;
    }

    /// {@return bytes of a table of distances to all centroids}
    long tableBytes() {
        return lineBytes() * subspaces;
    }

    /// Distances of part `m` of a vector, in native memory, to all centroids of that subspace.
    void distances(int m, MemorySegment part, long offset, float[] out) {
        if (metric == Metric.INNER_PRODUCT) {
            negativeDots(m, part, offset, out);
            return;
        }
        KERNELS.squaredL2Columns(
                part,
                offset,
                lines,
                lineOffset(m, 0),
                lineBytes(),
                centroids,
                subspaceDimensions,
                out);
        if (metric == Metric.COSINE) {
            for (int k = 0; k < centroids; k++) {
                // A power of two: entries and sums are scaled without rounding, the order stays.
                out[k] *= 0.5f;
            }
        }
    }

    private void negativeDots(int m, MemorySegment part, long offset, float[] out) {
        Arrays.fill(out, 0, centroids, 0f);
        for (int d = 0; d < subspaceDimensions; d++) {
            float x = -part.get(FLOAT, offset + 4L * d);
            long line = lineOffset(m, d);
            for (int k = 0; k < centroids; k++) {
                out[k] = Math.fma(x, lines.get(FLOAT, line + 4L * k), out[k]);
            }
        }
    }

    /// The distance that a table gives a code.
    float tableDistance(MemorySegment table, long tableOffset, MemorySegment code, long offset) {
        float sum = 0;
        for (int m = 0; m < subspaces; m++) {
            long entry = ((long) m << bits) + layout.getRow(code, offset, m);
            sum += table.get(FLOAT, tableOffset + 4L * entry);
        }
        return sum;
    }

    /// The distances that a table gives `count` codes.
    void tableDistances(
            MemorySegment table,
            long tableOffset,
            MemorySegment codes,
            long codesOffset,
            long codeStride,
            int count,
            float[] out) {
        if (bits == Byte.SIZE) {
            KERNELS.adcRows(
                    table, tableOffset, subspaces, codes, codesOffset, codeStride, count, out);
            return;
        }
        for (int i = 0; i < count; i++) {
            out[i] = tableDistance(table, tableOffset, codes, codesOffset + i * codeStride);
        }
    }

    /// Bytes of one line of transposed centroids.
    long lineBytes() {
        return (long) centroids * Float.BYTES;
    }

    long lineOffset(int subspace, int d) {
        return ((long) subspace * subspaceDimensions + d) * lineBytes();
    }

    /// {@return what finds the nearest centroids of one subspace}
    NearestCentroids finder(int subspace) {
        return finders[subspace];
    }
}
