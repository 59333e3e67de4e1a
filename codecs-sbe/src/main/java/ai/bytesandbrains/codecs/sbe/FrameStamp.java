package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.FrameHeaderEncoder;
import ai.bytesandbrains.engine.overlay.KeyedHash;
import ai.bytesandbrains.engine.overlay.PeerId;

import org.agrona.MutableDirectBuffer;

/// What a node writes into the header of every frame it sends: who it is, in which network, since
/// which start, and a number that never repeats within that start.
///
/// A node calls its start, the incarnation, something else to every peer. So none of those that it
/// talks to can speak in its name to another one: whoever does not know the incarnation of a
/// session is a stranger there, whatever sequence he claims.
///
/// One count serves all receivers, and a frame that the transport then refuses has used up its
/// number. So a receiver sees gaps of any size, which mean nothing to it: the frames of a
/// connection come in their order, and what it remembers moves with the newest number. A number
/// that was taken back could come twice, with another frame. Single-threaded.
public final class FrameStamp {

    /// The major version of the protocol: another one cannot be read.
    public static final int VERSION_MAJOR = 1;

    /// The minor version: a newer one is read as far as it is known.
    public static final int VERSION_MINOR = 0;

    private static final long VERSION_BITS =
            (long) VERSION_MAJOR << FrameHeader.MAJOR_SHIFT
                    | (long) VERSION_MINOR << FrameHeader.MINOR_SHIFT;

    private final Words words = new Words();
    private final long networkId;
    private final long sender;
    private final long key0;
    private final long key1;
    private final boolean secret;
    private final FrameSeal seal;
    private long incarnation;
    private long incarnationFor;
    private long sequence;

    /// Makes a stamp that calls its start the same to all peers: for simulations and tests.
    ///
    /// @param networkId the network
    /// @param self the node
    /// @param incarnation the start
    public FrameStamp(long networkId, PeerId self, long incarnation) {
        this(networkId, self, false, 0, 0, null);
        this.incarnation = incarnation;
    }

    /// Makes the stamp of one start of a node.
    ///
    /// @param networkId the network
    /// @param self the node
    /// @param key0 one half of what incarnations are made from, drawn at random at each start
    /// @param key1 the other half
    /// @param seal ends every frame; null for none
    public FrameStamp(long networkId, PeerId self, long key0, long key1, FrameSeal seal) {
        this(networkId, self, true, key0, key1, seal);
        incarnation = KeyedHash.hash(key0, key1, 0);
    }

    private FrameStamp(
            long networkId, PeerId self, boolean secret, long key0, long key1, FrameSeal seal) {
        this.networkId = networkId;
        this.sender = self.shortId();
        this.secret = secret;
        this.key0 = key0;
        this.key1 = key1;
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

    private long incarnationFor(long receiver) {
        if (secret && receiver != incarnationFor) {
            incarnationFor = receiver;
            incarnation = KeyedHash.hash(key0, key1, receiver);
        }
        return incarnation;
    }

    /// Writes the header where a generated encoder says.
    ///
    /// @param length of the whole frame without its seal
    void apply(FrameHeaderEncoder header, int protocolId, long receiver, int length) {
        words.wrap(header.buffer(), header.offset(), FrameHeaderEncoder.ENCODED_LENGTH);
        apply(words, 0, protocolId, receiver, length);
    }

    /// Writes the header.
    ///
    /// @param length of the whole frame without its seal
    void apply(Words into, int offset, int protocolId, long receiver, int length) {
        long at = into.at(offset, FrameHeaderEncoder.ENCODED_LENGTH);
        long lengthWord = (long) (length + sealBytes()) << FrameHeader.LENGTH_SHIFT;
        into.putLong(at + FrameHeader.PROTOCOL, lengthWord | VERSION_BITS | protocolId);
        into.putLong(at + FrameHeader.NETWORK, networkId);
        into.putLong(at + FrameHeader.SENDER, sender);
        into.putLong(at + FrameHeader.RECEIVER, receiver);
        into.putLong(at + FrameHeader.INCARNATION, incarnationFor(receiver));
        into.putLong(at + FrameHeader.SEQUENCE, ++sequence);
    }
}
