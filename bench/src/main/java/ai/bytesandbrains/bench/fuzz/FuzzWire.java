package ai.bytesandbrains.bench.fuzz;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.codecs.sbe.FrameDispatcher;
import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.MessageWriter;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.transport.aeron.SendResult;
import ai.bytesandbrains.transport.aeron.Transport;
import ai.bytesandbrains.transport.aeron.TransportCounters;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A wire in one thread on which every frame that arrives is followed by others made from it: once
/// more as it came, sent back to its sender, and damaged in all ways. Each is handed over in a
/// buffer of exactly its length, so that reading outside of a frame is an exception, and each gets
/// a sequence that its sender has not used, so that most damage meets the readers and not the
/// replay window. Allocates nothing while frames flow.
final class FuzzWire {

    private static final int MAX_FRAME = 1 << 13;
    private static final int INBOX_BYTES = 1 << 20;
    private static final int INBOX_FRAMES = 1 << 12;

    /// Of so many frames from a sender one comes again, and one goes back.
    private static final int SELDOM = 8;

    private final int copies;
    private final SplittableRandom random;
    private final Mutation mutation;
    private final FuzzTally tally;
    private final List<Inbox> inboxes = new ArrayList<>();
    private final UnsafeBuffer damaged = outsideTheHeap(2 * MAX_FRAME + Mutation.MORE);
    private final UnsafeBuffer before = outsideTheHeap(MAX_FRAME);
    private final UnsafeBuffer window = new UnsafeBuffer(0, 0);
    private int lengthBefore;
    private long sequence;

    /// A wire without nodes.
    ///
    /// @param copies damaged frames for each sound one
    FuzzWire(final int copies, final SplittableRandom random, final FuzzTally tally) {
        this.copies = copies;
        this.random = random;
        this.tally = tally;
        mutation = new Mutation(random.split());
    }

    /// {@return what opens a node's end of the wire}
    Transport.Factory end() {
        return (peers, drops) -> {
            final Inbox inbox = new Inbox(Address.memory(inboxes.size() + 1), peers, drops);
            inboxes.add(inbox);
            return inbox;
        };
    }

    /// Whether frames wait for a node.
    boolean isBusy() {
        for (int i = 0; i < inboxes.size(); i++) {
            if (inboxes.get(i).taken < inboxes.get(i).count) {
                return true;
            }
        }
        return false;
    }

    /// As the buffers of transports are.
    private static UnsafeBuffer outsideTheHeap(final int bytes) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(bytes, 64));
    }

    private Inbox at(final int kind, final int stream) {
        return kind == Address.Kind.MEMORY.code() && stream <= inboxes.size()
                ? inboxes.get(stream - 1)
                : null;
    }

    /// One node's end: the frames that have been sent to it, in their order.
    private final class Inbox implements Transport {
        private final Address address;
        private final PeerTable peers;
        private final DropCounters drops;
        private final TransportCounters counters = new TransportCounters();
        private final PeerDescriptor descriptor = new PeerDescriptor();
        private final UnsafeBuffer bytes = outsideTheHeap(INBOX_BYTES);
        private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
        private final int[] lengths = new int[INBOX_FRAMES];
        private int count;
        private int end;
        private int taken;
        private int takenBytes;

        Inbox(final Address address, final PeerTable peers, final DropCounters drops) {
            this.address = address;
            this.peers = peers;
            this.drops = drops;
        }

        @Override
        public Address localAddress() {
            return address;
        }

        @Override
        public int maxFrameLength() {
            return MAX_FRAME;
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
                final long toPeer,
                final M message,
                final MessageWriter<M> writer,
                final FrameStamp stamp) {
            peers.describe(toPeer, descriptor);
            return probe(descriptor, message, writer, stamp);
        }

        @Override
        public <M> SendResult probe(
                final PeerDescriptor to,
                final M message,
                final MessageWriter<M> writer,
                final FrameStamp stamp) {
            final int length = stamp.frameLength(writer, message);
            if (length > MAX_FRAME) {
                return counters.count(SendResult.TOO_LONG);
            }
            final Inbox there = at(to.addressKind(), to.stream());
            // Nobody listens at addresses that damage has made: what goes there is lost, as on a
            // real wire.
            if (there == null) {
                return counters.count(SendResult.SENT);
            }
            if (there.count == INBOX_FRAMES || there.end + length > INBOX_BYTES) {
                return counters.count(SendResult.BACK_PRESSURE);
            }
            stamp.write(writer, message, to.shortId(), there.bytes, there.end);
            there.lengths[there.count++] = length;
            there.end += length;
            return counters.sent(length);
        }

        @Override
        public int poll(final FrameDispatcher dispatcher, final long nowNs, final int limit) {
            int polled = 0;
            while (taken < count && polled < limit) {
                final int length = lengths[taken++];
                frame.wrap(bytes, takenBytes, length);
                takenBytes += length;
                deliverAll(dispatcher, length, nowNs);
                polled++;
            }
            if (taken == count) {
                taken = 0;
                count = 0;
                takenBytes = 0;
                end = 0;
            }
            return polled;
        }

        private void deliverAll(
                final FrameDispatcher dispatcher, final int length, final long nowNs) {
            Frames.sequence(frame, length, ++sequence);
            tally.countSound(Frames.template(frame));
            deliver(dispatcher, frame, length, nowNs);
            if (random.nextInt(SELDOM) == 0) {
                deliver(dispatcher, frame, length, nowNs);
            }
            if (random.nextInt(SELDOM) == 0) {
                damaged.putBytes(0, frame, 0, length);
                Frames.reflect(damaged, random.nextBoolean());
                deliver(dispatcher, damaged, length, nowNs);
            }
            if (lengthBefore == 0) {
                remember(length);
            }
            for (int i = 0; i < copies; i++) {
                final int damagedLength =
                        mutation.damage(frame, length, before, lengthBefore, damaged);
                // Never one far ahead: who knows the incarnation of a session can end it so, and
                // nothing more would be heard of the protocols.
                final boolean old = random.nextInt(SELDOM) == 0;
                Frames.sequence(
                        damaged, damagedLength, old ? random.nextLong(sequence) : ++sequence);
                deliver(dispatcher, damaged, damagedLength, nowNs);
            }
            remember(length);
        }

        private void remember(final int length) {
            before.putBytes(0, frame, 0, length);
            lengthBefore = length;
        }

        private void deliver(
                final FrameDispatcher dispatcher,
                final UnsafeBuffer of,
                final int length,
                final long nowNs) {
            window.wrap(of, 0, length);
            counters.received(length);
            final long droppedBefore = drops.total();
            try {
                dispatcher.onFrame(window, 0, length, nowNs);
            } catch (final RuntimeException | AssertionError e) {
                tally.failed(e);
            }
            tally.counted(drops.total() - droppedBefore);
        }

        @Override
        public int maintain(final long nowNs, final FailureListener listener) {
            return 0;
        }

        @Override
        public void close() {
            inboxes.set(address.stream() - 1, null);
        }
    }
}
