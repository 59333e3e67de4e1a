package ai.bytesandbrains.engine.session;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;

/// The way out to addresses that nobody in the peer table stands for: few messages, small ones.
@FunctionalInterface
public interface ProbeOutbox {

    /// Sends a message, or refuses it.
    ///
    /// @param to who and where; valid during this call only
    /// @param message a view, valid during this call only
    /// @return false if the transport cannot take it now
    boolean send(PeerDescriptor to, HandshakeMessage message);
}
