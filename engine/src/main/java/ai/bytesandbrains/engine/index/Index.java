package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Vectors;
import ai.bytesandbrains.engine.train.TrainingCancelledException;
import ai.bytesandbrains.engine.train.TrainingProgress;

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
/// **Threads.** One writer: `add`, `upsert`, `remove`, `removeMatching`, `observe`, `train`,
/// `reset`, `reserve` and `close` are for one thread at a time (which may change if the change is
/// ordered). [FlatIndex] and [PqIndex] allow any number of readers beside it: the searches,
/// `contains`, `slotOf`, `len`. A search sees each entry as it was before or after a change, never
/// in between; entries that come or go while it runs may or may not be found. An index of others
/// may promise less and says so.
///
/// **Allocation.** `add` into room that is there (see [#reserve]), `upsert`, `remove` and the
/// segment forms of the searches allocate nothing in steady state; the array forms and `train` do.
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

    /// Takes out all entries whose stored form equals that of a vector: the same row of an index
    /// that keeps rows, the same code of one that keeps codes alone. Looks at all entries.
    ///
    /// @param vector what holds the vector; stays the caller's
    /// @param offset byte offset of the vector
    /// @return how many there were
    /// @throws IllegalArgumentException as [#upsert]
    /// @throws IllegalStateException if the index is closed or not trained
    /// @throws UnsupportedOperationException if the index cannot do that
    default int removeMatching(MemorySegment vector, long offset) {
        throw unsupported("removeMatching");
    }

    /// Makes room, so that adding does not allocate until there are `entries` entries.
    ///
    /// @param entries how many entries are to fit in all
    /// @throws IllegalArgumentException if `entries` is negative
    /// @throws IllegalStateException if the index is closed
    default void reserve(int entries) {
        if (entries < 0) {
            throw new IllegalArgumentException("entries=" + entries + " must not be negative");
        }
    }

    /// Finds the nearest vectors.
    ///
    /// @param query what holds the query; stays the caller's
    /// @param queryOffset byte offset of the query
    /// @param options how many are wanted, and which; fewer are found if fewer pass
    /// @param out is reset and receives the result; owned by the caller, valid until used again
    /// @return how many were found
    /// @throws IllegalArgumentException if `options.k()` is above the capacity of `out`, or the
    ///     query is not a vector that could be added
    /// @throws IllegalStateException if the index or `out` is closed, or the index is not trained
    int search(MemorySegment query, long queryOffset, SearchOptions options, Neighbours out);

    /// Finds the `k` nearest of all vectors: [#search(MemorySegment, long, SearchOptions,
    /// Neighbours)] with [SearchOptions#of].
    ///
    /// @param query what holds the query; stays the caller's
    /// @param queryOffset byte offset of the query
    /// @param k how many are wanted; fewer are found if the index holds fewer
    /// @param out is reset and receives the result; owned by the caller, valid until used again
    /// @return how many were found
    /// @throws IllegalArgumentException if `k` is not between 1 and the capacity of `out`, or the
    ///     query is not a vector that could be added
    /// @throws IllegalStateException if the index or `out` is closed, or the index is not trained
    default int search(MemorySegment query, long queryOffset, int k, Neighbours out) {
        return search(query, queryOffset, SearchOptions.of(k), out);
    }

    /// Finds all vectors within a radius.
    ///
    /// @param query what holds the query; stays the caller's
    /// @param queryOffset byte offset of the query
    /// @param radius the largest distance that is found, in the unit of the space; not NaN
    /// @param filter which entries may be found
    /// @param out is reset and receives the result; owned by the caller, valid until used again
    /// @return how many were found
    /// @throws IllegalArgumentException if `radius` is NaN, or the query is not a vector that could
    ///     be added
    /// @throws IllegalStateException if the index or `out` is closed, or the index is not trained
    /// @throws UnsupportedOperationException if the index cannot do that
    default int searchRange(
            MemorySegment query,
            long queryOffset,
            float radius,
            RowFilter filter,
            RangeResult out) {
        throw unsupported("searchRange");
    }

    /// Finds the nearest vectors for each of `count` queries, with the results of single searches
    /// to the last bit.
    ///
    /// @param queries what holds the queries; stays the caller's
    /// @param offset byte offset of the first query
    /// @param stride bytes from one query to the next
    /// @param count number of queries, at least 1
    /// @param options how many are wanted for each, and which
    /// @param out receives the result of query `i` in `out[i]`; all are reset
    /// @throws IllegalArgumentException as `search` for each query; results are of no use then
    /// @throws IllegalStateException if the index or one of `out` is closed, or the index is not
    ///     trained
    default void searchBatch(
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out) {
        Batches.check(space(), queries, offset, stride, count, out);
        for (int i = 0; i < count; i++) {
            search(queries, offset + i * stride, options, out[i]);
        }
    }

    /// [#searchBatch(MemorySegment, long, long, int, SearchOptions, Neighbours\[\])] on several
    /// threads; an index that does not allow readers at once searches on the caller's alone.
    ///
    /// @param queries what holds the queries; stays the caller's, and can be read by other threads
    /// @param offset byte offset of the first query
    /// @param stride bytes from one query to the next
    /// @param count number of queries, at least 1
    /// @param options how many are wanted for each, and which
    /// @param out receives the result of query `i` in `out[i]`; all are reset
    /// @param workers who does the work; stays the caller's, in use by this call until it returns
    /// @throws IllegalArgumentException as `search` for each query; results are of no use then
    /// @throws IllegalStateException if the index, `workers` or one of `out` is closed, `workers`
    ///     are at work, or the index is not trained
    default void searchBatch(
            MemorySegment queries,
            long offset,
            long stride,
            int count,
            SearchOptions options,
            Neighbours[] out,
            Workers workers) {
        searchBatch(queries, offset, stride, count, options, out);
    }

    /// Learns from one vector in passing, nothing for some indexes. It adds no entry.
    ///
    /// @param vector what holds the vector; stays the caller's
    /// @param offset byte offset of the vector
    /// @throws IllegalArgumentException if the vector could not be added
    /// @throws IllegalStateException if the index is closed
    default void observe(MemorySegment vector, long offset) {}

    /// [#observe] for `count` vectors.
    ///
    /// @param vectors what holds the vectors; stays the caller's
    /// @param offset byte offset of the first vector
    /// @param stride bytes from one vector to the next
    /// @param count number of vectors, at least 1
    /// @throws IllegalArgumentException if they do not lie inside the segment, or one of them could
    ///     not be added
    /// @throws IllegalStateException if the index is closed
    default void observeBatch(MemorySegment vectors, long offset, long stride, int count) {
        Vectors.checkRows("vectors", vectors, offset, stride, count, space().vectorBytes());
        for (int i = 0; i < count; i++) {
            observe(vectors, offset + i * stride);
        }
    }

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

    /// [#train(MemorySegment, long, long, int)] with several threads, for those who want to watch
    /// or end it. An index that learns nothing, or knows no threads, trains on the caller's alone
    /// and may tell nothing.
    ///
    /// @param samples what holds the samples; stays the caller's
    /// @param offset byte offset of the first sample
    /// @param stride bytes from one sample to the next
    /// @param count number of samples
    /// @param workers who does the work; stays the caller's, in use by this call until it returns
    /// @param progress follows the training and may end it
    /// @throws IllegalArgumentException if the samples do not lie inside the segment, are too few,
    ///     or could not be added
    /// @throws IllegalStateException if the index or `workers` is closed, or the index holds
    ///     entries that rest on an earlier training
    /// @throws TrainingCancelledException if `progress` said so; the index is as before then
    default void train(
            MemorySegment samples,
            long offset,
            long stride,
            int count,
            Workers workers,
            TrainingProgress progress) {
        train(samples, offset, stride, count);
    }

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

    /// {@return the slot of the entry under this id, -1 if there is none} A number from 0 on that
    /// stays with the entry until it is removed; what a [SlotBitmap] is built of.
    ///
    /// @param id the external id, any `long`
    /// @throws UnsupportedOperationException if the index has no slots
    default int slotOf(long id) {
        throw unsupported("slotOf");
    }

    /// {@return a number above every slot that an entry has now; 0 if the index gives no vectors
    /// back, as one does that has no slots}
    default int slotLimit() {
        return 0;
    }

    /// Copies a vector out, up to the rounding of the form that the index keeps it in; a cosine
    /// index may give back one of unit length.
    ///
    /// @param slot from 0 to `slotLimit() - 1`
    /// @param vector receives `space().vectorBytes()` bytes
    /// @param offset where, in bytes
    /// @return false if no entry is in the slot, or only its code is kept
    /// @throws IndexOutOfBoundsException if there is no such slot
    default boolean vectorAt(int slot, MemorySegment vector, long offset) {
        throw new IndexOutOfBoundsException("slot=" + slot + ": the index has none");
    }

    /// {@return what the index costs off-heap now, scratch of searches not counted}
    ///
    /// @throws UnsupportedOperationException if the index does not know
    default MemoryPlan memory() {
        throw unsupported("memory");
    }

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

    private UnsupportedOperationException unsupported(String verb) {
        return new UnsupportedOperationException(getClass().getName() + " has no " + verb);
    }
}
