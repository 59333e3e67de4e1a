package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.DropCounters;
import ai.bytesandbrains.codecs.sbe.FrameDispatcher;
import ai.bytesandbrains.codecs.sbe.FrameSeal;
import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.GossipReader;
import ai.bytesandbrains.codecs.sbe.GossipWriter;
import ai.bytesandbrains.codecs.sbe.HandshakeWriter;
import ai.bytesandbrains.codecs.sbe.MessageWriter;
import ai.bytesandbrains.codecs.sbe.SearchReader;
import ai.bytesandbrains.codecs.sbe.SearchWriter;
import ai.bytesandbrains.engine.gossip.DescriptorSigning;
import ai.bytesandbrains.engine.gossip.GossipLogic;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.gossip.GossipState;
import ai.bytesandbrains.engine.gossip.JoinOperations;
import ai.bytesandbrains.engine.index.Index;
import ai.bytesandbrains.engine.overlay.DescriptorPolicy;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerSampling;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Protocol;
import ai.bytesandbrains.engine.search.FederatedSearch;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchOperations;
import ai.bytesandbrains.engine.semantic.SemanticOverlay;
import ai.bytesandbrains.engine.session.Handshake;
import ai.bytesandbrains.engine.session.HandshakeMessage;
import ai.bytesandbrains.engine.session.SessionOutbox;
import ai.bytesandbrains.engine.space.EmbeddingSpace;

import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/// What a [Node] is made of: the protocols, their codecs, the sessions and the transport, wired up,
/// and the duty cycle that drives them. All of it is the agent's; only what is final and
/// thread-safe by itself is handed to others.
///
/// ```
///   transport -> dispatcher (seal, header, session) -> protocol
///   protocol -> SessionOutbox (is there a session?) -> TransportOutbox -> transport
/// ```
final class NodeCore implements NodeContext, AutoCloseable {

    private static final int MAX_JOINS = 4;

    /// The parts of a duty cycle: what has arrived, what applications want, the protocols, the
    /// overlay's own.
    private static final int NETWORK = 0;

    private static final int COMMANDS = 1;
    private static final int FIRST_PROTOCOL = 2;
    private static final int PARTS_BEHIND_PROTOCOLS = 1;

    final Peer peer;
    final PeerTable peers;
    final DropCounters drops = new DropCounters();
    final Transport transport;
    final Handshake handshake;
    final GossipLogic gossipLogic;
    final GossipPeerSampling gossip;
    final JoinOperations joins = new JoinOperations(MAX_JOINS);
    final SearchOperations operations;
    /// Null in a node that takes no part.
    final NodeOverlay overlay;
    final FederatedSearch search;
    final NodeCommands commands = new NodeCommands();

    private final NanoClock clock;
    private final Index index;
    private final KeyedRandom random = new KeyedRandom();
    private final FrameStamp stamp;
    private final FrameDispatcher dispatcher;
    private final GossipState gossipState;
    private final DescriptorSigning signing;
    private final List<NodeProtocol<?>> extensions = new ArrayList<>();
    private final Protocol<?>[] protocols;
    private final int parts;
    private final DutyCycle dutyCycle;
    private final NodeGauges gauges;
    private final Transport.FailureListener failureListener = this::onConnectionFailed;
    private int nextPart;

    NodeCore(NodeConfig config, Index index, Transport.Factory factory, NanoClock clock) {
        this.clock = clock;
        this.index = index;
        EmbeddingSpace space = index.space();
        PeerId id = config.id() == null ? PeerId.random(random) : config.id();
        // What is open already, the last one first, in case that the next step fails.
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            peers = new PeerTable(config.peerTableCapacity());
            opened.push(peers);
            transport = factory.open(peers, drops);
            opened.push(transport);
            FrameSeal seal =
                    config.key() == null
                            ? null
                            : new FrameSeal(config.key(), transport.maxFrameLength());
            stamp =
                    new FrameStamp(
                            config.networkId(), id, random.nextLong(), random.nextLong(), seal);
            checkFits(QueryEncoding.INT8, space.dimensions(), 0);
            checkConnections(config.maxConnections(), transport.maxConnections());
            peer = new Peer(id, transport.localAddress());

            gossipState = new GossipState(config.gossip(), 1);
            opened.push(gossipState);
            signing = config.signing(peer, peers, random, clock.nanoTime());
            if (signing != null) {
                opened.push(signing);
            }
            handshake = openHandshake(config);
            opened.push(handshake);
            gossipLogic =
                    new GossipLogic(
                            config.gossip(),
                            gossipState,
                            peers,
                            random,
                            outbox(new GossipWriter()),
                            new NodeEvents(peers),
                            signing);
            gossip = new GossipPeerSampling(gossipLogic, 0, peer, joins, clock.nanoTime());

            overlay = NodeOverlay.open(this, descriptorPolicy(), config);
            if (overlay != null) {
                opened.push(overlay);
            }
            operations = new SearchOperations(id, space, config.search());
            opened.push(operations);
            search =
                    new FederatedSearch(
                            peer,
                            operations,
                            index,
                            config.filters(),
                            peers,
                            gossip,
                            overlay == null ? null : overlay.router(),
                            random,
                            outbox(new SearchWriter()),
                            SearchWriter.vectorMessages(maxFrameLength(), space.dimensions()));

            dispatcher =
                    new FrameDispatcher(config.networkId(), id, peers, drops)
                            .sealedBy(seal)
                            .guardedBy(handshake)
                            .bind(gossip, new GossipReader())
                            .bind(search, new SearchReader());
            if (overlay != null) {
                bind(overlay.wired());
            }
            for (NodeExtension extension : config.extensions()) {
                NodeProtocol<?> part = extension.open(this);
                opened.push(part.resource());
                extensions.add(part);
                bind(part);
            }
            protocols = inPollingOrder();
            parts = FIRST_PROTOCOL + protocols.length + PARTS_BEHIND_PROTOCOLS;
            dutyCycle = new DutyCycle(config.dutyCycleBudgetNs());
            gauges = new NodeGauges(this, roleName(), dutyCycle, clock.nanoTime());
        } catch (Throwable e) {
            CloseHelper.quietCloseAll(opened);
            throw e;
        }
    }

    private <M> void bind(NodeProtocol<M> part) {
        dispatcher.bind(part.protocol(), part.reader());
    }

    private Protocol<?>[] inPollingOrder() {
        List<Protocol<?>> order = new ArrayList<>(List.of(gossip, search));
        if (overlay != null) {
            order.add(overlay.protocol);
        }
        extensions.forEach(part -> order.add(part.protocol()));
        // Last, since it says HELLO for those that the others wanted to reach.
        order.add(handshake);
        return order.toArray(Protocol<?>[]::new);
    }

    private DescriptorPolicy descriptorPolicy() {
        return signing == null ? DescriptorPolicy.trusting(peers) : signing.policy();
    }

    private Handshake openHandshake(NodeConfig config) {
        MessageWriter<HandshakeMessage> writer = new HandshakeWriter();
        return new Handshake(
                config.sessions(),
                new PeerDescriptor().set(peer),
                peers,
                signing != null,
                random,
                new TransportOutbox<>(transport, writer, stamp),
                (to, message) -> transport.probe(to, message, writer, stamp).isTaken(),
                this::onConnectionFailed);
    }

    // ---- what extensions are given

    @Override
    public Peer self() {
        return peer;
    }

    @Override
    public PeerTable peers() {
        return peers;
    }

    @Override
    public PeerSampling sampling() {
        return gossip;
    }

    @Override
    public Index index() {
        return index;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public long nowNs() {
        return clock.nanoTime();
    }

    @Override
    public int maxFrameLength() {
        return transport.maxFrameLength() - stamp.sealBytes();
    }

    @Override
    public <M> Outbox<M> outbox(MessageWriter<M> writer) {
        return new SessionOutbox<>(handshake, new TransportOutbox<>(transport, writer, stamp));
    }

    /// Goes through all parts once, or until the budget is used up: then the next cycle goes on
    /// with the part that had to wait, so that none is left out for good. Connections never wait:
    /// an Aeron client that nobody works is taken for dead.
    int doWork() {
        long nowNs = clock.nanoTime();
        dutyCycle.begin(nowNs);
        int work = 0;
        int left = parts;
        boolean over = false;
        while (left > 0 && !over) {
            int part = nextPart;
            nextPart = part + 1 == parts ? NETWORK : part + 1;
            left--;
            int done = doPart(part, nowNs);
            work += done;
            over = done > 0 && dutyCycle.isOver(clock.nanoTime());
        }
        if (left == 0) {
            nextPart = NETWORK;
        }
        work += transport.maintain(nowNs, failureListener);
        gauges.update(nowNs);
        dutyCycle.end(work);
        return work;
    }

    private int doPart(int part, long nowNs) {
        if (part == NETWORK) {
            return receive(nowNs);
        }
        if (part == COMMANDS) {
            return commands.drain(gossip, search, finder(), nowNs);
        }
        int protocol = part - FIRST_PROTOCOL;
        if (protocol < protocols.length) {
            return protocols[protocol].poll(nowNs);
        }
        return overlay == null ? 0 : overlay.poll(nowNs);
    }

    /// Fragment by fragment: each may bring a query that takes as long as the index is large.
    private int receive(long nowNs) {
        int limit = transport.fragmentLimit();
        int taken = 0;
        while (taken < limit && transport.poll(dispatcher, nowNs, 1) > 0) {
            taken++;
            if (dutyCycle.isOver(clock.nanoTime())) {
                break;
            }
        }
        return taken;
    }

    String roleName() {
        return "bb-node-" + peer.id().toString().substring(0, 8);
    }

    void checkFits(QueryEncoding encoding, int dimensions, int ranges) {
        int length = SearchWriter.requestLength(encoding, dimensions, ranges) + stamp.sealBytes();
        if (length > transport.maxFrameLength()) {
            throw new IllegalArgumentException(
                    "dimensions=%d encoding=%s: a query takes %d bytes, the transport carries %d"
                            .formatted(dimensions, encoding, length, transport.maxFrameLength()));
        }
    }

    private static void checkConnections(int planned, int possible) {
        if (possible > planned) {
            throw new IllegalArgumentException(
                    "maxConnections=%d: the transport holds on to %d peers"
                            .formatted(planned, possible));
        }
    }

    private void onConnectionFailed(long peerHandle) {
        long nowNs = clock.nanoTime();
        for (Protocol<?> protocol : protocols) {
            protocol.onConnectionFailed(peerHandle, nowNs);
        }
    }

    @Override
    public void close() {
        // Each of these is done whatever becomes of the others; the first failure is thrown.
        CloseHelper.closeAll(
                this::endOperations,
                transport,
                this::closeExtensions,
                search,
                overlay,
                gossip,
                handshake,
                operations,
                gossipState,
                signing,
                peers);
    }

    private SemanticOverlay finder() {
        return overlay == null ? null : overlay.protocol;
    }

    private void closeExtensions() {
        CloseHelper.closeAll(extensions.stream().map(NodeProtocol::resource).toList());
    }

    private void endOperations() {
        long nowNs = clock.nanoTime();
        commands.drainAtEnd(search, finder(), joins, nowNs);
        search.stop(nowNs);
    }
}
