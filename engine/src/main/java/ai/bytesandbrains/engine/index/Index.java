package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Vectors under external 64-bit ids, and the nearest of them to a query.
///
/// **Ids** are chosen by the caller; every `long` is one. They are all that an index says about a
/// vector: what an application wants to know besides, it keeps under the id.
///
/// **Vectors** are float32 in native byte order, `space().dimensions()` of them, at `(segment, byte
/// offset)`; the index copies them, the segment stays the caller's.
///
/// **Training.** An index that learns from data refuses entries until it [#isTrained]; one that
/// does not is trained from the start.
///
/// **Threads.** In this version one thread at a time uses an index, its searches included: an
/// implementation may keep its scratch in the object. The thread may change if the change is
/// ordered. **Allocation.** `add` into room that is there, `upsert`, `remove` and the segment form
/// of `search` allocate nothing in steady state; the array forms and `train` do allocate.
///
/// **Errors.** Bad arguments are an [IllegalArgumentException] with names and values, and change
/// nothing. Use after close, or before training where that is needed, is an
/// [IllegalStateException]. Implementations outside the engine are welcome.
public interface Index extends AutoCloseable {
    /// {@return what the index measures distances in}
    EmbeddingSpace space();

    /// Adds a vector under a new id.
    ///
    /// @param id the external id, any `long`
    /// @param vector what holds the vector; copied, stays the caller's
    /// @param offset byte offset of the vector
    /// @throws IllegalArgumentException if the id is taken, the vector does not lie inside the
    ///     segment, has a component that is not finite, or has no place in the space
    /// @throws IllegalStateException if the index is closed or not trained
    void add(long id, MemorySegment vector, long offset);

    /// Adds a vector, or replaces the one under this id.
    ///
    /// @param id the external id, any `long`
    /// @param vector what holds the vector; copied, stays the caller's
    /// @param offset byte offset of the vector
    /// @throws IllegalArgumentException as [#add], but for taken ids
    /// @throws IllegalStateException if the index is closed or not trained
    void upsert(long id, MemorySegment vector, long offset);

    /// Takes the vector of an id out; its memory is free for the next one.
    ///
    /// @param id the external id, any `long`
    /// @return whether there was one
    /// @throws IllegalStateException if the index is closed
    boolean remove(long id);

    /// Finds the `k` nearest vectors.
    ///
    /// @param query what holds the query; stays the caller's
    /// @param queryOffset byte offset of the query
    /// @param k how many are wanted; fewer are found if the index holds fewer
    /// @param out is reset and receives the result; owned by the caller, valid until used again
    /// @return how many were found
    /// @throws IllegalArgumentException if `k` is not between 1 and the capacity of `out`, or the
    ///     query is not a vector that could be added
    /// @throws IllegalStateException if the index or `out` is closed, or the index is not trained
    int search(MemorySegment query, long queryOffset, int k, Neighbours out);

    /// Learns from sample vectors what the index needs to know, nothing for some. A control-path
    /// call: it may run long and allocate. The samples are not added.
    ///
    /// @param samples what holds the samples; stays the caller's
    /// @param offset byte offset of the first sample
    /// @param stride bytes from one sample to the next
    /// @param count number of samples
    /// @throws IllegalArgumentException if the samples do not lie inside the segment, are too few,
    ///     or could not be added
    /// @throws IllegalStateException if the index is closed, or holds entries that rest on an
    ///     earlier training
    void train(MemorySegment samples, long offset, long stride, int count);

    /// {@return whether vectors can be added and searched}
    boolean isTrained();

    /// Takes all entries out and keeps the training and the memory.
    ///
    /// @throws IllegalStateException if the index is closed
    void reset();

    /// {@return number of entries}
    int len();

    /// {@return whether there are no entries}
    default boolean isEmpty() {
        return len() == 0;
    }

    /// {@return whether there is an entry under this id}
    ///
    /// @param id the external id, any `long`
    boolean contains(long id);

    /// Frees the memory of the index. Closing twice is allowed.
    @Override
    void close();

    /// [#add] for a vector in an array; allocates.
    ///
    /// @param id the external id, any `long`
    /// @param vector what holds the vector; copied, stays the caller's
    /// @throws IllegalArgumentException also if its length is not `space().dimensions()`
    default void add(long id, float[] vector) {
        Vectors.checkArray("vector", vector, space());
        add(id, MemorySegment.ofArray(vector), 0);
    }

    /// [#upsert] for a vector in an array; allocates.
    ///
    /// @param id the external id, any `long`
    /// @param vector what holds the vector; copied, stays the caller's
    /// @throws IllegalArgumentException also if its length is not `space().dimensions()`
    default void upsert(long id, float[] vector) {
        Vectors.checkArray("vector", vector, space());
        upsert(id, MemorySegment.ofArray(vector), 0);
    }

    /// [#search] for a query in an array, nearest first; allocates the list, its records and, for
    /// the time of the call, off-heap memory.
    ///
    /// @param query what holds the query; stays the caller's
    /// @param k how many are wanted; fewer are found if the index holds fewer
    /// @return the neighbours, nearest first
    /// @throws IllegalArgumentException also if its length is not `space().dimensions()`
    default List<Neighbour> search(float[] query, int k) {
        Vectors.checkArray("query", query, space());
        // Not more room than there are entries, and still an error where k is not positive.
        int wanted = Math.min(k, Math.max(1, len()));
        try (Neighbours found = new Neighbours(Math.max(1, wanted))) {
            int count = search(MemorySegment.ofArray(query), 0, wanted, found);
            List<Neighbour> list = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                list.add(new Neighbour(found.idAt(i), found.distanceAt(i)));
            }
            return list;
        }
    }
}
