package ai.bytesandbrains.engine.search;

/// What a peer found.
public interface SearchResponse extends SearchMessage {

    @Override
    default SearchKind kind() {
        return SearchKind.RESPONSE;
    }

    /// {@return whether it searched, or why not}
    SearchStatus status();

    /// {@return how many hits there are, nearest first}
    int size();

    /// {@return the external id of a hit, in the answering peer's numbering}
    ///
    /// @param index from 0 to `size() - 1`
    long idAt(int index);

    /// {@return the distance of a hit}
    ///
    /// @param index from 0 to `size() - 1`
    float distanceAt(int index);
}
