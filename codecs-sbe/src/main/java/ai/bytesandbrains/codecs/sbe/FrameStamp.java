package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.FrameHeaderEncoder;
import ai.bytesandbrains.engine.overlay.PeerId;

import org.agrona.MutableDirectBuffer;

/// What a node writes into the header of every frame it sends: who it is, in which network, since
/// which start, and a number that never repeats within that start. Single-threaded.
public final class FrameStamp {

    /// The major version of the protocol: another one cannot be read.
    public static final int VERSION_MAJOR = 1;

    /// The minor version: a newer one is read as far as it is known.
    public static final int VERSION_MINOR = 0;

    private final long networkId;
    private final long sender;
    private final long incarnation;
    private final FrameSeal seal;
    private long sequence;

    /// Makes the stamp of one start of a node.
    ///
    /// @param networkId the network
    /// @param self the node
    /// @param incarnation drawn at random at each start
    public FrameStamp(long networkId, PeerId self, long incarnation) {
        this(networkId, self, incarnation, null);
    }

    /// Makes the stamp of one start of a node in a network that has a key.
    ///
    /// @param networkId the network
    /// @param self the node
    /// @param incarnation drawn at random at each start
    /// @param seal ends every frame; null for none
    public FrameStamp(long networkId, PeerId self, long incarnation, FrameSeal seal) {
        this.networkId = networkId;
        this.sender = self.shortId();
        this.incarnation = incarnation;
        this.seal = seal;
    }

    /// {@return the length of a message's frame, all of it, in bytes}
    ///
    /// @param <M> the protocol's message interface
    /// @param writer encodes the message
    /// @param message the message
    public <M> int frameLength(MessageWriter<M> writer, M message) {
        return writer.frameLength(message) + sealBytes();
    }

    /// Writes a whole frame.
    ///
    /// @param <M> the protocol's message interface
    /// @param writer encodes the message
    /// @param message the message
    /// @param receiver the first 64 bits of the receiver's identity
    /// @param buffer has room for [#frameLength] bytes at `offset`
    /// @param offset where to begin
    public <M> void write(
            MessageWriter<M> writer,
            M message,
            long receiver,
            MutableDirectBuffer buffer,
            int offset) {
        writer.write(message, receiver, this, buffer, offset);
        if (seal != null) {
            seal.seal(buffer, offset, frameLength(writer, message));
        }
    }

    /// {@return what every frame has on top of its message, in bytes}
    public int sealBytes() {
        return seal == null ? 0 : FrameSeal.BYTES;
    }

    void apply(FrameHeaderEncoder header, int protocolId, long receiver, int length) {
        header.protocolId(protocolId)
                .versionMajor((short) VERSION_MAJOR)
                .versionMinor((short) VERSION_MINOR)
                .length(length + sealBytes())
                .networkId(networkId)
                .sender(sender)
                .receiver(receiver)
                .incarnation(incarnation)
                .sequence(++sequence);
    }
}
