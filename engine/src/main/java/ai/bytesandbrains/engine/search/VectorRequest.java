package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;

/// A wish for the vectors of some of the hits that a peer has answered a query with. It carries the
/// number of that query.
public interface VectorRequest extends SearchMessage {

    @Override
    default SearchKind kind() {
        return SearchKind.FETCH;
    }

    /// Reads who asks, so that a peer which has forgotten the asker can answer.
    ///
    /// @param into what to fill
    void asker(PeerDescriptor into);

    /// {@return how long the asker still waits, in nanoseconds}
    long budgetNs();

    /// {@return how many components a vector is expected to have}
    int dimensions();

    /// {@return how the components are to be written}
    QueryEncoding encoding();

    /// {@return how many vectors are wanted}
    int size();

    /// {@return the external id of a vector, in the asked peer's numbering}
    ///
    /// @param index from 0 to `size() - 1`
    long idAt(int index);
}
