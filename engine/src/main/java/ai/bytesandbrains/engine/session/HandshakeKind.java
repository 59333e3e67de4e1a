package ai.bytesandbrains.engine.session;

/// The messages of a handshake.
public enum HandshakeKind {
    /// "I want to talk to you": the sender's nonce and descriptor.
    HELLO,
    /// "Show that you can hear me": the nonce of the HELLO, zero if there was none, and a cookie.
    CHALLENGE,
    /// "I can": the cookie and the sender's descriptor.
    ECHO
}
