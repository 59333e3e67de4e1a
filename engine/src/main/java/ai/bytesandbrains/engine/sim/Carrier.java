package ai.bytesandbrains.engine.sim;

import java.lang.foreign.MemorySegment;

/// Carries messages of one kind through the network of a simulation: a message is a view that is
/// valid during `send` only, so it is written as bytes and read back when it arrives. The bytes may
/// be those of the real wire format, which puts encoder and decoder under test as well.
///
/// @param <M> the protocol's message interface
public interface Carrier<M> {

    /// {@return the most bytes that a message takes}
    int maxBytes();

    /// Writes a message.
    ///
    /// @param from the sender's handle
    /// @param to the receiver's handle
    /// @param message the message
    /// @param into where to write
    /// @param offset where it begins, a multiple of 8
    /// @return how many bytes were written, at most [#maxBytes]
    int write(long from, long to, M message, MemorySegment into, long offset);

    /// Reads a message.
    ///
    /// @param from the sender's handle
    /// @param to the receiver's handle
    /// @param bytes where it is
    /// @param offset where it begins
    /// @param length how many bytes [#write] had written
    /// @return a view, valid until the next one is read; null if the message is dropped as
    ///     malformed
    M read(long from, long to, MemorySegment bytes, long offset, int length);

    /// {@return how many bytes the message takes on a real wire, for the traffic figures}
    ///
    /// @param message the message
    /// @param written what [#write] returned
    default int wireBytes(M message, int written) {
        return written;
    }
}
