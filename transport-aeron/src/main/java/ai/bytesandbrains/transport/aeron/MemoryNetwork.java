package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.codecs.sbe.DropReason;
import ai.bytesandbrains.codecs.sbe.FrameDispatcher;
import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.MessageWriter;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// A network inside one process: a mailbox, an off-heap ring buffer, for each node. The same frames
/// and the same outbox as over Aeron, no driver. Nodes may run on any threads.
public final class MemoryNetwork {

    private static final int FRAME_TYPE = 1;
    private static final int MESSAGES_PER_POLL = 16;

    private final ConcurrentMap<Integer, Box> mailboxes = new ConcurrentHashMap<>();
    private final int mailboxBytes;

    /// Makes a network without nodes.
    ///
    /// @param mailboxBytes the size of a mailbox, a power of two from 1,024; an eighth of it is the
    ///     longest frame
    public MemoryNetwork(int mailboxBytes) {
        RingBufferDescriptor.checkCapacity(
                mailboxBytes + RingBufferDescriptor.TRAILER_LENGTH,
                ManyToOneRingBuffer.MIN_CAPACITY);
        this.mailboxBytes = mailboxBytes;
    }

    /// {@return what opens a mailbox for a node}
    ///
    /// @param mailbox its number, which is the node's address; positive and free
    public Transport.Factory mailbox(int mailbox) {
        return (peers, drops) -> new Mailbox(Address.memory(mailbox), peers, drops);
    }

    private Box allocate(int mailbox) {
        Box box = new Box(mailboxBytes);
        if (mailboxes.putIfAbsent(mailbox, box) != null) {
            throw new IllegalArgumentException("mailbox=" + mailbox + ": taken");
        }
        return box;
    }

    /// A ring buffer that many write, and whether its reader has gone.
    private static final class Box {

        private final ManyToOneRingBuffer ring;
        private volatile boolean closed;

        Box(int bytes) {
            ring =
                    new ManyToOneRingBuffer(
                            new UnsafeBuffer(
                                    BufferUtil.allocateDirectAligned(
                                            bytes + RingBufferDescriptor.TRAILER_LENGTH, 64)));
        }
    }

    private final class Mailbox implements Transport {

        private final Address address;
        private final PeerTable peers;
        private final DropCounters drops;
        private final Box own;
        private final TransportCounters counters = new TransportCounters();
        private final MessageHandler handler = this::onFrame;
        private final PeerDescriptor descriptor = new PeerDescriptor();
        /// By slot of the peer's handle: who that was, and his mailbox.
        private final long[] knownPeers;
        private final Box[] knownMailboxes;
        private final Unreachable unreachable;
        private FrameDispatcher dispatcher;
        private long nowNs;

        Mailbox(Address address, PeerTable peers, DropCounters drops) {
            this.address = address;
            this.peers = peers;
            this.drops = drops;
            own = allocate(address.stream());
            knownPeers = new long[peers.capacity()];
            knownMailboxes = new Box[peers.capacity()];
            unreachable = new Unreachable(peers);
        }

        @Override
        public Address localAddress() {
            return address;
        }

        @Override
        public int maxFrameLength() {
            return own.ring.maxMsgLength();
        }

        @Override
        public int maxConnections() {
            return 0;
        }

        @Override
        public TransportCounters counters() {
            return counters;
        }

        @Override
        public <M> SendResult send(
                long toPeer, M message, MessageWriter<M> writer, FrameStamp stamp) {
            Box box = mailboxOf(toPeer);
            if (box == null) {
                unreachable.add(toPeer);
                return counters.count(SendResult.UNREACHABLE);
            }
            return put(box, peers.shortIdOf(toPeer), message, writer, stamp);
        }

        @Override
        public <M> SendResult probe(
                PeerDescriptor to, M message, MessageWriter<M> writer, FrameStamp stamp) {
            Box box =
                    to.addressKind() == Address.Kind.MEMORY.code()
                            ? mailboxes.get(to.stream())
                            : null;
            return box == null || box.closed
                    ? counters.count(SendResult.UNREACHABLE)
                    : put(box, to.shortId(), message, writer, stamp);
        }

        private <M> SendResult put(
                Box box, long receiver, M message, MessageWriter<M> writer, FrameStamp stamp) {
            int length = stamp.frameLength(writer, message);
            if (length > maxFrameLength()) {
                return counters.count(SendResult.TOO_LONG);
            }
            ManyToOneRingBuffer to = box.ring;
            int at = to.tryClaim(FRAME_TYPE, length);
            if (at < 0) {
                return counters.count(SendResult.BACK_PRESSURE);
            }
            boolean written = false;
            try {
                stamp.write(writer, message, receiver, to.buffer(), at);
                written = true;
            } finally {
                if (written) {
                    to.commit(at);
                } else {
                    to.abort(at);
                }
            }
            return counters.sent(length);
        }

        @Override
        public int poll(FrameDispatcher dispatcher, long nowNs, int limit) {
            this.dispatcher = dispatcher;
            this.nowNs = nowNs;
            return own.ring.read(handler, Math.min(limit, MESSAGES_PER_POLL));
        }

        @Override
        public int maintain(long nowNs, FailureListener listener) {
            return unreachable.report(listener, counters);
        }

        @Override
        public void close() {
            own.closed = true;
            mailboxes.remove(address.stream(), own);
            unreachable.clear();
        }

        /// Null if nobody listens at any of the peer's addresses.
        private Box mailboxOf(long peer) {
            int slot = PeerTable.slotOf(peer);
            Box known = knownMailboxes[slot];
            if (knownPeers[slot] != peer || known == null || known.closed) {
                known = lookUp(peer);
                knownPeers[slot] = peer;
                knownMailboxes[slot] = known;
            }
            return known;
        }

        private Box lookUp(long peer) {
            int addresses = peers.addressCount(peer);
            for (int i = 0; i < addresses; i++) {
                peers.describe(peer, i, descriptor);
                if (descriptor.addressKind() == Address.Kind.MEMORY.code()) {
                    Box box = mailboxes.get(descriptor.stream());
                    if (box != null && !box.closed) {
                        return box;
                    }
                }
            }
            return null;
        }

        private void onFrame(int type, MutableDirectBuffer buffer, int offset, int length) {
            counters.received(length);
            if (type == FRAME_TYPE) {
                dispatcher.onFrame(buffer, offset, length, nowNs);
            } else {
                drops.increment(DropReason.UNKNOWN_KIND);
            }
        }
    }
}
