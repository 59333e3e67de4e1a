package ai.bytesandbrains.engine.search;

/// The kinds of messages of the protocol.
public enum SearchKind {
    /// A query: [SearchRequest].
    REQUEST,
    /// Its answer: [SearchResponse].
    RESPONSE,
    /// A wish for vectors: [VectorRequest].
    FETCH,
    /// Vectors: [VectorResponse].
    VECTORS
}
