package ai.bytesandbrains.engine.session;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/// One node of a test: a handshake that sends records, and a peer table.
final class Side implements AutoCloseable {

    /// A frame on the wire: what the header says, where it goes, and the message.
    record Frame(
            long from,
            long incarnation,
            long sequence,
            Peer to,
            HandshakeKind kind,
            long nonce,
            long cookie,
            Peer sender)
            implements HandshakeMessage {

        @Override
        public void sender(PeerDescriptor into) {
            into.set(sender);
        }
    }

    final Peer peer;
    final PeerTable table = new PeerTable(32);
    final Handshake handshake;
    final List<Peer> unreachable = new ArrayList<>();
    final long incarnation;
    private final Consumer<Frame> wire;
    private long sequence;
    boolean refusing;

    Side(int number, int mailbox, SessionConfig config, boolean proven, Consumer<Frame> wire) {
        this(number, mailbox, config, proven, wire, number * 31L + mailbox);
    }

    Side(
            int number,
            int mailbox,
            SessionConfig config,
            boolean proven,
            Consumer<Frame> wire,
            long seed) {
        this.wire = wire;
        peer = peer(number, mailbox);
        Random random = new Random(seed);
        incarnation = random.nextLong();
        handshake =
                new Handshake(
                        config,
                        new PeerDescriptor().set(peer),
                        table,
                        proven,
                        random,
                        (to, message) -> !refusing && send(describe(to), message),
                        (to, message) -> !refusing && send(to.toPeer(), message),
                        to -> unreachable.add(describe(to)));
    }

    static Peer peer(int number, int mailbox) {
        return new Peer(new PeerId(number, 2, 3, 4), Address.memory(mailbox));
    }

    long know(Peer other) {
        return table.acquire(new PeerDescriptor().set(other));
    }

    /// What a protocol's frame would be admitted as.
    FrameGuard.Verdict hear(Side from, long nowNs) {
        return handshake.admit(from.peer.id().shortId(), from.incarnation, ++from.sequence, nowNs);
    }

    int take(Frame frame, long nowNs) {
        return handshake.onMessage(table.find(frame.from()), frame, nowNs);
    }

    private Peer describe(long handle) {
        PeerDescriptor descriptor = new PeerDescriptor();
        table.describe(handle, descriptor);
        return descriptor.toPeer();
    }

    private boolean send(Peer to, HandshakeMessage message) {
        wire.accept(
                new Frame(
                        peer.id().shortId(),
                        incarnation,
                        ++sequence,
                        to,
                        message.kind(),
                        message.nonce(),
                        message.cookie(),
                        peer));
        return true;
    }

    @Override
    public void close() {
        handshake.close();
        table.close();
    }
}
