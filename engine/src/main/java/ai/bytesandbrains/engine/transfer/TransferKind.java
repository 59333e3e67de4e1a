package ai.bytesandbrains.engine.transfer;

/// The messages of a transfer.
public enum TransferKind {
    /// "I have this blob."
    OFFER,
    /// "Send me these chunks of it."
    FETCH,
    /// A chunk.
    CHUNK,
    /// "I do not have it, or have it no longer."
    GONE
}
