package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.MemorySegment;

/// The codes of one codebook as a space: a vector is a code of `vectorBytes()` bytes, and the
/// distance of two codes that of the vectors they decode to.
///
/// A row is the code as it is. A prepared query is the table of distances of its code to all
/// centroids, `4 * M * centroids` bytes. For queries that are vectors, not codes,
/// [ProductQuantizer] has asymmetric distances, which lose less.
///
/// Any bytes are a code, so nothing is refused but memory that is too small.
public final class PqSpace implements EmbeddingSpace {
    private final Codebook codebook;
    private final SdcTable table;

    /// A space over a codebook; builds an [SdcTable].
    ///
    /// @param codebook the codebook, shared
    public PqSpace(Codebook codebook) {
        this.codebook = codebook;
        table = new SdcTable(codebook);
    }

    /// {@return the codebook whose codes are the vectors}
    public Codebook codebook() {
        return codebook;
    }

    /// {@return components of the vectors that codes stand for}
    @Override
    public int dimensions() {
        return codebook.dimensions();
    }

    /// {@return bytes of a code}
    @Override
    public long vectorBytes() {
        return codebook.codeSize();
    }

    @Override
    public Metric metric() {
        return codebook.metric();
    }

    @Override
    public float distance(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        return table.distance(a, aOffset, b, bOffset);
    }

    @Override
    public long rowBytes() {
        return codebook.codeSize();
    }

    @Override
    public void storeRow(
            MemorySegment vector, long vectorOffset, MemorySegment row, long rowOffset) {
        Vectors.checkRows("vector", vector, vectorOffset, 0, 1, rowBytes());
        Vectors.checkRows("row", row, rowOffset, 0, 1, rowBytes());
        MemorySegment.copy(vector, vectorOffset, row, rowOffset, rowBytes());
    }

    @Override
    public long preparedBytes() {
        return codebook.tableBytes();
    }

    @Override
    public void prepare(
            MemorySegment query, long queryOffset, MemorySegment prepared, long preparedOffset) {
        table.table(query, queryOffset, prepared, preparedOffset);
    }

    @Override
    public float distancePrepared(
            MemorySegment prepared, long preparedOffset, MemorySegment row, long rowOffset) {
        Vectors.checkPrepared(this, prepared, preparedOffset, row, rowOffset);
        return codebook.tableDistance(prepared, preparedOffset, row, rowOffset);
    }

    @Override
    public void distancesPrepared(
            MemorySegment prepared,
            long preparedOffset,
            RowStore rows,
            int first,
            int count,
            float[] out) {
        Vectors.checkRun(this, prepared, preparedOffset, rows, first, count, out);
        codebook.tableDistances(
                prepared,
                preparedOffset,
                rows.segmentOf(first),
                rows.offsetOf(first),
                rows.rowStride(),
                count,
                out);
    }
}
