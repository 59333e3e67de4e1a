package ai.bytesandbrains.engine.session;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;

/// A message of the handshake: a view, valid during the call it is passed to.
public interface HandshakeMessage {

    /// {@return what it is}
    HandshakeKind kind();

    /// {@return what ties a [HandshakeKind#CHALLENGE] to its [HandshakeKind#HELLO]; zero in others}
    long nonce();

    /// {@return what a [HandshakeKind#CHALLENGE] wants echoed and an [HandshakeKind#ECHO] echoes}
    long cookie();

    /// Fills in who sends it and where he listens; not for a [HandshakeKind#CHALLENGE].
    ///
    /// @param into what to fill
    void sender(PeerDescriptor into);

    /// {@return the sender's start that the frame names; zero on the way out}
    long incarnation();

    /// {@return the frame's number; zero on the way out}
    long sequence();
}
