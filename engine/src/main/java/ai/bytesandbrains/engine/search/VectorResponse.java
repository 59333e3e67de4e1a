package ai.bytesandbrains.engine.search;

/// Some of the vectors that were wished for: as many as fit into a message, so there may be several
/// messages to one wish.
public interface VectorResponse extends SearchMessage {

    @Override
    default SearchKind kind() {
        return SearchKind.VECTORS;
    }

    /// {@return whether the wish was granted, or why not; then there are no vectors}
    SearchStatus status();

    /// {@return how many components each vector has}
    int dimensions();

    /// {@return how the components are written}
    QueryEncoding encoding();

    /// {@return how many vectors this message tells about}
    int size();

    /// {@return the external id of a vector}
    ///
    /// @param index from 0 to `size() - 1`
    long idAt(int index);

    /// {@return whether the vector is in the message}
    ///
    /// @param index from 0 to `size() - 1`
    VectorState stateAt(int index);

    /// {@return what the components of a vector are multiplied with; 1 where the encoding needs
    /// nothing}
    ///
    /// @param index of a vector that is [VectorState#THERE]
    float scaleAt(int index);

    /// Reads eight bytes of an encoded vector, little-endian.
    ///
    /// @param index of a vector that is [VectorState#THERE]
    /// @param word from 0; the last word is filled up with zeros
    /// @return bytes `8 word` to `8 word + 7`
    long vectorWordAt(int index, int word);
}
