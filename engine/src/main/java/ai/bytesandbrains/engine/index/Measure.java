package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.RowStore;

import java.lang.foreign.MemorySegment;

/// Distances of one query to rows of some form; keeps the prepared query.
interface Measure {
    /// Checks a query and makes it ready to be compared.
    void prepare(MemorySegment query, long offset);

    /// Distances to `count` consecutive slots of one chunk, into `out` from index 0.
    void distances(RowStore rows, int first, int count, float[] out);
}
