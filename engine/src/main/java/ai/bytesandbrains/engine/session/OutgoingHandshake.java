package ai.bytesandbrains.engine.session;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;

/// The one outbound message of a node's handshakes, filled in before each sending.
final class OutgoingHandshake implements HandshakeMessage {

    private final PeerDescriptor self;
    private HandshakeKind kind;
    private long nonce;
    private long cookie;

    /// @param self whom HELLO and ECHO are from
    OutgoingHandshake(PeerDescriptor self) {
        this.self = self;
    }

    OutgoingHandshake hello(long nonce) {
        return set(HandshakeKind.HELLO, nonce, 0);
    }

    OutgoingHandshake challenge(long nonce, long cookie) {
        return set(HandshakeKind.CHALLENGE, nonce, cookie);
    }

    OutgoingHandshake echo(long cookie) {
        return set(HandshakeKind.ECHO, 0, cookie);
    }

    private OutgoingHandshake set(HandshakeKind kind, long nonce, long cookie) {
        this.kind = kind;
        this.nonce = nonce;
        this.cookie = cookie;
        return this;
    }

    @Override
    public HandshakeKind kind() {
        return kind;
    }

    @Override
    public long nonce() {
        return nonce;
    }

    @Override
    public long cookie() {
        return cookie;
    }

    @Override
    public void sender(PeerDescriptor into) {
        into.set(self);
    }

    /// The frame's header says it.
    @Override
    public long incarnation() {
        return 0;
    }

    /// The frame's header says it.
    @Override
    public long sequence() {
        return 0;
    }
}
