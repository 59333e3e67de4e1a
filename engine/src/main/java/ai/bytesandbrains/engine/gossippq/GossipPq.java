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

    private static final long NEVER_NS = Long.MAX_VALUE >> 1;
    private static final int CHUNKS_PER_ROUND = 512;

    private final GossipPqConfig config;
    private final PeerSampling sampling;
    private final GossipPqListener listener;
    private final CodebookMemo memo;
    private final Arena arena = Arena.ofShared();
    private final SubspaceSample[] samples;
    private final Contribution contribution;
    private final GossipPqCounters counters = new GossipPqCounters();
    private final RandomGenerator random;
    private final OutgoingMessage out;
    private final Reconciliation reconciliation;
    private final CodebookFetch fetch;
    private final PeerClaims claims = new PeerClaims();
    private final Stability stability;
    private final Epoch epoch;
    private final DriftMeter drift;
    private SampleTraining training;
    private Codebook previous;
    private long round;
    private long epochRound;
    private long nextRoundNs;
    private int owed;
    private int nextSubspace;
    private int chunksLeft;
    private int answersLeft;
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
        this(
                config,
                secrets,
                vectors,
                sampling,
                random,
                outbox,
                listener,
                CodebookMemo.NONE,
                nowNs);
    }

    /// Starts a node that shares what it trains with others on the same machine.
    ///
    /// @param config the parameters
    /// @param secrets the node's
    /// @param vectors what the node contributes
    /// @param sampling where partners come from
    /// @param random the source of chance
    /// @param outbox the way out
    /// @param listener who hears of codebooks
    /// @param memo may know codebooks already
    /// @param nowNs the time, in nanoseconds of a monotonic clock
    public GossipPq(
            GossipPqConfig config,
            NodeSecrets secrets,
            VectorSource vectors,
            PeerSampling sampling,
            RandomGenerator random,
            Outbox<GossipPqMessage> outbox,
            GossipPqListener listener,
            CodebookMemo memo,
            long nowNs) {
        this.config = Objects.requireNonNull(config, "config");
        this.sampling = Objects.requireNonNull(sampling, "sampling");
        this.random = Objects.requireNonNull(random, "random");
        this.listener = Objects.requireNonNull(listener, "listener");
        this.memo = Objects.requireNonNull(memo, "memo");
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
        int maxBody = Math.max(CHUNK_BYTES, GossipPqBody.maxBytes(dimensions));
        out = new OutgoingMessage(maxBody, outbox, counters, arena);
        reconciliation = new Reconciliation(config, samples, out, random, counters, arena);
        fetch = new CodebookFetch(config, out, random, counters);
        stability = new Stability(config.subspaces(), config.agreeing());
        contribution = new Contribution(config, secrets, vectors, samples, arena);
        drift = new DriftMeter(contribution, vectors);
        epoch = new Epoch(config);
        nextSubspace = random.nextInt(config.subspaces());
        nextRoundNs = nowNs + random.nextLong(config.periodNs());
        renewBudgets();
        begin(0);
    }

    @Override
    public int protocolId() {
        return PROTOCOL_ID;
    }

    /// {@return the newest codebook, final or not, or null if there is none yet}
    public Codebook codebook() {
        return epoch.codebook() == null ? previous : epoch.codebook();
    }

    /// {@return the codebook of the epoch before that of [#codebook], for codes that are not yet
    /// encoded anew, or null}
    public Codebook previous() {
        return epoch.codebook() == null ? null : previous;
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
        return round - epochRound;
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
        if (epoch.isFrozen()) {
            drift.observe(vector, offset);
            epoch.setDrifted(drift.isDrifted());
        }
    }

    @Override
    public int poll(long nowNs) {
        int work = contribution.step();
        if (work > 0) {
            // Whoever had the same sample had it before this.
            stability.clear(round);
        }
        if (training != null) {
            work++;
            if (training.step(config.trainingBudget())) {
                finishTraining();
            }
        }
        if (nowNs - nextRoundNs >= 0) {
            work++;
            startRound(nowNs);
        }
        // One at a time: a summary looks at a whole sample.
        if (owed > 0 && sendSummary(nowNs)) {
            owed--;
            work++;
        }
        if (fetch.isActive() && nowNs - fetch.deadlineNs() >= 0) {
            long peer = sampling.selectPeerNow(PeerSelector.UNIFORM);
            if (peer != PeerTable.NULL_PEER && fetch.ask(peer, nowNs)) {
                work++;
            }
        }
        return work;
    }

    @Override
    public long nextDeadlineNs(long nowNs) {
        if (!contribution.isDone() || training != null || owed > 0) {
            return nowNs;
        }
        long fetchNs = fetch.isActive() ? fetch.deadlineNs() - nowNs : NEVER_NS;
        return nowNs + Math.max(0, Math.min(nextRoundNs - nowNs, fetchNs));
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
        switch (message.kind()) {
            case SUMMARY -> onSummary(fromPeer, message, nowNs);
            case ANNOUNCE -> onAnnounce(fromPeer, message);
            case FETCH -> onFetch(fromPeer, message);
            case CHUNK -> onChunk(fromPeer, message, nowNs);
            case SAME, RANGE, ITEMS -> onAnswer(fromPeer, message, nowNs);
        }
        return 1;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            stopTraining();
            contribution.close();
            arena.close();
        }
    }

    // ---- rounds

    private void startRound(long nowNs) {
        nextRoundNs += config.periodNs();
        if (nowNs - nextRoundNs >= 0) {
            nextRoundNs = nowNs + config.periodNs();
        }
        round++;
        renewBudgets();
        decide(nowNs);
        if (epoch.isFrozen() || fetch.isActive()) {
            owed = 0;
            announce(sampling.selectPeerNow(PeerSelector.UNIFORM), random.nextLong(), true);
        } else {
            // One subspace is enough to notice a change where all agree.
            boolean settled =
                    epoch.codebook() != null
                            && stability.isReached(needed())
                            && !claims.disagree(epoch.number(), epoch.high(), epoch.low(), round);
            owed = settled ? 1 : config.fanout();
        }
    }

    private void renewBudgets() {
        chunksLeft = CHUNKS_PER_ROUND;
        answersLeft = 16 * config.fanout();
    }

    /// What this node can conclude from what it and its peers have.
    private void decide(long nowNs) {
        claims.tally(round);
        if (!adopt(nowNs) && !advance()) {
            boolean settled = contribution.isDone() && stability.isReached(needed());
            if (settled && training == null && epoch.codebook() == null) {
                train();
            } else if (settled
                    && epoch.codebook() != null
                    && stability.rounds(round) >= config.freezeRounds()) {
                freeze();
            }
        }
    }

    /// How many peers have to agree.
    private int needed() {
        return Math.clamp(sampling.viewLength(), 1, config.agreeing());
    }

    /// Takes over what more than two thirds of the peers heard of lately say is final. A node that
    /// trained a codebook of its own does so only after its own rounds have not led there.
    private boolean adopt(long nowNs) {
        int count = claims.leaderCount();
        if (count < needed() || 3 * count <= 2 * claims.total()) {
            return false;
        }
        int number = claims.leaderEpoch();
        long high = claims.leaderHigh();
        long low = claims.leaderLow();
        if (number == epoch.number() && high == epoch.high() && low == epoch.low()) {
            if (epoch.isFrozen()) {
                return false;
            }
            freeze();
            return true;
        }
        // One that has just opened an epoch waits for the others to follow.
        boolean early = epoch.codebook() != null || number < epoch.number();
        if (early && rounds() < config.minRounds()) {
            return false;
        }
        if (!fetch.isOf(number, high, low)) {
            stopTraining();
            contribution.stop();
            reconciliation.clear();
            fetch.start(number, high, low, nowNs);
        }
        return true;
    }

    /// Opens a new epoch where there is a reason to; returns whether there was.
    private boolean advance() {
        int quarter = Math.max(needed(), (claims.total() + 3) / 4);
        int reached = claims.reachedBy(quarter, round);
        if (reached > epoch.number()) {
            begin(reached);
            return true;
        }
        if (!epoch.isFrozen()) {
            return false;
        }
        int others = claims.frozenOther(epoch.number(), epoch.high(), epoch.low(), round);
        boolean drifted = 4 * claims.drifted(epoch.number(), round) > claims.total();
        if (others >= quarter || (drifted && claims.total() >= needed())) {
            begin(epoch.number() + 1);
            return true;
        }
        return false;
    }

    private void begin(int number) {
        if (epoch.isFrozen()) {
            previous = epoch.codebook();
        }
        stopTraining();
        fetch.stop();
        reconciliation.clear();
        epoch.open(number);
        epochRound = round;
        for (int m = 0; m < samples.length; m++) {
            samples[m].clear(epoch.seed(m));
        }
        stability.clear(round);
        contribution.start();
        listener.onEpoch(number);
    }

    private void train() {
        boolean empty = false;
        for (SubspaceSample sample : samples) {
            // One that is full leaves its last item out.
            empty |= sample.size() < 2;
        }
        if (!empty && rounds() >= config.minRounds()) {
            training = new SampleTraining(config, samples, epoch.seed(), memo);
        }
    }

    private void finishTraining() {
        counters.trainings++;
        epoch.setCodebook(training.codebook());
        stopTraining();
        listener.onCodebook(epoch.codebook(), epoch.number());
    }

    private void stopTraining() {
        if (training != null) {
            training.close();
            training = null;
        }
    }

    private void freeze() {
        epoch.freeze();
        drift.start(epoch.codebook());
        listener.onFrozen(epoch.codebook(), epoch.number());
    }

    /// The sample of a subspace changed: what was trained from it no longer holds.
    private void changed(int m) {
        stability.changed(m, round);
        stopTraining();
        epoch.setCodebook(null);
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

    private void announce(long peer, long requestId, boolean asks) {
        if (peer != PeerTable.NULL_PEER) {
            epoch.sign(out.begin(GossipPqKind.ANNOUNCE, requestId, epoch.number()))
                    .flag(asks ? GossipPqMessage.ASKS : 0)
                    .space(epoch.seed())
                    .send(peer);
        }
    }

    // ---- messages in

    private void onSummary(long from, GossipPqMessage message, long nowNs) {
        if (!heard(from, message)) {
            return;
        }
        if (message.epoch() != epoch.number() || epoch.isFrozen() || fetch.isActive()) {
            announce(from, message.requestId(), false);
        } else if (message.number() > config.sampleSize()) {
            counters.foreign++;
        } else if (reconciliation.onSummary(from, message, epoch, nowNs)) {
            stability.same(message.subspace(), from);
        }
    }

    private void onAnnounce(long from, GossipPqMessage message) {
        boolean asks = (message.flags() & GossipPqMessage.ASKS) != 0;
        if (heard(from, message) && asks) {
            announce(from, message.requestId(), false);
        }
    }

    /// Notes what a peer says of its epoch; returns false if it is of another network, or asks too
    /// often.
    private boolean heard(long from, GossipPqMessage message) {
        if (message.space() != config.epochSeed(message.epoch())) {
            counters.foreign++;
            return false;
        }
        claims.note(from, message, round);
        boolean allowed = claims.allow(from, round, 2 * config.fanout() + 2) && answersLeft > 0;
        if (!allowed) {
            counters.overBudget++;
            return false;
        }
        answersLeft--;
        return true;
    }

    private void onAnswer(long from, GossipPqMessage message, long nowNs) {
        if (message.epoch() != epoch.number() || epoch.isFrozen() || fetch.isActive()) {
            counters.unsolicited++;
            return;
        }
        int m = message.subspace();
        switch (message.kind()) {
            case SAME -> {
                if (reconciliation.onSame(from, message, nowNs)) {
                    claims.note(from, message, round);
                    stability.same(m, from);
                }
            }
            case RANGE -> {
                claims.note(from, message, round);
                reconciliation.onRange(from, message, epoch, nowNs);
            }
            default -> {
                if (reconciliation.onItems(from, message, epoch, nowNs) > 0) {
                    changed(m);
                }
            }
        }
    }

    private void onFetch(long from, GossipPqMessage message) {
        Codebook wanted = find(message);
        if (wanted == null || !claims.allow(from, round, 2 * config.fanout() + 32)) {
            counters.overBudget++;
            return;
        }
        chunksLeft -= fetch.answer(from, message, wanted, chunksLeft);
    }

    private Codebook find(GossipPqMessage message) {
        for (Codebook each : new Codebook[] {epoch.codebook(), previous}) {
            if (each != null
                    && each.idHigh() == message.codebookHigh()
                    && each.idLow() == message.codebookLow()) {
                return each;
            }
        }
        return null;
    }

    private void onChunk(long from, GossipPqMessage message, long nowNs) {
        int number = fetch.epoch();
        Codebook fetched = fetch.onChunk(from, message, nowNs);
        if (fetched != null) {
            if (epoch.number() != number) {
                if (epoch.isFrozen()) {
                    previous = epoch.codebook();
                }
                epoch.open(number);
                epochRound = round;
            }
            epoch.setCodebook(fetched);
            listener.onCodebook(fetched, number);
            freeze();
        }
    }
}
