package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;
import ai.bytesandbrains.engine.train.NearestCentroids;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Makes a [Codebook] one subspace at a time, for those who must not stop for all of it.
///
/// For one thread. Control path: allocates the codebook's memory at construction, and what a
/// subspace needs to be searched in each [#add].
public final class CodebookBuilder {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Names the layout of what is hashed; a change of that layout needs another name.
    private static final String ID_DOMAIN = "bytesandbrains pq codebook 2";

    private final Metric metric;
    private final int dimensions;
    private final int subspaces;
    private final int bits;
    private final int centroids;
    private final int subspaceDimensions;
    private final long lineBytes;
    private final MemorySegment lines;
    private final NearestCentroids[] finders;
    private final MessageDigest digest = sha256();
    private final ByteBuffer centroid;
    private int added;

    /// Begins.
    ///
    /// @param metric what distances of codes approximate
    /// @param dimensions floats in a vector
    /// @param subspaces into how many equal parts a vector is cut
    /// @param bits of the code for each part: 4, 6 or 8
    /// @throws IllegalArgumentException if `subspaces` does not divide `dimensions`, or `bits` is
    ///     none of the three
    public CodebookBuilder(Metric metric, int dimensions, int subspaces, int bits) {
        PqConfig.checkMetric(metric);
        PqConfig.checkShape(dimensions, subspaces, bits);
        this.metric = metric;
        this.dimensions = dimensions;
        this.subspaces = subspaces;
        this.bits = bits;
        centroids = 1 << bits;
        subspaceDimensions = dimensions / subspaces;
        lineBytes = (long) centroids * Float.BYTES;
        lines = Arena.ofAuto().allocate(lineBytes * dimensions, RowStore.ALIGNMENT);
        finders = new NearestCentroids[subspaces];
        centroid = littleEndian(subspaceDimensions);
        byte[] domain = (ID_DOMAIN + ' ' + metric.name()).getBytes(StandardCharsets.UTF_8);
        digest.update(
                littleEndian(4)
                        .putInt(domain.length)
                        .putInt(dimensions)
                        .putInt(subspaces)
                        .putInt(bits)
                        .flip());
        digest.update(domain);
    }

    /// Adds the centroids of the next subspace.
    ///
    /// @param source `2^bits` centroids of `dimensions / subspaces` floats each, in native byte
    ///     order, one after the other; copied
    /// @param offset byte offset of the first float
    /// @return whether it was the last subspace
    /// @throws IllegalArgumentException if the segment is too short, or a component is not finite;
    ///     the builder is of no use then
    /// @throws IllegalStateException if all subspaces are there
    public boolean add(MemorySegment source, long offset) {
        if (added == subspaces) {
            throw new IllegalStateException("all of subspaces=" + subspaces + " are there");
        }
        Vectors.checkRows("centroids", source, offset, 0, 1, lineBytes * subspaceDimensions);
        long at = offset;
        for (int k = 0; k < centroids; k++) {
            centroid.clear();
            for (int d = 0; d < subspaceDimensions; d++, at += Float.BYTES) {
                float x = source.get(FLOAT, at);
                if (!Float.isFinite(x)) {
                    throw new IllegalArgumentException(
                            "centroids[%d][%d][%d]=%s is not finite".formatted(added, k, d, x));
                }
                lines.set(FLOAT, lineOffset(d) + 4L * k, x);
                centroid.putFloat(x);
            }
            digest.update(centroid.flip());
        }
        finders[added] = newFinder();
        added++;
        return added == subspaces;
    }

    /// Ends; the builder is of no more use.
    ///
    /// @param trainingError mean squared distance of what the centroids were trained from to its
    ///     code, NaN if unknown
    /// @return the codebook
    /// @throws IllegalStateException if subspaces are missing, or this was called before
    public Codebook build(double trainingError) {
        if (added != subspaces) {
            throw new IllegalStateException("%d of subspaces=%d".formatted(added, subspaces));
        }
        added++;
        return new Codebook(
                metric,
                dimensions,
                subspaces,
                bits,
                trainingError,
                lines,
                finders,
                ByteBuffer.wrap(digest.digest()));
    }

    private long lineOffset(int d) {
        return ((long) added * subspaceDimensions + d) * lineBytes;
    }

    private NearestCentroids newFinder() {
        float[] centre = new float[subspaceDimensions];
        for (int d = 0; d < subspaceDimensions; d++) {
            double sum = 0;
            for (int k = 0; k < centroids; k++) {
                sum += lines.get(FLOAT, lineOffset(d) + 4L * k);
            }
            centre[d] = (float) (sum / centroids);
        }
        NearestCentroids finder =
                new NearestCentroids(
                        centroids,
                        subspaceDimensions,
                        lines,
                        lineOffset(0),
                        lineBytes,
                        centre,
                        Arena.ofAuto());
        finder.refresh();
        return finder;
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
