package ai.bytesandbrains.bench.demo;

import ai.bytesandbrains.bench.data.Vectors;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.index.CodedIndex;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.transport.aeron.AeronConfig;
import ai.bytesandbrains.transport.aeron.AeronTransport;
import ai.bytesandbrains.transport.aeron.EmbeddedDriver;
import ai.bytesandbrains.transport.aeron.Node;
import ai.bytesandbrains.transport.aeron.NodeConfig;

import org.agrona.ErrorHandler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// The peers of a demo, on one embedded media driver. They start knowing nobody; [#bootstrap] tells
/// all but the first where the first one is, and nothing else.
///
/// For one thread, which is none of the peers' own.
public final class DemoNetwork implements AutoCloseable {
    private static final String NETWORK = "demo";
    private static final int FIRST_STREAM = 1001;
    private static final int TERM_LENGTH = 1 << 16;
    /// Three terms, and a page of metadata that is rounded up to the next whole term.
    private static final int TERMS_PER_LOG = 4;
    /// Counters, command buffers, logs of losses and errors.
    private static final long DRIVER_BYTES = 64L << 20;
    private static final int MAX_LINKS = 64;
    private static final long CONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);
    /// The time between two exchanges of a peer: a demo is watched, so it gossips a hundred times
    /// as often as a real network would.
    public static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long IDLE_LINK_NS = TimeUnit.SECONDS.toNanos(60);

    private static final GossipConfig GOSSIP =
            GossipConfig.defaults()
                    .withTimes(
                            PERIOD_NS,
                            TimeUnit.MILLISECONDS.toNanos(1_000),
                            TimeUnit.MILLISECONDS.toNanos(300));

    private final EmbeddedDriver driver;
    private final DemoLearning learning;
    private final List<DemoPeer> peers = new ArrayList<>();
    private final Map<PeerId, String> names = new HashMap<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /// A process that is told to end leaves nothing behind either.
    private final Thread shutdownHook = new Thread(this::onShutdown, "bb-demo-shutdown");

    private volatile boolean interrupted;
    private boolean closed;

    private DemoNetwork(final boolean udp, final int peers, final int dimensions) {
        learning = new DemoLearning(dimensions, peers);
        driver = EmbeddedDriver.launch(driverBytes(udp, peers));
        Runtime.getRuntime().addShutdownHook(shutdownHook);
    }

    /// Starts the peers, each with its rows of the data under their row numbers.
    ///
    /// @param udp over UDP on the loopback interface, or over shared memory
    /// @param data the rows, of unit length
    /// @param nodeOf the peer of each row, from 0
    /// @param count number of peers
    /// @param seed decides the peers' identities
    /// @return the running network; close it
    public static DemoNetwork start(
            final boolean udp,
            final Vectors data,
            final int[] nodeOf,
            final int count,
            final long seed) {
        final DemoNetwork network = new DemoNetwork(udp, count, data.dimensions());
        try {
            final SplittableRandom random = new SplittableRandom(seed);
            for (int peer = 0; peer < count; peer++) {
                network.addPeer(udp, peer, new Share(data, nodeOf, peer), PeerId.random(random));
            }
            return network;
        } catch (final RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /// {@return the room that the media driver's files take}
    ///
    /// @param udp over UDP, where each connection has a buffer at both ends
    /// @param peers number of peers, all connected to all
    public static long driverBytes(final boolean udp, final int peers) {
        final long connections = (long) peers * (peers - 1) * (udp ? 2 : 1);
        return connections * TERMS_PER_LOG * TERM_LENGTH + DRIVER_BYTES;
    }

    private void addPeer(final boolean udp, final int number, final Share share, final PeerId id) {
        final String directory = driver.aeronDirectory();
        final int stream = FIRST_STREAM + number;
        final AeronConfig aeron =
                (udp
                                ? AeronConfig.udp(directory, "127.0.0.1", 0, stream)
                                : AeronConfig.ipc(directory, stream))
                        .withSharedMemory(false)
                        .withTermLength(TERM_LENGTH)
                        .withLinks(MAX_LINKS, CONNECT_TIMEOUT_NS, IDLE_LINK_NS);
        final CodedIndex index = learning.index(share);
        final NodeConfig config =
                NodeConfig.of(NETWORK)
                        .withId(id)
                        .withGossip(GOSSIP)
                        .withExtension(learning.add(share, index));
        final String name = "node-%02d".formatted(number);
        final ErrorHandler errors = e -> failure.compareAndSet(null, e);
        peers.add(
                new DemoPeer(
                        name,
                        index,
                        own -> new Node(config, own, AeronTransport.factory(aeron, errors)),
                        errors));
        names.put(id, name);
    }

    /// Tells every peer but the first of the first one.
    public void bootstrap() {
        final Node seed = peers.getFirst().node();
        for (final DemoPeer peer : peers.subList(1, peers.size())) {
            peer.node().bootstrap(List.of(seed.peer()));
        }
    }

    /// {@return how the peers learn a codebook; they do not before they are told to}
    public DemoLearning learning() {
        return learning;
    }

    /// {@return how many peers were started}
    public int size() {
        return peers.size();
    }

    /// {@return a peer's node}
    ///
    /// @param peer from 0
    public Node node(final int peer) {
        return peers.get(peer).node();
    }

    /// {@return the name of the peer with this identity, or its first digits if it is none of
    /// these}
    ///
    /// @param id an identity
    public String nameOf(final PeerId id) {
        return names.getOrDefault(id, id.toString().substring(0, 8));
    }

    /// {@return how full the peers' views are now}
    public Views views() {
        final int[] lengths =
                peers.stream().mapToInt(peer -> peer.node().status().viewLength()).toArray();
        return new Views(lengths, fullView());
    }

    private int fullView() {
        return Math.min(GOSSIP.viewSize(), peers.size() - 1);
    }

    /// Stops a peer for good, without a word to the others.
    ///
    /// @param peer from 0
    public void kill(final int peer) {
        peers.get(peer).close();
    }

    /// Makes a peer hang, or go on.
    ///
    /// @param peer from 0
    /// @param hang whether it is to hang
    public void pause(final int peer, final boolean hang) {
        peers.get(peer).pause(hang);
    }

    /// {@return how long the longest of the peers' own searches took that were made since this was
    /// last asked, without the way there and back; allocates nothing}
    public long takeSlowestSearchNs() {
        long slowest = 0;
        for (int peer = 0; peer < peers.size(); peer++) {
            slowest = Math.max(slowest, peers.get(peer).takeSearchNs());
        }
        return slowest;
    }

    /// {@return the identifiers of the threads of the peers that run}
    public long[] threadIds() {
        return peers.stream()
                .filter(peer -> !peer.isClosed())
                .mapToLong(DemoPeer::threadId)
                .toArray();
    }

    /// {@return what was sent so far by all peers}
    public Traffic traffic() {
        long messages = 0;
        long bytes = 0;
        long dropped = 0;
        for (final DemoPeer peer : peers) {
            messages += peer.node().transportCounters().framesSent();
            bytes += peer.node().transportCounters().bytesSent();
            dropped += peer.node().drops().total();
        }
        return new Traffic(messages, bytes, dropped);
    }

    /// Fails if a peer's agent has failed.
    ///
    /// @throws IllegalStateException with the first failure as its cause
    public void requireHealthy() {
        final Throwable first = failure.get();
        if (first != null) {
            throw new IllegalStateException("a peer failed: " + first, first);
        }
    }

    /// {@return whether the network was closed because the process is ending}
    public boolean isInterrupted() {
        return interrupted;
    }

    /// Stops the peers that still run, then the driver. Nothing is left behind.
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (final IllegalStateException _) {
            // The process is ending: the hook runs, and closing twice is closing once.
            interrupted = true;
        }
        closeAll();
    }

    private void onShutdown() {
        interrupted = true;
        closeAll();
    }

    private synchronized void closeAll() {
        if (!closed) {
            closed = true;
            try {
                peers.forEach(DemoPeer::close);
            } finally {
                driver.close();
            }
        }
    }

    /// What went over the transport.
    ///
    /// @param messages frames sent
    /// @param bytes in them
    /// @param dropped frames that receivers dropped
    public record Traffic(long messages, long bytes, long dropped) {}
}
