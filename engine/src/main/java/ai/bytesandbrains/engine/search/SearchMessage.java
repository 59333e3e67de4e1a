package ai.bytesandbrains.engine.search;

/// A message of the protocol, as a view: one of those that [SearchKind] names. Valid only
/// during the call that hands it over.
public interface SearchMessage {

    /// {@return which of them it is}
    SearchKind kind();

    /// {@return the number that ties an answer to its request}
    long requestId();
}
