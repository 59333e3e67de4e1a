package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.DescriptorPolicy;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.random.RandomGenerator;

/// The algorithm of the semantic overlay. It keeps no node's state in its fields but that of finds
/// on their way: every call names the slot of a [SemanticState] it works on, so one logic serves
/// one real node or thousands of simulated ones. Users meet it through [SemanticOverlay].
///
/// ```
///   in each period, for one of the node's profiles in turn
///     partner = mostly the near peer that was not heard of for longest, else a random one
///     send      own profile + those known that are nearest to the partner's
///     receive   the partner's profile + those he knows that are nearest to mine
///     view      = the nearest of all + the pruned of all (ViewSelection)
/// ```
///
/// Single-threaded. Steady state allocates nothing.
///
/// Source: Voulgaris, van Steen, "VICINITY: A Pinch of Randomness Brings out the Structure",
/// Middleware 2013; the pruned links are those of Subramanya et al., "DiskANN", NeurIPS 2019.
public final class SemanticLogic implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    private final SemanticState state;
    private final SemanticConfig config;
    private final PeerTable table;
    private final SemanticCounters counters = new SemanticCounters();
    private final ProfileSpace space;
    private final BoundNode node;
    private final ExchangeSide exchanges;
    private final FindAnswers findAnswers;
    private final Finder finder;
    private final FindOperations finds;
    private final ProfileRanking ranking;

    /// Makes the logic for all slots of a state, in a network without proofs.
    ///
    /// @param state the memory; stays the caller's
    /// @param finds the finds of the nodes; stays the caller's
    /// @param table the peers; stays the caller's
    /// @param randomPeers the random layer beneath
    /// @param random the source of chance, as in the other form
    /// @param outbox the way out
    /// @throws IllegalArgumentException if finds and state have different parameters
    public SemanticLogic(
            SemanticState state,
            FindOperations finds,
            PeerTable table,
            RandomPeers randomPeers,
            RandomGenerator random,
            Outbox<SemanticMessage> outbox) {
        this(state, finds, table, DescriptorPolicy.trusting(table), randomPeers, random, outbox);
    }

    /// Makes the logic for all slots of a state.
    ///
    /// @param state the memory; stays the caller's
    /// @param finds the finds of the nodes; stays the caller's
    /// @param table the peers; stays the caller's
    /// @param policy which of the peers in messages get into the table
    /// @param randomPeers the random layer beneath
    /// @param random the source of chance, request ids included: a cryptographic generator in real
    ///     nodes, a seeded one in simulations
    /// @param outbox the way out
    /// @throws IllegalArgumentException if finds and state have different parameters
    public SemanticLogic(
            SemanticState state,
            FindOperations finds,
            PeerTable table,
            DescriptorPolicy policy,
            RandomPeers randomPeers,
            RandomGenerator random,
            Outbox<SemanticMessage> outbox) {
        this.state = Objects.requireNonNull(state, "state");
        this.table = Objects.requireNonNull(table, "table");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(randomPeers, "randomPeers");
        Objects.requireNonNull(random, "random");
        Objects.requireNonNull(outbox, "outbox");
        config = state.config();
        if (!finds.config.equals(config)) {
            throw new IllegalArgumentException(
                    "finds were made for config=%s: expected %s".formatted(finds.config, config));
        }
        space = new ProfileSpace(config.metric(), config.dimensions(), arena);
        node = new BoundNode(state, table);
        int rowBytes = state.rowBytes;
        int capacity = IncomingEntries.capacityOf(config);
        var message =
                new OutgoingMessage(
                        capacity, config.digestPeers(), space, policy, outbox, counters);
        var incoming = new IncomingEntries(config, space, table, policy, counters, rowBytes, arena);
        int known = config.profiles() * state.viewCapacity + config.seenSize();
        var knownPeers = new KnownPeers(config, known);
        this.finds = finds;
        ranking = new ProfileRanking(space, known, arena);
        var chooser = new EntryChooser(space, random, state.memory, known, arena);
        var selection = new ViewSelection(config, space, table, node, rowBytes, capacity, arena);
        var digests = new DigestSide(config, knownPeers, table, random, known);
        exchanges =
                new ExchangeSide(
                        config,
                        node,
                        space,
                        table,
                        policy,
                        random,
                        counters,
                        message,
                        incoming,
                        selection,
                        new PartnerChoice(config, node, randomPeers, random),
                        new Ageing(config, table, knownPeers),
                        new ExchangeContent(config, node, message, chooser, knownPeers, digests),
                        digests,
                        arena);
        findAnswers =
                new FindAnswers(
                        config, node, space, table, policy, counters, message, chooser, rowBytes,
                        arena);
        finder =
                new Finder(
                        finds,
                        node,
                        space,
                        table,
                        randomPeers,
                        random,
                        counters,
                        message,
                        incoming);
    }

    /// {@return the counts of all nodes of this logic}
    public SemanticCounters counters() {
        return counters;
    }

    /// {@return the parameters}
    public SemanticConfig config() {
        return config;
    }

    /// Frees the scratch memory; the slots must have been stopped. Closing twice is allowed.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    void start(int slot, long self, long firstExchangeNs, long nowNs) {
        node.bind(slot);
        node.start(self, firstExchangeNs, nowNs);
    }

    boolean isRunning(int slot) {
        Objects.checkIndex(slot, state.slots());
        node.bind(slot);
        return node.self() != PeerTable.NULL_PEER;
    }

    void stop(int slot, long nowNs) {
        if (isRunning(slot)) {
            finder.stop(slot, nowNs);
            node.stop();
        }
    }

    void setProfile(int slot, int profile, MemorySegment vector, long offset, long vectors) {
        Objects.checkIndex(profile, config.profiles());
        int weight = ProfileWeight.of(vectors);
        Vectors.checkRange("vector", vector, offset, 0, 1, config.dimensions());
        node.bind(slot);
        space.store(vector, offset, node.rows(), node.rowOf(profile));
        node.setProfile(profile, weight);
        exchanges.onProfileChanged(profile);
    }

    void clearProfile(int slot, int profile) {
        Objects.checkIndex(profile, config.profiles());
        node.bind(slot);
        if (node.hasProfile(profile)) {
            node.clearProfile(profile);
            exchanges.onProfileChanged(profile);
        }
    }

    /// Takes a peer to exchange with soon, with the caller's reference to it.
    boolean introduce(int slot, long peer) {
        node.bind(slot);
        if (peer == node.self()) {
            table.release(peer);
            return false;
        }
        node.failed.forgive(table.shortIdOf(peer));
        node.introduced.add(peer);
        return true;
    }

    /// Takes note that a peer has not answered something else in time: the next exchange shows
    /// whether it lives.
    void suspect(int slot, long peer) {
        node.bind(slot);
        node.suspect(peer);
    }

    boolean remove(int slot, long peer) {
        node.bind(slot);
        return node.remove(peer);
    }

    void startFind(int slot, long op, long nowNs) {
        node.bind(slot);
        finder.start(slot, op, nowNs);
    }

    int poll(int slot, long nowNs) {
        node.bind(slot);
        return exchanges.poll(slot, nowNs) + finder.poll(slot, nowNs);
    }

    long nextDeadlineNs(int slot, long nowNs) {
        node.bind(slot);
        long wait = exchanges.nextDeadlineNs(nowNs) - nowNs;
        return nowNs + Math.max(0, Math.min(wait, finder.waitNs(slot, nowNs)));
    }

    int onMessage(int slot, long from, SemanticMessage in, long nowNs) {
        node.bind(slot);
        if (in.dimensions() != config.dimensions()) {
            counters.rejected++;
            return 0;
        }
        return switch (in.kind()) {
            case EXCHANGE -> exchanges.onExchange(from, in, nowNs);
            case EXCHANGE_REPLY -> exchanges.onReply(from, in, nowNs);
            case FIND -> findAnswers.onFind(from, in, nowNs);
            case FOUND -> finder.onFound(slot, from, in, nowNs);
        };
    }

    void onConnectionFailed(int slot, long peer) {
        node.bind(slot);
        finder.onConnectionFailed(slot, peer);
        exchanges.onConnectionFailed(peer);
    }

    /// The most promising peers for a vector of the peers that a node knows.
    int rank(int slot, MemorySegment vector, long offset, long[] into, int most) {
        node.bind(slot);
        if (!space.hasPlace(vector, offset)) {
            return 0;
        }
        ranking.measure(node, config.profiles(), vector, offset);
        return ranking.best(into, most);
    }

    /// How many of the peers ranked last have this share of everything.
    int enough(float share) {
        return ranking.enough(share);
    }

    /// The share of the known peers that are farther from a vector than the node itself; NaN if
    /// the node has no profile or knows fewer peers than that.
    float separation(int slot, MemorySegment vector, long offset, int leastPeers) {
        node.bind(slot);
        ranking.measure(node, config.profiles(), vector, offset);
        float own = Float.POSITIVE_INFINITY;
        for (int profile = 0; profile < config.profiles(); profile++) {
            if (node.hasProfile(profile)) {
                own = Math.min(own, ranking.distanceOf(node.rows(), node.rowOf(profile)));
            }
        }
        return ranking.size() < leastPeers || own == Float.POSITIVE_INFINITY
                ? Float.NaN
                : ranking.shareFartherThan(own);
    }

    /// Whether the node has kept every profile that it has lately heard of.
    boolean knowsAll(int slot) {
        node.bind(slot);
        return !node.hasForgotten();
    }

    FindOperations finds() {
        return finds;
    }

    PeerTable table() {
        return table;
    }

    long self(int slot) {
        node.bind(slot);
        return node.self();
    }

    /// What a node has seen and no view wants, valid until the logic is next called.
    SeenProfiles seen(int slot) {
        node.bind(slot);
        return node.seen;
    }

    /// The view of a profile, valid until the logic is next called.
    EntryList view(int slot, int profile) {
        node.bind(slot);
        return node.view(Objects.checkIndex(profile, config.profiles()));
    }
}
