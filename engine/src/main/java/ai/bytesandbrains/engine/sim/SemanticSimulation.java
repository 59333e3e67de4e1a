package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossip.GossipListener;
import ai.bytesandbrains.engine.gossip.GossipLogic;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipSlots;
import ai.bytesandbrains.engine.gossip.GossipState;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerView;
import ai.bytesandbrains.engine.semantic.FindOperations;
import ai.bytesandbrains.engine.semantic.FindParameters;
import ai.bytesandbrains.engine.semantic.SemanticConfig;
import ai.bytesandbrains.engine.semantic.SemanticCounters;
import ai.bytesandbrains.engine.semantic.SemanticLogic;
import ai.bytesandbrains.engine.semantic.SemanticMessage;
import ai.bytesandbrains.engine.semantic.SemanticSlots;
import ai.bytesandbrains.engine.semantic.SemanticState;
import ai.bytesandbrains.engine.space.Simd;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// The semantic overlay on many nodes, each with one profile, above gossip peer sampling; both as
/// they are shipped.
///
/// Churn replaces nodes by newcomers with the same profile, so that what is near to what does not
/// change: those of the cycle that is just over are among the true neighbours too. Newcomers begin
/// at once, as nodes do. Single-threaded; everything follows from the seed.
public final class SemanticSimulation implements AutoCloseable {

    private static final int SEEDS = 4;
    private static final int NO_NODE = -1;

    private final SemanticConfig config;
    private final float[][] profiles;
    private final int nodes;
    private final int churnPerCycle;
    private final Simulation simulation;
    private final GossipState gossipState;
    private final GossipSlots gossip;
    private final Channel<GossipMessage> gossipChannel;
    private final SemanticState state;
    private final FindOperations finds;
    private final SemanticLogic logic;
    private final SemanticSlots slots;
    private final Channel<SemanticMessage> channel;
    private final Chance chance;

    /// The profile of each node that ever lived, and the living node of each profile.
    private final int[] profileOf;

    private final int[] nodeOf;

    /// Brings the nodes into being, each with random peers in its view. Waits for the kernels
    /// first: a run during which they change from plain Java to vectors could not be repeated.
    ///
    /// @param config the parameters of the overlay; its period is a cycle
    /// @param gossip those of the random layer, with the same period
    /// @param profiles one for each node
    /// @param faults what the network does
    /// @param churn share of the nodes that is replaced in each cycle
    /// @param cycles the most cycles that will be run
    /// @param concurrentFinds the most finds at once
    /// @param seed decides everything left to chance
    /// @throws IllegalArgumentException if there are fewer than two profiles
    public SemanticSimulation(
            SemanticConfig config,
            GossipConfig gossip,
            float[][] profiles,
            Faults faults,
            double churn,
            int cycles,
            int concurrentFinds,
            long seed) {
        if (profiles.length < 2) {
            throw new IllegalArgumentException(
                    "profiles=" + profiles.length + ": expected at least 2");
        }
        Simd.warmUp();
        this.config = config;
        this.profiles = profiles;
        nodes = profiles.length;
        churnPerCycle = (int) Math.round(churn * nodes);
        int maxNodes = nodes + churnPerCycle * cycles;
        chance = new Chance(Chance.hash(seed, 3));
        simulation = new Simulation(maxNodes, 0, gossip.periodNs(), faults, seed);
        gossipChannel =
                simulation.channel(
                        new GossipCarrier(
                                simulation,
                                gossip.exchangeSize(),
                                message -> GossipCarrier.bytesOf(message.size())));
        channel = simulation.channel(new SemanticCarrier(simulation, config));
        gossipState = new GossipState(gossip, maxNodes);
        this.gossip =
                new GossipSlots(
                        new GossipLogic(
                                gossip,
                                gossipState,
                                simulation.table(),
                                new Chance(Chance.hash(seed, 1)),
                                gossipChannel,
                                GossipListener.NONE));
        state = new SemanticState(config, maxNodes);
        finds = new FindOperations(config, concurrentFinds);
        logic =
                new SemanticLogic(
                        state,
                        finds,
                        simulation.table(),
                        slot -> this.gossip.selectPeerNow(slot, PeerSelector.UNIFORM),
                        new Chance(Chance.hash(seed, 2)),
                        channel);
        slots = new SemanticSlots(logic);
        gossipChannel.bind(new GossipNodes(this.gossip, null, new BitSet()));
        channel.bind(new SemanticNodes(slots));
        profileOf = new int[maxNodes];
        nodeOf = new int[nodes];
        for (int node = 0; node < nodes; node++) {
            simulation.addNode();
        }
        for (int node = 0; node < nodes; node++) {
            start(node, node, chance.nextLong(config.periodNs()));
        }
        for (int node = 0; node < nodes; node++) {
            for (int i = 0; i < gossip.viewSize(); i++) {
                know(node, chance.nextInt(nodes));
            }
            simulation.touch(node);
        }
    }

    /// Lets one period pass.
    public void runCycle() {
        for (int i = 0; i < churnPerCycle; i++) {
            replace(chance.nextInt(nodes));
        }
        simulation.run(config.periodNs());
    }

    /// {@return what share of the truly nearest peers is in the near views of some nodes}
    ///
    /// @param samples how many nodes, evenly spread
    /// @param k how many nearest peers count
    public double nearViewRecall(int samples, int k) {
        long hits = 0;
        for (int i = 0; i < samples; i++) {
            int profile = (int) ((long) i * nodes / samples);
            int node = nodeOf[profile];
            int[] truth = truth(profiles[profile], k, profile, false);
            PeerView near = slots.near(node, 0);
            for (int j = 0; j < near.size(); j++) {
                hits += contains(truth, livingProfile(near.peerAt(j))) ? 1 : 0;
            }
        }
        return (double) hits / ((long) samples * k);
    }

    /// Finds peers for vectors, each from a random node, all at the same time.
    ///
    /// @param queries the vectors, no more than finds at once
    /// @param parameters what is wanted
    /// @param patienceNs how much time passes
    /// @return what came of them
    /// @throws IllegalStateException if a find is not over by then
    public FindFigures find(float[][] queries, FindParameters parameters, long patienceNs) {
        long[] ops = new long[queries.length];
        int[] askers = new int[queries.length];
        for (int i = 0; i < queries.length; i++) {
            askers[i] = nodeOf[chance.nextInt(nodes)];
            long nowNs = simulation.localTimeNs(askers[i]);
            ops[i] = finds.begin(MemorySegment.ofArray(queries[i]), 0, parameters, nowNs);
            if (ops[i] == OpTable.NULL_OP) {
                throw new IllegalStateException("queries=" + queries.length + ": too many at once");
            }
            int node = askers[i];
            long op = ops[i];
            simulation.act(node, () -> slots.startFind(node, op, nowNs));
        }
        simulation.run(patienceNs);
        FindFigures sum = FindFigures.NONE;
        for (int i = 0; i < queries.length; i++) {
            if (!finds.isFinished(ops[i])) {
                throw new IllegalStateException("query=" + i + ": not over in time");
            }
            sum = sum.plus(figuresOf(ops[i], queries[i], parameters));
            finds.finish(ops[i]);
        }
        return sum.dividedBy(queries.length);
    }

    /// {@return what the overlay has done, all nodes together}
    public SemanticCounters counters() {
        return logic.counters();
    }

    /// {@return messages and bytes of the overlay so far}
    public Channel<SemanticMessage> channel() {
        return channel;
    }

    /// {@return clock, events and nodes}
    public Simulation simulation() {
        return simulation;
    }

    /// Frees the memory; closing twice is allowed.
    @Override
    public void close() {
        logic.close();
        finds.close();
        state.close();
        gossipState.close();
        simulation.close();
    }

    private FindFigures figuresOf(long op, float[] query, FindParameters parameters) {
        int[] truth = truth(query, parameters.peers(), NO_NODE, parameters.farthest());
        int hits = 0;
        for (int i = 0; i < finds.peersFound(op); i++) {
            long peer = simulation.table().find(finds.peerAt(op, i));
            hits += contains(truth, livingProfile(peer)) ? 1 : 0;
        }
        return new FindFigures(
                (double) hits / parameters.peers(),
                finds.peersAsked(op),
                finds.peersAnswered(op),
                finds.hops(op),
                finds.elapsedNs(op));
    }

    /// The profile of a living node, or -1.
    private int livingProfile(long peer) {
        int node = simulation.nodeOf(peer);
        return node >= 0 && nodeOf[profileOf[node]] == node ? profileOf[node] : NO_NODE;
    }

    private static boolean contains(int[] numbers, int number) {
        for (int candidate : numbers) {
            if (candidate == number) {
                return true;
            }
        }
        return false;
    }

    /// The k profiles that are truly nearest, measured in full precision.
    private int[] truth(float[] query, int k, int butNot, boolean farthest) {
        int[] best = new int[k];
        double[] distances = new double[k];
        int size = 0;
        for (int profile = 0; profile < nodes; profile++) {
            if (profile == butNot) {
                continue;
            }
            double distance = distance(query, profiles[profile]) * (farthest ? -1 : 1);
            if (size == k && distance >= distances[k - 1]) {
                continue;
            }
            int at = size < k ? size++ : k - 1;
            while (at > 0 && distances[at - 1] > distance) {
                distances[at] = distances[at - 1];
                best[at] = best[at - 1];
                at--;
            }
            distances[at] = distance;
            best[at] = profile;
        }
        return best;
    }

    private double distance(float[] a, float[] b) {
        return switch (config.metric()) {
            case COSINE -> {
                double dot = 0;
                double aa = 0;
                double bb = 0;
                for (int d = 0; d < a.length; d++) {
                    dot += (double) a[d] * b[d];
                    aa += (double) a[d] * a[d];
                    bb += (double) b[d] * b[d];
                }
                yield 1 - dot / Math.sqrt(aa * bb);
            }
            default -> {
                double sum = 0;
                for (int d = 0; d < a.length; d++) {
                    sum += ((double) a[d] - b[d]) * ((double) a[d] - b[d]);
                }
                yield sum;
            }
        };
    }

    private void replace(int profile) {
        int dead = nodeOf[profile];
        simulation.kill(dead);
        gossip.stop(dead);
        slots.stop(dead, simulation.localTimeNs(dead));
        int node = simulation.addNode();
        start(node, profile, 0);
        for (int i = 0; i < SEEDS; i++) {
            know(node, nodeOf[chance.nextInt(nodes)]);
        }
        simulation.touch(node);
    }

    private void start(int node, int profile, long afterNs) {
        profileOf[node] = profile;
        nodeOf[profile] = node;
        long self = simulation.handleOf(node);
        long nowNs = simulation.localTimeNs(node);
        simulation.table().retain(self);
        gossip.start(node, self, nowNs + chance.nextLong(config.periodNs()), nowNs);
        simulation.table().retain(self);
        slots.start(node, self, nowNs + afterNs, nowNs);
        slots.setProfile(node, 0, MemorySegment.ofArray(profiles[profile]), 0, 1);
    }

    private void know(int node, int other) {
        if (other != node) {
            long peer = simulation.handleOf(other);
            simulation.table().retain(peer);
            gossip.addPeer(node, peer);
        }
    }
}
