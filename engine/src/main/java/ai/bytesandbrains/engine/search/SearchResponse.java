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

    /// {@return whether the filter of the query was applied; false where there was none, and from
    /// peers that know no filters}
    boolean isFiltered();

    /// {@return what its distances were measured on: EXACT or ADC}
    DistanceForm form();

    /// {@return the first eight bytes of the id of the codebook, of no meaning unless ADC}
    long codebookHigh();

    /// {@return the last eight bytes of the id of the codebook, of no meaning unless ADC}
    long codebookLow();

    /// {@return mean squared L2 distance of vectors from their codes, not negative and finite; 0 if
    /// unknown, and unless ADC}
    float meanError();
}
