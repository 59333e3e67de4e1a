package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.CodeLayout;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Symmetric distances: those of centroids to centroids, so that two codes are compared without any
/// vector, by M look-ups.
///
/// It takes `4 * M * centroids^2` bytes off-heap: 256 KB a subspace with 8 bits, 1 KB with 4.
/// Immutable, safe for any number of threads, freed by the garbage collector; nothing but the
/// constructor allocates.
///
/// Source: Jegou, Douze, Schmid, "Product Quantization for Nearest Neighbor Search", IEEE TPAMI
/// 33(1), 2011, section III.A.
public final class SdcTable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final Codebook codebook;
    private final CodeLayout layout;
    private final int subspaces;
    private final long lineBytes;

    /// Entry `(m * centroids + a) * centroids + b`.
    private final MemorySegment entries;

    /// The table of one codebook.
    ///
    /// @param codebook the codebook, shared
    public SdcTable(Codebook codebook) {
        this.codebook = codebook;
        layout = codebook.layout();
        subspaces = codebook.subspaces();
        lineBytes = codebook.lineBytes();
        int centroids = codebook.centroids();
        entries = Arena.ofAuto().allocate(lineBytes * centroids * subspaces, RowStore.ALIGNMENT);
        float[] distances = new float[centroids];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment part = arena.allocate(4L * codebook.subspaceDimensions());
            for (int m = 0; m < subspaces; m++) {
                for (int a = 0; a < centroids; a++) {
                    for (int d = 0; d < codebook.subspaceDimensions(); d++) {
                        part.set(FLOAT, 4L * d, codebook.centroid(m, a, d));
                    }
                    codebook.distances(m, part, 0, distances);
                    MemorySegment.copy(distances, 0, entries, FLOAT, line(m, a), centroids);
                }
            }
        }
    }

    /// {@return the codebook whose codes can be compared}
    public Codebook codebook() {
        return codebook;
    }

    /// {@return the distance of two codes: that of the vectors that they decode to, added up in the
    /// order of subspaces}
    ///
    /// @param a holds one code
    /// @param aOffset its byte offset
    /// @param b holds the other code
    /// @param bOffset its byte offset
    /// @throws IllegalArgumentException if a code does not lie inside its segment
    public float distance(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        Vectors.checkRows("a", a, aOffset, 0, 1, layout.codeBytes());
        Vectors.checkRows("b", b, bOffset, 0, 1, layout.codeBytes());
        float sum = 0;
        for (int m = 0; m < subspaces; m++) {
            long line = line(m, layout.getRow(a, aOffset, m));
            sum += entries.get(FLOAT, line + 4L * layout.getRow(b, bOffset, m));
        }
        return sum;
    }

    /// Builds the table of distances of one code, of the shape of an ADC table: what
    /// [ProductQuantizer#adcDistances] takes.
    ///
    /// @param code holds the code
    /// @param codeOffset its byte offset
    /// @param table receives `4 * M * centroids` bytes; owned by the caller
    /// @param tableOffset byte offset of the table
    /// @throws IllegalArgumentException if code or table do not lie inside their segments
    public void table(MemorySegment code, long codeOffset, MemorySegment table, long tableOffset) {
        Vectors.checkRows("code", code, codeOffset, 0, 1, codebook.codeSize());
        Vectors.checkRows("table", table, tableOffset, 0, 1, lineBytes * subspaces);
        for (int m = 0; m < subspaces; m++) {
            long line = line(m, layout.getRow(code, codeOffset, m));
            MemorySegment.copy(entries, line, table, tableOffset + m * lineBytes, lineBytes);
        }
    }

    private long line(int m, int a) {
        return (((long) m << layout.bits()) + a) * lineBytes;
    }
}
