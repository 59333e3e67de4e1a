package ai.bytesandbrains.bench.latency;

import ai.bytesandbrains.codecs.sbe.GossipWriter;
import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.Protocol;

import org.agrona.CloseHelper;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// A gossip message that is sent back as it came, but for the sender: header, encoding, checks and
/// decoding of both sides through the product's transport, and no protocol.
final class CodecEcho implements RoundTrip {

    private final Side asking;
    private final Side answering;
    private final long answerer;
    private final Outbox<GossipMessage> ping;
    private final Outbox<GossipMessage> pong;
    private final Sample sample;
    private final Sample echoed;
    private final PeerDescriptor seen = new PeerDescriptor();
    private boolean answered;

    /// Opens both sides.
    ///
    /// @param entries descriptors in the message, the sender's included
    CodecEcho(final Channels channels, final int entries, final RandomGenerator random) {
        asking = new Side(channels, random);
        answering = new Side(channels, random);
        answerer = asking.know(answering.self());
        final long asker = answering.know(asking.self());
        ping = asking.outbox();
        pong = answering.outbox();
        sample = new Sample(asking.self(), entries, channels.nowhere(), random);
        echoed = new Sample(answering.self(), 1, channels.nowhere(), random);
        asking.bind(new Receiver(this::onAnswer));
        answering.bind(new Receiver(message -> pong.send(asker, echoed.of(message))));
    }

    /// {@return the bytes of a frame with so many descriptors}
    static int frameLength(final int entries) {
        final RandomGenerator random = new SplittableRandom(1);
        final Peer anybody = new Peer(PeerId.random(random), Address.memory(1));
        return new GossipWriter()
                .frameLength(new Sample(anybody, entries, anybody.address(), random));
    }

    @Override
    public String name() {
        return "codec";
    }

    @Override
    public boolean start() {
        answered = false;
        sample.requestId++;
        return ping.send(answerer, sample);
    }

    @Override
    public boolean poll() {
        asking.poll();
        return answered;
    }

    @Override
    public int respond() {
        return answering.poll();
    }

    @Override
    public void rest() {
        asking.requireNothingDropped();
        answering.requireNothingDropped();
        asking.poll();
        answering.poll();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(asking, answering);
    }

    /// Reads all of it, as a protocol would.
    private void onAnswer(final GossipMessage message) {
        for (int i = 0; i < message.size(); i++) {
            message.peerAt(i, seen);
        }
        answered |= message.requestId() == sample.requestId;
    }

    /// Takes a decoded message.
    @FunctionalInterface
    private interface Handler {
        void onMessage(GossipMessage message);
    }

    /// Stands where the gossip protocol stands in a node.
    private record Receiver(Handler handler) implements Protocol<GossipMessage> {
        @Override
        public int protocolId() {
            return GossipPeerSampling.PROTOCOL_ID;
        }

        @Override
        public int poll(final long nowNs) {
            return 0;
        }

        @Override
        public int onMessage(final long fromPeer, final GossipMessage message, final long nowNs) {
            handler.onMessage(message);
            return 1;
        }

        @Override
        public long nextDeadlineNs(final long nowNs) {
            return nowNs + Long.MAX_VALUE / 2;
        }

        @Override
        public void onConnectionFailed(final long peer, final long nowNs) {
            throw new IllegalStateException("the other side cannot be reached");
        }
    }

    /// A full buffer of one's own, or what was decoded, from another sender. One class for both, as
    /// a node has one: a third kind of message in the process would make the writer's calls slow.
    private static final class Sample implements GossipMessage {
        private final List<PeerDescriptor> peers = new ArrayList<>();
        private GossipMessage decoded;
        private long requestId;

        Sample(
                final Peer self,
                final int entries,
                final Address address,
                final RandomGenerator random) {
            peers.add(new PeerDescriptor().set(self));
            while (peers.size() < entries) {
                peers.add(new PeerDescriptor().set(new Peer(PeerId.random(random), address)));
            }
        }

        Sample of(final GossipMessage message) {
            decoded = message;
            requestId = message.requestId();
            return this;
        }

        @Override
        public GossipKind kind() {
            return GossipKind.PUSH_PULL;
        }

        @Override
        public long requestId() {
            return requestId;
        }

        @Override
        public int size() {
            return decoded == null ? peers.size() : decoded.size();
        }

        @Override
        public void peerAt(final int index, final PeerDescriptor into) {
            if (decoded == null || index == 0) {
                into.set(peers.get(index));
            } else {
                decoded.peerAt(index, into);
            }
        }
    }
}
