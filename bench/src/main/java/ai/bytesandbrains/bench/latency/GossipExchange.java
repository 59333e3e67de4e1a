package ai.bytesandbrains.bench.latency;

import ai.bytesandbrains.codecs.sbe.GossipReader;
import ai.bytesandbrains.codecs.sbe.GossipWriter;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossip.GossipListener;
import ai.bytesandbrains.engine.gossip.GossipLogic;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipMode;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.gossip.GossipState;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerView;
import ai.bytesandbrains.engine.overlay.Protocol;

import org.agrona.CloseHelper;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// An exchange of views between two nodes: two full buffers are built, sent and merged. The
/// protocol is the engine's, with its default parameters; its time passes a period with every
/// exchange, and strangers come into both views between exchanges, so that every merge has
/// something to do.
final class GossipExchange implements RoundTrip {

    /// What is exchanged: the defaults, c = 20.
    static final GossipConfig CONFIG = GossipConfig.defaults();

    private static final int STRANGERS = 200;
    private static final int NEW_STRANGERS = 2;

    private final Partner asking;
    private final Partner answering;

    /// Opens both sides.
    GossipExchange(final Channels channels, final RandomGenerator random) {
        final Side<GossipMessage> askingSide = side(channels, random);
        final Side<GossipMessage> answeringSide = side(channels, random);
        asking = new Partner(askingSide, answeringSide.self(), channels, random);
        answering = new Partner(answeringSide, askingSide.self(), channels, random);
    }

    private static Side<GossipMessage> side(final Channels channels, final RandomGenerator random) {
        return new Side<>(channels, new GossipWriter(), new GossipReader(), random);
    }

    @Override
    public String name() {
        return "exchange";
    }

    @Override
    public boolean start() {
        asking.begin();
        return true;
    }

    @Override
    public boolean poll() {
        asking.poll();
        return asking.isAnswered();
    }

    @Override
    public int respond() {
        return answering.respond();
    }

    @Override
    public void rest() {
        asking.side.requireNothingDropped();
        answering.side.requireNothingDropped();
        asking.side.poll();
        answering.side.poll();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(asking, answering);
    }

    /// One of the two nodes.
    private static final class Partner implements Protocol<GossipMessage>, AutoCloseable {
        private final Side<GossipMessage> side;
        private final Peer other;
        private final long otherHandle;
        private final Peer[] strangers = new Peer[STRANGERS];
        private final SplittableRandom random;
        private final GossipState state;
        private final GossipLogic logic;
        private final GossipPeerSampling gossip;
        private long nowNs;
        private long begun;
        private boolean prepared;

        Partner(
                final Side<GossipMessage> side,
                final Peer other,
                final Channels channels,
                final RandomGenerator random) {
            this.side = side;
            this.other = other;
            otherHandle = side.know(other);
            this.random = new SplittableRandom(random.nextLong());
            state = new GossipState(CONFIG, 1);
            logic =
                    new GossipLogic(
                            CONFIG.withExchange(this::indexOfOther, GossipMode.PUSH_PULL),
                            state,
                            side.peers(),
                            this.random,
                            side.outbox(),
                            GossipListener.NONE);
            gossip = new GossipPeerSampling(logic, 0, side.self(), nowNs);
            for (int i = 0; i < STRANGERS; i++) {
                strangers[i] = new Peer(PeerId.random(random), channels.nowhere());
                gossip.addPeer(strangers[i]);
            }
            side.bind(this);
        }

        void begin() {
            if (!prepared) {
                prepare();
            }
            prepared = false;
            begun = logic.counters().completed();
            nowNs += CONFIG.periodNs();
            gossip.poll(nowNs);
        }

        /// What happens between exchanges and is not part of one.
        void prepare() {
            meetStrangers();
            if (!contains(gossip.view(), otherHandle)) {
                gossip.addPeer(other);
            }
            prepared = true;
        }

        void poll() {
            if (isAnswered() && !prepared) {
                prepare();
            }
            side.poll();
            gossip.poll(nowNs);
        }

        boolean isAnswered() {
            return logic.counters().completed() != begun;
        }

        int respond() {
            final int work = side.poll();
            if (work > 0) {
                meetStrangers();
            }
            return work;
        }

        private void meetStrangers() {
            for (int i = 0; i < NEW_STRANGERS; i++) {
                gossip.addPeer(strangers[random.nextInt(STRANGERS)]);
            }
        }

        private int indexOfOther(final PeerView view, final RandomGenerator unused) {
            for (int i = 0; i < view.size(); i++) {
                if (view.peerAt(i) == otherHandle) {
                    return i;
                }
            }
            throw new IllegalStateException("the other side is not in the view");
        }

        private static boolean contains(final PeerView view, final long peer) {
            boolean found = false;
            for (int i = 0; i < view.size() && !found; i++) {
                found = view.peerAt(i) == peer;
            }
            return found;
        }

        @Override
        public int protocolId() {
            return GossipPeerSampling.PROTOCOL_ID;
        }

        @Override
        public int poll(final long realNowNs) {
            return gossip.poll(nowNs);
        }

        @Override
        public int onMessage(
                final long fromPeer, final GossipMessage message, final long realNowNs) {
            if (message.size() != CONFIG.exchangeSize()) {
                throw new IllegalStateException(
                        "%s with %d entries: expected %d"
                                .formatted(message.kind(), message.size(), CONFIG.exchangeSize()));
            }
            // Each request comes a period after the last one, so none is one too many.
            nowNs += message.kind().isRequest() ? CONFIG.periodNs() : 0;
            return gossip.onMessage(fromPeer, message, nowNs);
        }

        @Override
        public long nextDeadlineNs(final long realNowNs) {
            return realNowNs;
        }

        @Override
        public void onConnectionFailed(final long peer, final long realNowNs) {
            gossip.onConnectionFailed(peer, nowNs);
        }

        @Override
        public void close() {
            side.peers().release(otherHandle);
            CloseHelper.closeAll(gossip, state, side);
        }
    }
}
