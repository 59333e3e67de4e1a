package ai.bytesandbrains.engine.overlay;

/// A protocol without input and output: messages and time go in, messages leave through the
/// [Outbox] it was made with. Single-threaded: one agent owns it.
///
/// @param <M> the interface of its messages
public interface Protocol<M> {

    /// {@return the number that frames carry to name this protocol; it never changes}
    int protocolId();

    /// Does what is due: sends, retries, gives up. Allocates nothing in steady state.
    ///
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @return how much was done; zero if nothing
    int poll(long nowNs);

    /// Takes a message. It has been checked for form by the adapter that decoded it, not for sense.
    ///
    /// @param fromPeer the sender's handle, or [PeerTable#NULL_PEER] if the table does not know it
    /// @param message a view, valid during this call only
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @return how much was done; zero if the message was of no use
    int onMessage(long fromPeer, M message, long nowNs);

    /// Tells when [#poll] next has something to do; a time that never comes if there is nothing.
    ///
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @return that time, not before `nowNs`
    long nextDeadlineNs(long nowNs);

    /// Tells that the transport could not reach a peer.
    ///
    /// @param peer the peer's handle
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    void onConnectionFailed(long peer, long nowNs);
}
