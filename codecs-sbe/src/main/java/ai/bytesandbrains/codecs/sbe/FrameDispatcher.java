package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.FrameHeaderDecoder;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Protocol;
import ai.bytesandbrains.engine.session.FrameGuard;
import ai.bytesandbrains.engine.session.FrameGuard.Verdict;
import ai.bytesandbrains.engine.session.Handshake;

import org.agrona.DirectBuffer;

/// The inbound edge: takes whatever arrives, checks it, and hands it to the protocol it is for.
///
/// A frame that is malformed, truncated, foreign or meant for somebody else is counted by reason
/// and dropped; nothing of it reaches a protocol and nothing is thrown. Single-threaded, allocates
/// nothing.
public final class FrameDispatcher {

    /// The length of what every frame starts with, in bytes.
    public static final int HEADER_LENGTH =
            MessageHeaderDecoder.ENCODED_LENGTH + FrameHeaderDecoder.ENCODED_LENGTH;

    /// The most protocols that can be bound: ids from 1 to 15.
    private static final int MAX_PROTOCOLS = 16;

    private final long networkId;
    private final long self;
    private final PeerTable table;
    private final DropCounters drops;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final Words words = new Words();
    private final PeerDescriptor claimed = new PeerDescriptor();
    private final Route<?>[] routes = new Route<?>[MAX_PROTOCOLS];

    private FrameSeal seal;
    private FrameGuard guard;
    private int unguarded;

    // Of the frame that was checked last.
    private int protocolId;
    private long sender;
    private long incarnation;
    private long sequence;

    /// Makes a dispatcher without protocols.
    ///
    /// @param networkId frames of other networks are dropped
    /// @param self frames for other nodes are dropped; those for nobody in particular are not
    /// @param table where senders are looked up
    /// @param drops counts what is dropped
    public FrameDispatcher(long networkId, PeerId self, PeerTable table, DropCounters drops) {
        this.networkId = networkId;
        this.self = self.shortId();
        this.table = table;
        this.drops = drops;
    }

    /// Drops frames without a seal.
    ///
    /// @param seal checks them; null for none
    /// @return this
    public FrameDispatcher sealedBy(FrameSeal seal) {
        this.seal = seal;
        return this;
    }

    /// Drops frames of strangers and frames seen before, but for those of the handshake.
    ///
    /// @param handshake knows the sessions; it gets frames of its own unasked
    /// @return this
    public FrameDispatcher guardedBy(Handshake handshake) {
        guard = handshake;
        unguarded = handshake.protocolId();
        return bind(handshake, new HandshakeReader());
    }

    /// Lets frames through to a protocol.
    ///
    /// @param <M> the protocol's message interface
    /// @param protocol takes the messages
    /// @param reader decodes them
    /// @return this
    /// @throws IllegalArgumentException if the protocol's id is out of range or taken
    public <M> FrameDispatcher bind(Protocol<M> protocol, MessageReader<M> reader) {
        int id = protocol.protocolId();
        if (id < 1 || id >= MAX_PROTOCOLS || routes[id] != null) {
            throw new IllegalArgumentException(
                    "protocolId=%d: taken, or not from 1 to %d".formatted(id, MAX_PROTOCOLS - 1));
        }
        routes[id] = new Route<>(protocol, reader);
        return this;
    }

    /// Takes a frame.
    ///
    /// @param buffer holds it
    /// @param offset where it begins
    /// @param length in bytes
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    /// @return how much was done; zero if it was dropped or of no use
    public int onFrame(DirectBuffer buffer, int offset, int length, long nowNs) {
        DropReason reason = check(buffer, offset, length);
        if (reason != null) {
            drops.increment(reason);
            return 0;
        }
        Route<?> route = routes[protocolId];
        Verdict verdict = verdict(nowNs);
        if (verdict == Verdict.REPLAYED) {
            drops.increment(DropReason.REPLAYED);
            return 0;
        }
        int sealBytes = seal == null ? 0 : FrameSeal.BYTES;
        reason = route.reader.wrap(header, sender, buffer, offset, length - sealBytes);
        if (reason != null) {
            drops.increment(reason);
            return 0;
        }
        if (verdict == Verdict.STRANGER) {
            drops.increment(DropReason.STRANGER);
            if (route.reader.sender(claimed)) {
                guard.onStranger(claimed, incarnation, nowNs);
            }
            return 0;
        }
        return route.deliver(table.find(sender), nowNs);
    }

    private Verdict verdict(long nowNs) {
        return guard == null || protocolId == unguarded
                ? Verdict.ADMITTED
                : guard.admit(sender, incarnation, sequence, nowNs);
    }

    private DropReason check(DirectBuffer buffer, int offset, int length) {
        if (length < HEADER_LENGTH) {
            return DropReason.TRUNCATED;
        }
        // Before anything else: what is in a frame that fails here is nobody's business.
        if (seal != null && !seal.holds(buffer, offset, length)) {
            return DropReason.UNAUTHENTICATED;
        }
        header.wrap(buffer, offset);
        words.wrap(buffer, offset, HEADER_LENGTH);
        long at = words.at(0, HEADER_LENGTH);
        if (MessageHeaders.schemaId(words.getLong(at)) != MessageHeaderDecoder.SCHEMA_ID) {
            return DropReason.FOREIGN_SCHEMA;
        }
        return checkHeader(at + MessageHeaderDecoder.ENCODED_LENGTH, length);
    }

    private DropReason checkHeader(long at, int length) {
        long word = words.getLong(at + FrameHeader.PROTOCOL);
        if ((word >>> FrameHeader.MAJOR_SHIFT & 0xff) != FrameStamp.VERSION_MAJOR) {
            return DropReason.WRONG_VERSION;
        }
        if (word >>> FrameHeader.LENGTH_SHIFT != length) {
            return DropReason.LENGTH_MISMATCH;
        }
        if (words.getLong(at + FrameHeader.NETWORK) != networkId) {
            return DropReason.WRONG_NETWORK;
        }
        long receiver = words.getLong(at + FrameHeader.RECEIVER);
        if (receiver != self && receiver != 0) {
            return DropReason.WRONG_RECEIVER;
        }
        sender = words.getLong(at + FrameHeader.SENDER);
        if (sender == 0 || sender == self) {
            return DropReason.BAD_SENDER;
        }
        protocolId = (int) word & 0xffff;
        if (protocolId >= MAX_PROTOCOLS || routes[protocolId] == null) {
            return DropReason.UNKNOWN_PROTOCOL;
        }
        incarnation = words.getLong(at + FrameHeader.INCARNATION);
        sequence = words.getLong(at + FrameHeader.SEQUENCE);
        return length <= routes[protocolId].maxFrameLength ? null : DropReason.OVERSIZED;
    }

    private static final class Route<M> {

        private final Protocol<M> protocol;
        private final MessageReader<M> reader;
        private final int maxFrameLength;

        Route(Protocol<M> protocol, MessageReader<M> reader) {
            this.protocol = protocol;
            this.reader = reader;
            maxFrameLength = reader.maxFrameLength();
        }

        int deliver(long fromPeer, long nowNs) {
            return protocol.onMessage(fromPeer, reader.message(), nowNs);
        }
    }
}
