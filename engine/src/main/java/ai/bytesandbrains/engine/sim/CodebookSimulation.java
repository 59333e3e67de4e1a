package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossip.GossipListener;
import ai.bytesandbrains.engine.gossip.GossipLogic;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.gossip.GossipState;
import ai.bytesandbrains.engine.gossippq.CodebookMemo;
import ai.bytesandbrains.engine.gossippq.GossipPq;
import ai.bytesandbrains.engine.gossippq.GossipPqBody;
import ai.bytesandbrains.engine.gossippq.GossipPqListener;
import ai.bytesandbrains.engine.gossippq.GossipPqMessage;
import ai.bytesandbrains.engine.gossippq.NodeSecrets;
import ai.bytesandbrains.engine.gossippq.TrainedSubspace;
import ai.bytesandbrains.engine.gossippq.VectorSource;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Runs a [CodebookScenario]: GOSSIP-PQ over gossip peer sampling, both as they are shipped, on all
/// nodes in virtual time.
///
/// Nodes with equal samples share one training, since it would give them the same bits: what is
/// simulated is the network, not the arithmetic.
///
/// Single-threaded.
public final class CodebookSimulation implements AutoCloseable {
    private static final int VIEW = 20;
    private static final int SEEDS = 4;

    private final CodebookScenario scenario;
    private final VectorSource[] rows;
    private final Simulation simulation;
    private final GossipState state;
    private final GossipPeerSampling[] sampling;
    private final GossipPq[] nodes;
    private final NodeSecrets[] secrets;
    private final Channel<GossipMessage> gossip;
    private final Channel<GossipPqMessage> channel;
    private final GossipLogic logic;
    private final Chance chance;
    private final CodebookMemo memo;
    private final List<Integer> silent = new ArrayList<>();
    private int round;

    /// Prepares a run.
    ///
    /// @param scenario what is to happen
    /// @param rows the vectors of each node, late ones included
    /// @throws IllegalArgumentException if there are not as many as nodes
    public CodebookSimulation(CodebookScenario scenario, VectorSource[] rows) {
        this(scenario, rows, new SharedTrainings());
    }

    /// Prepares a run whose trainings somebody else knows, or makes up: what nodes send and when
    /// does not depend on what comes out of them.
    ///
    /// @param scenario what is to happen
    /// @param rows the vectors of each node, late ones included
    /// @param memo knows trainings, or is told of them
    /// @throws IllegalArgumentException if there are not as many rows as nodes
    public CodebookSimulation(CodebookScenario scenario, VectorSource[] rows, CodebookMemo memo) {
        this.memo = Objects.requireNonNull(memo, "memo");
        int all = scenario.nodes() + scenario.late();
        if (rows.length != all) {
            throw new IllegalArgumentException("rows=%d nodes=%d".formatted(rows.length, all));
        }
        this.scenario = scenario;
        this.rows = rows.clone();
        long seed = scenario.seed();
        long periodNs = scenario.pq().periodNs();
        simulation = new Simulation(all, 0, periodNs, scenario.faults(), seed);
        GossipConfig config =
                GossipConfig.defaults().withTimes(periodNs, 3 * periodNs / 10, periodNs / 10);
        gossip =
                simulation.channel(
                        new GossipCarrier(
                                simulation,
                                config.exchangeSize(),
                                message -> GossipCarrier.bytesOf(message.size())));
        channel =
                simulation.channel(
                        new GossipPqCarrier(
                                Math.max(
                                        GossipPq.CHUNK_BYTES,
                                        GossipPqBody.maxBytes(
                                                scenario.pq().subspaceDimensions()))));
        state = new GossipState(config, all);
        logic =
                new GossipLogic(
                        config,
                        state,
                        simulation.table(),
                        new Chance(Chance.hash(seed, 1)),
                        gossip,
                        GossipListener.NONE);
        chance = new Chance(Chance.hash(seed, 2));
        sampling = new GossipPeerSampling[all];
        nodes = new GossipPq[all];
        secrets = new NodeSecrets[all];
        gossip.bind(NodeProtocol.of(sampling));
        channel.bind(NodeProtocol.of(nodes));
        for (int node = 0; node < scenario.nodes(); node++) {
            simulation.addNode();
        }
        for (int node = 0; node < scenario.nodes(); node++) {
            simulation.move(node, scenario.splitRounds() > 0 ? node & 1 : 0);
            start(node);
        }
    }

    /// Lets one period pass.
    public void runRound() {
        round++;
        if (round == scenario.splitRounds() + 1) {
            for (int node = 0; node < simulation.nodes(); node++) {
                simulation.move(node, 0);
            }
        }
        silence();
        replace(scenario.churn(), true);
        replace(scenario.restart(), false);
        simulation.run(scenario.pq().periodNs());
    }

    /// Lets the late nodes come.
    public void addLate() {
        for (int i = 0; i < scenario.late(); i++) {
            start(simulation.addNode());
        }
    }

    /// Lets a node lose all but its rows and secrets.
    ///
    /// @param node its number
    public void restart(int node) {
        startProtocol(node);
    }

    /// {@return rounds so far}
    public int round() {
        return round;
    }

    /// {@return whether all nodes, from the first to before `end`, have one and the same codebook}
    ///
    /// @param first the first of them
    /// @param end behind the last of them
    /// @param frozen whether it has to be final
    public boolean isIdentical(int first, int end, boolean frozen) {
        Codebook one = nodes[first].codebook();
        for (int node = first; node < end; node++) {
            Codebook other = nodes[node].codebook();
            if (one == null
                    || other == null
                    || !other.hasSameId(one)
                    || (frozen && !nodes[node].isFrozen())
                    || nodes[node].epoch() != nodes[first].epoch()) {
                return false;
            }
        }
        return true;
    }

    /// {@return the protocol of a node}
    ///
    /// @param node its number
    public GossipPq node(int node) {
        return nodes[node];
    }

    /// {@return how many peers a node knows}
    ///
    /// @param node its number
    public int viewLength(int node) {
        return sampling[node].viewLength();
    }

    /// {@return clock, events and nodes}
    public Simulation simulation() {
        return simulation;
    }

    /// {@return the messages of GOSSIP-PQ}
    public Channel<GossipPqMessage> channel() {
        return channel;
    }

    /// Ends all nodes and frees the memory; closing twice is allowed.
    @Override
    public void close() {
        for (GossipPq node : nodes) {
            if (node != null) {
                node.close();
            }
        }
        state.close();
        simulation.close();
    }

    private void start(int node) {
        PeerDescriptor descriptor = new PeerDescriptor();
        simulation.describe(node, descriptor);
        Peer self = descriptor.toPeer();
        long nowNs = simulation.localTimeNs(node);
        sampling[node] = new GossipPeerSampling(logic, node, self, nowNs);
        List<Peer> seeds = new ArrayList<>();
        int others = Math.min(VIEW, scenario.nodes() - 1);
        for (int i = 0; i < others; i++) {
            int other = chance.nextInt(scenario.nodes());
            if (other != node) {
                simulation.describe(other, descriptor);
                sampling[node].addPeer(descriptor.toPeer());
                if (seeds.size() < SEEDS) {
                    seeds.add(descriptor.toPeer());
                }
            }
        }
        sampling[node].bootstrap(seeds, nowNs);
        secrets[node] = NodeSecrets.create(chance);
        startProtocol(node);
    }

    private void startProtocol(int node) {
        if (nodes[node] != null) {
            nodes[node].close();
        }
        nodes[node] =
                new GossipPq(
                                scenario.pq(),
                                secrets[node],
                                rows[node],
                                sampling[node],
                                new Chance(chance.nextLong()),
                                channel,
                                GossipPqListener.NONE,
                                simulation.localTimeNs(node))
                        .sharing(memo);
        simulation.touch(node);
    }

    private void silence() {
        for (int node : silent) {
            simulation.resume(node);
        }
        silent.clear();
        for (int i = draw(scenario.silent()); i > 0; i--) {
            int node = chance.nextInt(scenario.nodes());
            simulation.pause(node);
            silent.add(node);
        }
    }

    private void replace(double share, boolean newcomers) {
        for (int i = draw(share); i > 0; i--) {
            int node = chance.nextInt(scenario.nodes());
            if (newcomers) {
                secrets[node] = NodeSecrets.create(chance);
            }
            startProtocol(node);
        }
    }

    /// A number of nodes whose mean is their share.
    private int draw(double share) {
        double mean = share * scenario.nodes();
        int least = (int) mean;
        return least + (chance.happens(mean - least) ? 1 : 0);
    }

    /// Remembers every training of a run.
    private static final class SharedTrainings implements CodebookMemo {
        private final Map<ByteBuffer, TrainedSubspace> trained = new HashMap<>();

        @Override
        public TrainedSubspace find(byte[] digest) {
            return trained.get(ByteBuffer.wrap(digest));
        }

        @Override
        public void put(byte[] digest, TrainedSubspace subspace) {
            trained.put(ByteBuffer.wrap(digest), subspace);
        }
    }
}
