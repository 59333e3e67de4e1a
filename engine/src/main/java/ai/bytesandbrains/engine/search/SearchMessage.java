package ai.bytesandbrains.engine.search;

/// A message of the protocol, as a view: a [SearchRequest] or a [SearchResponse]. Valid only during
/// the call that hands it over.
public interface SearchMessage {

    /// {@return which of the two it is}
    SearchKind kind();

    /// {@return the number that ties an answer to its request}
    long requestId();
}
