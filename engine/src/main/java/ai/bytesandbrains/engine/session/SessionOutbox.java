package ai.bytesandbrains.engine.session;

import ai.bytesandbrains.engine.overlay.Outbox;

/// The outbox of a protocol that sends only where there is a session. To other peers it refuses,
/// and asks for a handshake: the protocol tries again, as it does with every refusal.
///
/// @param <M> the protocol's message interface
public final class SessionOutbox<M> implements Outbox<M> {

    private final Handshake handshake;
    private final Outbox<M> delegate;

    /// Makes an outbox in front of another one.
    ///
    /// @param handshake knows the sessions
    /// @param delegate sends
    public SessionOutbox(Handshake handshake, Outbox<M> delegate) {
        this.handshake = handshake;
        this.delegate = delegate;
    }

    @Override
    public boolean send(long toPeer, M message) {
        return handshake.isOpen(toPeer) && delegate.send(toPeer, message);
    }
}
