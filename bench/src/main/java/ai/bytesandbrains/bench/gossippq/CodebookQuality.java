package ai.bytesandbrains.bench.gossippq;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.eval.Truth;
import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.index.Neighbours;
import ai.bytesandbrains.engine.index.PqIndex;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What a codebook is worth.
public final class CodebookQuality {
    private static final int K = 10;

    private CodebookQuality() {}

    /// The mean squared error of vectors, subspace by subspace.
    ///
    /// @param codebook the codebook
    /// @param vectors what to encode
    /// @return one for each subspace
    public static double[] errors(final Codebook codebook, final NativeVectors vectors) {
        final double[] errors = new double[codebook.subspaces()];
        final int each = codebook.subspaceDimensions();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment codes = encode(codebook, vectors, arena);
            final long bytes = 4L * codebook.dimensions();
            final MemorySegment decoded = arena.allocate(bytes, 64);
            for (int row = 0; row < vectors.rows(); row++) {
                codebook.decodeBatch(
                        codes,
                        (long) row * codebook.codeSize(),
                        codebook.codeSize(),
                        1,
                        decoded,
                        0,
                        bytes);
                for (int d = 0; d < codebook.dimensions(); d++) {
                    final double x =
                            vectors.segment()
                                    .get(ValueLayout.JAVA_FLOAT, vectors.offset(row) + 4L * d);
                    final double difference = x - decoded.getAtIndex(ValueLayout.JAVA_FLOAT, d);
                    errors[d / each] += difference * difference / vectors.rows();
                }
            }
        }
        return errors;
    }

    /// The share of vectors that two codebooks give the same code.
    ///
    /// @param a a codebook
    /// @param b another
    /// @param vectors what to encode
    /// @return from 0 to 1
    public static double agreement(
            final Codebook a, final Codebook b, final NativeVectors vectors) {
        if (a.hasSameId(b)) {
            return 1;
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment codesOfA = encode(a, vectors, arena);
            final MemorySegment codesOfB = encode(b, vectors, arena);
            int same = 0;
            for (int row = 0; row < vectors.rows(); row++) {
                final long at = (long) row * a.codeSize();
                final long end = at + a.codeSize();
                final boolean equal =
                        MemorySegment.mismatch(codesOfA, at, end, codesOfB, at, end) < 0;
                same += equal ? 1 : 0;
            }
            return (double) same / vectors.rows();
        }
    }

    /// Recall of a search by codes alone.
    ///
    /// @param codebook the codebook
    /// @param base what is searched
    /// @param queries the queries
    /// @param truth their true neighbours
    /// @return share of the 10 nearest that were found
    public static double recallAt10(
            final Codebook codebook,
            final NativeVectors base,
            final NativeVectors queries,
            final Truth truth) {
        long hits = 0;
        final int count = Math.min(queries.rows(), truth.queries());
        try (PqIndex index = new PqIndex(codebook);
                Neighbours found = new Neighbours(K)) {
            index.reserve(base.rows());
            for (int row = 0; row < base.rows(); row++) {
                index.add(row, base.segment(), base.offset(row));
            }
            for (int i = 0; i < count; i++) {
                index.search(queries.segment(), queries.offset(i), K, found);
                hits += truth.hits(i, K, found);
            }
        }
        return (double) hits / ((long) K * count);
    }

    private static MemorySegment encode(
            final Codebook codebook, final NativeVectors vectors, final Arena arena) {
        final ProductQuantizer quantizer = new ProductQuantizer(codebook);
        final int size = codebook.codeSize();
        final MemorySegment codes = arena.allocate((long) size * vectors.rows(), 64);
        quantizer.encodeBatch(
                vectors.segment(), 0, vectors.strideBytes(), vectors.rows(), codes, 0, size);
        return codes;
    }
}
