package ai.bytesandbrains.codecs.sbe;

import org.agrona.MutableDirectBuffer;

/// Encodes the messages of one protocol, in place. Single-threaded, allocates nothing.
///
/// @param <M> the protocol's message interface
public interface MessageWriter<M> {

    /// {@return the length of a message's frame, header included, in bytes}
    ///
    /// @param message the message
    int frameLength(M message);

    /// Writes a frame.
    ///
    /// @param message the message
    /// @param receiver the first 64 bits of the receiver's identity
    /// @param stamp what else goes into the header
    /// @param buffer has room for [#frameLength] bytes at `offset`
    /// @param offset where to begin
    void write(M message, long receiver, FrameStamp stamp, MutableDirectBuffer buffer, int offset);
}
