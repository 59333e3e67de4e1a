package ai.bytesandbrains.engine.overlay;

/// The one way out of a protocol. Each protocol has an outbox of its own message type, bound at
/// wiring to an encoder and to the transport.
///
/// @param <M> the protocol's message interface
@FunctionalInterface
public interface Outbox<M> {

    /// Sends a message, or refuses it. A protocol changes its state only after `true`; it is in the
    /// middle of its work and must not be called from here.
    ///
    /// @param toPeer a live handle of the node's [PeerTable]
    /// @param message a view, valid during this call only
    /// @return false if the transport cannot take it now (back-pressure)
    boolean send(long toPeer, M message);
}
