package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import org.agrona.DirectBuffer;

/// Decodes the messages of one protocol as views over the received bytes. Single-threaded,
/// allocates nothing.
///
/// A reader proves every length, count and code in a body before it says yes, so that the view it
/// hands out cannot read outside the frame: the buffer around it holds other people's frames.
///
/// @param <M> the protocol's message interface
public interface MessageReader<M> {

    /// Looks at a frame whose header is in order.
    ///
    /// @param header wrapped around its start
    /// @param sender the sender that the header names
    /// @param buffer holds the frame
    /// @param offset where it begins
    /// @param length of the frame, in bytes
    /// @return null if [#message] may be used, or why the frame has to be dropped
    DropReason wrap(
            MessageHeaderDecoder header, long sender, DirectBuffer buffer, int offset, int length);

    /// {@return the message, a view over the frame that was wrapped last}
    M message();

    /// {@return the longest frame that it looks at, in bytes; longer ones are dropped}
    int maxFrameLength();

    /// Tells whom the frame that was wrapped last is from, if it says so itself.
    ///
    /// @param into takes the sender and where he listens
    /// @return false if the message carries no such thing
    default boolean sender(PeerDescriptor into) {
        return false;
    }
}
