package ai.bytesandbrains.engine.space;

import ai.bytesandbrains.engine.memory.RowStore;

import java.lang.foreign.MemorySegment;

/// Vectors of one number of dimensions with one distance between them.
///
/// **Vectors** are float32 in native byte order at `(segment, byte offset)`, `dimensions()` floats,
/// in any kind of segment and without alignment; a space of something else, packed bits or codes,
/// says so and gives their size in [#vectorBytes].
///
/// **Two forms.** A space compares fast what it has seen at the door: [#storeRow] brings a vector
/// into the form that rows of a [RowStore] hold, [#prepare] a query into the form that is compared
/// with rows. Both check the vector. The cosine space, for one, stores unit vectors and so scans
/// with nothing but dot products.
///
/// **Distances** are floats in the order of [Distances]: smaller is nearer.
///
/// Spaces are immutable and safe for any number of threads; no method but the `float[]` one
/// allocates. Implementations outside the engine are welcome.
public interface EmbeddingSpace {
    /// The most dimensions that the engine's spaces have.
    int MAX_DIMENSIONS = 8_192;

    /// {@return components of a vector: floats, or bits in a space of packed bits}
    int dimensions();

    /// {@return bytes of a vector as it is handed to [#distance], [#storeRow] and [#prepare]; 4 a
    /// dimension unless the space says otherwise}
    default long vectorBytes() {
        return (long) Float.BYTES * dimensions();
    }

    /// {@return what [#distance] measures; [Metric#OTHER] if the engine has no name for it}
    Metric metric();

    /// {@return distance of two plain vectors, neither stored nor prepared}
    ///
    /// @param a one vector
    /// @param aOffset byte offset of the one
    /// @param b another vector
    /// @param bOffset byte offset of the other
    /// @throws IllegalArgumentException if the distance is not defined for one of them, or one does
    ///     not lie inside its segment
    float distance(MemorySegment a, long aOffset, MemorySegment b, long bOffset);

    /// {@return distance of two plain vectors in arrays; a convenience that may allocate}
    ///
    /// @param a one vector
    /// @param b another vector
    /// @throws IllegalArgumentException if a length is not `dimensions()`, vectors of this space
    ///     are not floats, or the distance is not defined for one of them
    default float distance(float[] a, float[] b) {
        Vectors.checkArray("a", a, this);
        Vectors.checkArray("b", b, this);
        return distance(MemorySegment.ofArray(a), 0, MemorySegment.ofArray(b), 0);
    }

    /// {@return bytes of a stored row}
    long rowBytes();

    /// Writes the stored form of a vector.
    ///
    /// @param vector what holds the vector; stays the caller's
    /// @param vectorOffset byte offset of the vector
    /// @param row receives [#rowBytes] bytes at `rowOffset`, padding included; holds nothing of use
    ///     after an exception
    /// @param rowOffset byte offset of the row
    /// @throws IllegalArgumentException if the vector has a component that is not finite, has no
    ///     place in this space, or one of the two does not lie inside its segment
    void storeRow(MemorySegment vector, long vectorOffset, MemorySegment row, long rowOffset);

    /// {@return bytes of a prepared query}
    long preparedBytes();

    /// Writes the form of a query that the `...Prepared` methods take.
    ///
    /// @param query what holds the query; stays the caller's
    /// @param queryOffset byte offset of the query
    /// @param prepared receives [#preparedBytes] bytes at `preparedOffset`; owned by the caller,
    ///     and best native and 64-byte aligned; holds nothing of use after an exception
    /// @param preparedOffset byte offset of the prepared query
    /// @throws IllegalArgumentException if the query has a component that is not finite, has no
    ///     place in this space, or one of the two does not lie inside its segment
    void prepare(
            MemorySegment query, long queryOffset, MemorySegment prepared, long preparedOffset);

    /// {@return distance of a prepared query to one stored row}
    ///
    /// @param prepared holds what [#prepare] wrote
    /// @param preparedOffset byte offset of the prepared query
    /// @param row holds what [#storeRow] wrote
    /// @param rowOffset byte offset of the row
    /// @throws IllegalArgumentException if one does not lie inside its segment
    float distancePrepared(
            MemorySegment prepared, long preparedOffset, MemorySegment row, long rowOffset);

    /// Distances of a prepared query to `count` consecutive slots of a store: the form that carries
    /// the speed. Slots that are not live get some distance as well.
    ///
    /// @param prepared holds what [#prepare] wrote
    /// @param preparedOffset byte offset of the prepared query
    /// @param rows rows written by [#storeRow]
    /// @param first the first slot; `first` to `first + count - 1` lie in one chunk, see
    ///     [RowStore#runLength]
    /// @param count number of slots, at least 1
    /// @param out receives `count` distances from index 0; owned by the caller
    /// @throws IllegalArgumentException if the prepared query does not lie inside its segment, or
    ///     the rows of the store are shorter than those of the space
    /// @throws IndexOutOfBoundsException if the slots leave their chunk or `out` is too short
    void distancesPrepared(
            MemorySegment prepared,
            long preparedOffset,
            RowStore rows,
            int first,
            int count,
            float[] out);
}
