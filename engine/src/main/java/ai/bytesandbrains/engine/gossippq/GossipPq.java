package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerSampling;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Protocol;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.random.RandomGenerator;

/// GOSSIP-PQ for one node: all nodes of a network learn one and the same codebook from the vectors
/// of all of them, and nobody coordinates it.
///
/// ```
///   var pq = new GossipPq(config, secrets, vectors, sampling, random, outbox, listener, nowNs);
///   pq.poll(nowNs);                             // as often as the agent likes
///   Codebook codebook = pq.codebook();          // null until there is one
/// ```
///
/// Every node keeps, for each subspace, a random sample of the parts of all vectors in the network.
/// The samples are merged until they are equal everywhere ([SubspaceSample], [Reconciliation]);
/// from equal samples a training in fixed order makes equal codebooks ([SampleTraining]). What is
/// merged does not depend on order or repetition, so loss, duplicates and nodes that come and go
/// delay the result and do not change it.
///
/// An epoch goes from collecting through training to a final codebook. A node that meets a network
/// with a final codebook fetches it. A new epoch opens when the data of a quarter of the peers have
/// moved away, or when two final codebooks meet; the codebook of the old one stays usable beside
/// it.
///
/// Single-threaded; owned by the node's agent. Exchanges allocate nothing in steady state; opening
/// an epoch, training and fetching do. Closing frees the memory; the codebooks stay valid.
public final class GossipPq implements Protocol<GossipPqMessage>, AutoCloseable {

    /// The number of this protocol in frames.
    public static final int PROTOCOL_ID = 5;

    /// Bytes of a chunk of a codebook.
    public static final int CHUNK_BYTES = 1024;

    /// Peers that a node tells in a round of the codebook it has trained, until that is final.
    private static final int ANNOUNCEMENTS = 3;

    private static final long NEVER_NS = Long.MAX_VALUE >> 1;

    private final GossipPqConfig config;
    private final PeerSampling sampling;
    private final Arena arena = Arena.ofShared();
    private final SubspaceSample[] samples;
    private final GossipPqCounters counters = new GossipPqCounters();
    private final RandomGenerator random;
    private final OutgoingMessage out;
    private final Reconciliation reconciliation;
    private final CodebookFetch fetch;
    private final EpochCourse course;
    private final Responder responder;
    private final Epoch epoch;
    private long nextRoundNs;
    private int owed;
    private int nextSubspace;
    private boolean started;
    private boolean closed;

    /// Starts a node, in epoch 0 until it hears otherwise. Its first round comes at a random time
    /// within a period.
    ///
    /// @param config the parameters
    /// @param secrets the node's, kept over restarts
    /// @param vectors what the node contributes; read during [#poll] after an epoch has opened
    /// @param sampling where partners come from
    /// @param random the source of chance, request ids included: a cryptographic generator in real
    ///     nodes
    /// @param outbox the way out
    /// @param listener who hears of codebooks
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    public GossipPq(
            GossipPqConfig config,
            NodeSecrets secrets,
            VectorSource vectors,
            PeerSampling sampling,
            RandomGenerator random,
            Outbox<GossipPqMessage> outbox,
            GossipPqListener listener,
            long nowNs) {
        this.config = Objects.requireNonNull(config, "config");
        this.sampling = Objects.requireNonNull(sampling, "sampling");
        this.random = Objects.requireNonNull(random, "random");
        Objects.requireNonNull(listener, "listener");
        Objects.requireNonNull(secrets, "secrets");
        Objects.requireNonNull(vectors, "vectors");
        Objects.requireNonNull(outbox, "outbox");
        int dimensions = config.subspaceDimensions();
        samples = new SubspaceSample[config.subspaces()];
        for (int m = 0; m < samples.length; m++) {
            samples[m] =
                    new SubspaceSample(
                            config.sampleSize(), config.originQuota(), dimensions, arena);
        }
        out = new OutgoingMessage(maxBodyBytes(config), outbox, counters, arena);
        reconciliation = new Reconciliation(config, samples, out, random, counters, arena);
        fetch = new CodebookFetch(config, out, random, counters);
        RowReader rows = new RowReader(config, vectors, arena);
        PeerClaims claims = new PeerClaims();
        course =
                new EpochCourse(
                        config,
                        samples,
                        new Contribution(config, secrets, rows, samples, arena),
                        reconciliation,
                        fetch,
                        claims,
                        new DriftMeter(rows),
                        listener,
                        counters);
        epoch = course.epoch();
        responder = new Responder(config, course, reconciliation, fetch, claims, out, counters);
        nextSubspace = random.nextInt(config.subspaces());
        nextRoundNs = nowNs + random.nextLong(config.periodNs());
    }

    /// Shares what the node trains with others on the same machine.
    ///
    /// @param memo may know codebooks already
    /// @return this node
    public GossipPq sharing(CodebookMemo memo) {
        course.share(Objects.requireNonNull(memo, "memo"));
        return this;
    }

    /// Goes on where the node was before it was restarted, and has taken down what it will need
    /// after the next time. To be called before anything else, or not at all. The listener hears of
    /// final codebooks that there were.
    ///
    /// @param history what was taken down before; of another configuration nothing is taken over
    /// @param log takes down what comes
    /// @throws IllegalStateException if the node runs already
    public void restore(GossipPqHistory history, GossipPqLog log) {
        Objects.requireNonNull(history, "history");
        Objects.requireNonNull(log, "log");
        if (started) {
            throw new IllegalStateException("the node runs already");
        }
        started = true;
        course.start(history, log);
    }

    private void start() {
        if (!started) {
            restore(GossipPqHistory.NONE, GossipPqLog.NONE);
        }
    }

    @Override
    public int protocolId() {
        return PROTOCOL_ID;
    }

    /// {@return the newest codebook, final or not, or null if there is none yet}
    public Codebook codebook() {
        return epoch.codebook() == null ? course.previous() : epoch.codebook();
    }

    /// {@return the codebook of the epoch before that of [#codebook], for codes that are not yet
    /// encoded anew, or null}
    public Codebook previous() {
        return epoch.codebook() == null ? null : course.previous();
    }

    /// {@return the epoch that the node is in, from 0}
    public int epoch() {
        return epoch.number();
    }

    /// {@return whether the codebook of the epoch is there and final}
    public boolean isFrozen() {
        return epoch.isFrozen();
    }

    /// {@return rounds since the epoch began}
    public long rounds() {
        return course.rounds();
    }

    /// {@return what was done so far}
    public GossipPqCounters counters() {
        return counters;
    }

    /// {@return items in the sample of a subspace}
    ///
    /// @param subspace which
    public int sampleSize(int subspace) {
        return samples[subspace].size();
    }

    /// {@return the most bytes of a message's body}
    ///
    /// @param config the parameters
    public static int maxBodyBytes(GossipPqConfig config) {
        return Math.max(CHUNK_BYTES, GossipPqBody.maxBytes(config.subspaceDimensions()));
    }

    /// {@return off-heap bytes of a node's samples}
    ///
    /// @param config the parameters
    public static long memoryBytes(GossipPqConfig config) {
        long each = SubspaceSample.bytes(config.sampleSize(), config.subspaceDimensions());
        return each * config.subspaces();
    }

    /// Tells of a vector that the node got after the codebook was made. When the data have moved
    /// away, peers are told, and enough of them open a new epoch.
    ///
    /// @param vector floats in native byte order, of unit length for cosine
    /// @param offset byte offset of the first
    public void observe(MemorySegment vector, long offset) {
        course.observe(vector, offset);
    }

    @Override
    public int poll(long nowNs) {
        start();
        int work = course.step();
        if (nowNs - nextRoundNs >= 0) {
            work++;
            startRound(nowNs);
        }
        // One at a time: a summary looks at a whole sample.
        if (owed > 0 && reconciliation.mayBegin(nowNs) && sendSummary(nowNs)) {
            owed--;
            work++;
        }
        return work + pollFetch(nowNs);
    }

    private int pollFetch(long nowNs) {
        if (fetch.isWhole()) {
            int number = fetch.epoch();
            Codebook fetched = fetch.assemble(nowNs);
            if (fetched != null) {
                course.take(fetched, number);
            }
            return 1;
        }
        if (fetch.isActive() && nowNs - fetch.deadlineNs() >= 0) {
            long peer = fetch.source();
            if (peer == PeerTable.NULL_PEER) {
                peer = sampling.selectPeerNow(PeerSelector.UNIFORM);
            }
            if (peer != PeerTable.NULL_PEER && fetch.ask(peer, nowNs)) {
                return 1;
            }
        }
        return 0;
    }

    @Override
    public long nextDeadlineNs(long nowNs) {
        if (!started || course.isBusy() || fetch.isWhole()) {
            return nowNs;
        }
        long fetchNs = fetch.isActive() ? fetch.deadlineNs() - nowNs : NEVER_NS;
        long owedNs = owed > 0 ? reconciliation.untilMayBegin(nowNs) : NEVER_NS;
        return nowNs + Math.max(0, Math.min(nextRoundNs - nowNs, Math.min(fetchNs, owedNs)));
    }

    /// {@inheritDoc}
    ///
    /// Partners are chosen anew for each exchange, so there is nobody to be removed.
    @Override
    public void onConnectionFailed(long peer, long nowNs) {}

    @Override
    public int onMessage(long fromPeer, GossipPqMessage message, long nowNs) {
        if (fromPeer == PeerTable.NULL_PEER
                || !GossipPqBody.isSound(
                        message, config.subspaceDimensions(), config.subspaces())) {
            counters.foreign++;
            return 0;
        }
        start();
        responder.onMessage(fromPeer, message, nowNs);
        return 1;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            course.close();
            arena.close();
        }
    }

    // ---- rounds

    private void startRound(long nowNs) {
        nextRoundNs += config.periodNs();
        if (nowNs - nextRoundNs >= 0) {
            nextRoundNs = nowNs + config.periodNs();
        }
        responder.beginRound();
        int needed = Math.clamp(sampling.viewLength(), 1, config.agreeing());
        course.beginRound(needed, nowNs);
        if (!course.isCollecting()) {
            owed = 0;
            announce(1);
        } else if (course.isSettled()) {
            // One subspace is enough to notice a change where all agree. What is left to hear is
            // whether the others agree, too, and that is a short message.
            owed = 1;
            announce(ANNOUNCEMENTS);
        } else {
            owed = config.fanout();
        }
    }

    /// Tells so many peers what this node has, and asks them for theirs.
    private void announce(int peers) {
        for (int i = 0; i < peers; i++) {
            long peer = sampling.selectPeerNow(PeerSelector.UNIFORM);
            responder.announce(peer, random.nextLong(), true);
        }
    }

    // ---- messages out

    private boolean sendSummary(long nowNs) {
        long peer = sampling.selectPeerNow(PeerSelector.UNIFORM);
        if (peer == PeerTable.NULL_PEER) {
            owed = 1;
            return true;
        }
        if (!reconciliation.begin(nextSubspace, peer, epoch, nowNs)) {
            return false;
        }
        nextSubspace = (nextSubspace + 1) % samples.length;
        return true;
    }
}
