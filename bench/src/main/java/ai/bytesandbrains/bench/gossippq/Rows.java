package ai.bytesandbrains.bench.gossippq;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.engine.gossippq.VectorSource;

import java.lang.foreign.MemorySegment;

/// The vectors of one node: some rows of a data set.
public final class Rows implements VectorSource {
    private final NativeVectors vectors;
    private final int[] rows;

    /// Takes some rows.
    ///
    /// @param vectors the data set; stays the caller's
    /// @param rows which; taken over
    public Rows(final NativeVectors vectors, final int[] rows) {
        this.vectors = vectors;
        this.rows = rows;
    }

    @Override
    public int rows() {
        return rows.length;
    }

    @Override
    public boolean copy(final int row, final MemorySegment into) {
        MemorySegment.copy(
                vectors.segment(), vectors.offset(rows[row]), into, 0, 4L * vectors.dimensions());
        return true;
    }
}
