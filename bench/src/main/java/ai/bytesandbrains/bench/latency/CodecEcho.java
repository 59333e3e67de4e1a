package ai.bytesandbrains.bench.latency;

import ai.bytesandbrains.codecs.sbe.GossipReader;
import ai.bytesandbrains.codecs.sbe.GossipWriter;
import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// A gossip message that is sent back as it came, but for the sender.
final class CodecEcho extends Echo<GossipMessage> {

    private final String name;
    private final Sample sample;
    private final Sample echoed;
    private final PeerDescriptor seen = new PeerDescriptor();

    /// Opens both sides.
    ///
    /// @param entries descriptors in the message, the sender's included
    CodecEcho(
            final String name,
            final Channels channels,
            final int entries,
            final RandomGenerator random) {
        super(side(channels, random), side(channels, random), GossipPeerSampling.PROTOCOL_ID);
        this.name = name;
        sample = new Sample(asking.self(), entries, channels.nowhere(), random);
        OwnLine.apart();
        echoed = new Sample(answering.self(), 1, channels.nowhere(), random);
    }

    private static Side<GossipMessage> side(final Channels channels, final RandomGenerator random) {
        return new Side<>(channels, new GossipWriter(), new GossipReader(), random);
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
        return name;
    }

    @Override
    GossipMessage next() {
        sample.requestId++;
        return sample;
    }

    @Override
    GossipMessage echo(final GossipMessage received) {
        return echoed.of(received);
    }

    @Override
    boolean isAnswer(final GossipMessage received) {
        for (int i = 0; i < received.size(); i++) {
            received.peerAt(i, seen);
        }
        return received.requestId() == sample.requestId;
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
