package ai.bytesandbrains.engine.transfer;

/// Hears of offers, and of fetches that have ended. Called on the node's thread, from within a poll
/// or the arrival of a message; may begin fetches.
public interface TransferListener {

    /// How a fetch ended.
    enum Outcome {
        /// All of it is there and its hash is right.
        COMPLETE,
        /// All of it is there and is not what the name says: somebody has lied.
        CORRUPT,
        /// The peer does not have it. What came so far stays: the fetch may be resumed.
        GONE,
        /// The peer has not answered in time or cannot be reached. What came so far stays: the
        /// fetch may be resumed.
        SILENT
    }

    /// A peer says that it has a blob.
    ///
    /// @param peer the peer's handle
    /// @param offer names the blob; valid during this call only
    void onOffer(long peer, TransferMessage offer);

    /// A fetch has ended, or waits for another peer.
    ///
    /// @param fetch what [Transfer#fetch] returned; no longer valid after a COMPLETE or CORRUPT
    /// @param outcome how
    void onFetchEnded(int fetch, Outcome outcome);
}
