package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.ClusterKernels;
import ai.bytesandbrains.engine.simd.CodeLayout;
import ai.bytesandbrains.engine.train.NearestCentroids;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Encodes vectors, and keeps the scratch of one thread for it.
///
/// Many vectors are taken in blocks: subspace outside, vectors inside, so that the centroids of a
/// subspace stay in the nearest cache. Few vectors are encoded one by one.
final class PqEncoder {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Fewer vectors than this leave too many lanes of a block empty.
    private static final int FEW = 12;

    private static final int BLOCK_BYTES = 1 << 18;
    private static final int MAX_BLOCK = 256;

    private final PqConfig config;
    private final int part;
    private final CodeLayout layout;
    private final NearestCentroids.Scratch scratch;

    /// The vector at hand, as it came through the door.
    private final MemorySegment staged;

    private Block block;

    PqEncoder(PqConfig config) {
        this.config = config;
        part = config.dimensions() / config.subspaces();
        layout = config.layout();
        scratch = new NearestCentroids.Scratch(config.centroids());
        staged = Arena.ofAuto().allocate(4L * config.dimensions(), RowStore.ALIGNMENT);
    }

    /// Memory for a block of vectors.
    private static final class Block {
        private final int size;
        private final MemorySegment rows;
        private final MemorySegment lines;
        private final int[] nearest;

        Block(int dimensions, int part) {
            int fitting = BLOCK_BYTES / (4 * dimensions) / ClusterKernels.POINTS;
            size =
                    Math.clamp(
                            (long) fitting * ClusterKernels.POINTS,
                            ClusterKernels.POINTS,
                            MAX_BLOCK);
            rows = Arena.ofAuto().allocate(4L * size * dimensions, RowStore.ALIGNMENT);
            lines = Arena.ofAuto().allocate(4L * size * part, RowStore.ALIGNMENT);
            nearest = new int[size];
        }
    }

    /// {@return the vector that [#enter] has taken in; valid until the next call}
    MemorySegment staged() {
        return staged;
    }

    /// Takes in one vector.
    void enter(String name, MemorySegment vector, long offset) {
        VectorDoor.enter(config.metric(), config.dimensions(), name, vector, offset, staged, 0);
    }

    /// Encodes vectors whose memory has been checked.
    void encode(
            Codebook book,
            MemorySegment vectors,
            long vectorsOffset,
            long vectorStride,
            int count,
            MemorySegment codes,
            long codesOffset,
            long codeStride) {
        if (count < FEW) {
            for (int i = 0; i < count; i++) {
                enter("vectors", vectors, vectorsOffset + i * vectorStride);
                encodeStaged(book, codes, codesOffset + i * codeStride);
            }
            return;
        }
        if (block == null) {
            block = new Block(config.dimensions(), part);
        }
        for (int first = 0; first < count; first += block.size) {
            int size = Math.min(block.size, count - first);
            encodeBlock(
                    book,
                    vectors,
                    vectorsOffset + first * vectorStride,
                    vectorStride,
                    size,
                    codes,
                    codesOffset + first * codeStride,
                    codeStride);
        }
    }

    /// Encodes the vector that [#enter] has taken in.
    void encodeStaged(Codebook book, MemorySegment codes, long code) {
        clearPadding(codes, code);
        for (int m = 0; m < config.subspaces(); m++) {
            int nearest = book.finder(m).nearest(staged, 4L * m * part, scratch);
            layout.putRow(codes, code, m, nearest);
        }
    }

    /// The bits behind the last number, which all lie in the last byte.
    private void clearPadding(MemorySegment codes, long code) {
        codes.set(ValueLayout.JAVA_BYTE, code + layout.codeBytes() - 1, (byte) 0);
    }

    private void encodeBlock(
            Codebook book,
            MemorySegment vectors,
            long vectorsOffset,
            long vectorStride,
            int size,
            MemorySegment codes,
            long codesOffset,
            long codeStride) {
        int dimensions = config.dimensions();
        long rowStride = 4L * dimensions;
        MemorySegment rows = block.rows;
        for (int i = 0; i < size; i++) {
            long vector = vectorsOffset + i * vectorStride;
            long row = i * rowStride;
            VectorDoor.enter(config.metric(), dimensions, "vectors", vectors, vector, rows, row);
            clearPadding(codes, codesOffset + i * codeStride);
        }
        int[] nearest = block.nearest;
        for (int m = 0; m < config.subspaces(); m++) {
            NearestCentroids finder = book.finder(m);
            long at = 4L * m * part;
            double norm = transpose(finder, at, size);
            finder.assign(
                    block.lines,
                    0,
                    4L * block.size,
                    norm,
                    rows,
                    at,
                    rowStride,
                    size,
                    nearest,
                    0,
                    scratch);
            for (int i = 0; i < size; i++) {
                layout.putRow(codes, codesOffset + i * codeStride, m, nearest[i]);
            }
        }
    }

    /// Moves and transposes one part of the block; returns at least the length of each of them: the
    /// largest component of each line is no less than that of any vector.
    private double transpose(NearestCentroids finder, long at, int size) {
        MemorySegment rows = block.rows;
        MemorySegment lines = block.lines;
        long rowStride = 4L * config.dimensions();
        double norm2 = 0;
        for (int d = 0; d < part; d++) {
            float centre = finder.centre(d);
            long from = at + 4L * d;
            long to = 4L * block.size * d;
            int largest = 0;
            for (int i = 0; i < size; i++, from += rowStride, to += Float.BYTES) {
                float moved = rows.get(FLOAT, from) - centre;
                lines.set(FLOAT, to, moved);
                // Without the sign, floats are ordered like their bits.
                largest = Math.max(largest, Float.floatToRawIntBits(moved) & Integer.MAX_VALUE);
            }
            double length = Float.intBitsToFloat(largest);
            norm2 += length * length;
        }
        return Math.sqrt(norm2) * (1 + 1e-9);
    }
}
