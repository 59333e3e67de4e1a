package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.Codebook;

/// What one search cost: part of its result, counted anew by each search into it.
///
/// There is no time in here: the engine has no clock. Who wants nanoseconds reads a clock before
/// and after the call.
///
/// **Threads.** Those of the result. **Allocation.** None.
public final class SearchStats {
    private long scanned;
    private long reranked;
    private Codebook codebook;

    /// For results.
    SearchStats() {}

    /// {@return entries whose code, or row in an index of rows alone, was compared with the query:
    /// all there are, or those that a [SlotBitmap] names, counted again if the scan had to start
    /// over for a writer's sake}
    public long scanned() {
        return scanned;
    }

    /// {@return entries whose row was compared with the query after their code had been}
    public long reranked() {
        return reranked;
    }

    /// Counts entries that an index has compared with the query.
    ///
    /// @param entries how many
    public void addScanned(long entries) {
        scanned += entries;
    }

    /// Counts entries that an index has compared a second time.
    ///
    /// @param entries how many
    public void addReranked(long entries) {
        reranked += entries;
    }

    /// {@return whether the reported distances are distances to codes; false where they are those
    /// of the rows}
    public boolean isByCodes() {
        return codebook != null;
    }

    /// {@return the first 8 bytes of the id of the codebook, big-endian; 0 for rows}
    public long codebookHigh() {
        return codebook == null ? 0 : codebook.idHigh();
    }

    /// {@return the last 8 bytes of the id of the codebook, big-endian; 0 for rows}
    public long codebookLow() {
        return codebook == null ? 0 : codebook.idLow();
    }

    /// {@return mean squared L2 distance of vectors from their codes, finite; 0 if it is not known,
    /// and for rows}
    public float meanError() {
        double error = codebook == null ? 0 : codebook.trainingError();
        return error > 0 && error <= Float.MAX_VALUE ? (float) error : 0;
    }

    /// Says that the reported distances are distances to codes.
    ///
    /// @param of the codebook of the codes
    public void measuredByCodes(Codebook of) {
        codebook = of;
    }

    void clear() {
        scanned = 0;
        reranked = 0;
        codebook = null;
    }
}
