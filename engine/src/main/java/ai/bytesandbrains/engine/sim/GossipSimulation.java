package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossip.GossipCounters;
import ai.bytesandbrains.engine.gossip.GossipListener;
import ai.bytesandbrains.engine.gossip.GossipLogic;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipSlots;
import ai.bytesandbrains.engine.gossip.GossipState;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerView;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Function;

/// Runs a [Scenario]: gossip peer sampling, as it is shipped, on all its nodes.
///
/// ```
///   try (var simulation = new GossipSimulation(scenario)) {
///       while (simulation.cycle() < scenario.cycles()) {
///           simulation.runCycle();
///           CycleFigures figures = simulation.figures();
///       }
///       OverlayMetrics metrics = simulation.metrics();
///   }
/// ```
///
/// Single-threaded. A cycle in which nobody comes or goes allocates nothing.
public final class GossipSimulation implements AutoCloseable {

    /// Nodes whose in-degrees and draws are followed at the most.
    private static final int FOLLOWED = 1_000;

    /// Nodes that arrive in one cycle do so in so many groups.
    private static final int GROUPS = 64;

    private final Scenario scenario;
    private final Simulation simulation;
    private final GossipState state;
    private final GossipLogic logic;
    private final GossipSlots slots;
    private final Channel<GossipMessage> channel;
    private final Population population;
    private final Timeline timeline;
    private final GraphReader reader;
    private final BitSet attackers = new BitSet();
    private final int[] degrees;
    private int cutOffByDeaths;
    private int arrived;
    private int cycle;

    /// Prepares a run with messages in the simulator's own form.
    ///
    /// @param scenario what is to happen
    public GossipSimulation(Scenario scenario) {
        this(
                scenario,
                simulation ->
                        new GossipCarrier(
                                simulation,
                                scenario.gossip().exchangeSize(),
                                message -> GossipCarrier.bytesOf(message.size())));
    }

    /// Prepares a run.
    ///
    /// @param scenario what is to happen
    /// @param carriers makes what carries messages, such as a real wire format
    public GossipSimulation(
            Scenario scenario, Function<Simulation, Carrier<GossipMessage>> carriers) {
        this.scenario = scenario;
        GossipConfig gossip = scenario.gossip();
        int maxNodes = scenario.maxNodes();
        boolean lies = scenario.attackers() > 0 && scenario.attack().lies();
        int strangers = lies ? Math.multiplyExact(maxNodes, gossip.maxReferencedPeers()) : 0;
        Faults faults = scenario.faults();
        long seed = scenario.seed();
        simulation = new Simulation(maxNodes, strangers, gossip.periodNs(), faults, seed);
        channel = simulation.channel(carriers.apply(simulation));
        state = new GossipState(gossip, maxNodes);
        Chance protocolChance = new Chance(Chance.hash(seed, 1));
        logic =
                new GossipLogic(
                        gossip,
                        state,
                        simulation.table(),
                        protocolChance,
                        channel,
                        GossipListener.NONE);
        slots = new GossipSlots(logic);
        Chance chance = new Chance(Chance.hash(seed, 2));
        int[] attackerNumbers = chooseAttackers(chance);
        population = new Population(scenario, simulation, slots, channel, attackers, chance);
        timeline = new Timeline(scenario, simulation, population);
        reader = new GraphReader(simulation, slots, attackers, maxNodes);
        degrees = new int[maxNodes];
        channel.bind(
                new GossipNodes(
                        slots,
                        attackerNumbers.length == 0 ? null : attackers(attackerNumbers),
                        attackers));
        arrived = arrivalsBy(0);
        if (arrived > 0) {
            population.startTogether();
        } else {
            population.addAll();
        }
    }

    /// Lets one period pass.
    public void runCycle() {
        timeline.before(cycle);
        if (cycle == Timeline.deathsAt(scenario) && scenario.kill() > 0) {
            int[] components = OverlayMetrics.components(reader.read());
            cutOffByDeaths = Arrays.stream(components).skip(1).sum();
        }
        long periodNs = scenario.gossip().periodNs();
        cycle++;
        int before = arrived;
        int arrivals = arrivalsBy(cycle) - before;
        if (arrivals == 0) {
            simulation.run(periodNs);
            return;
        }
        for (int group = 1; group <= GROUPS; group++) {
            int until = before + (int) ((long) arrivals * group / GROUPS);
            while (arrived < until) {
                if (!attackers.get(arrived)) {
                    population.arrive(arrived);
                }
                arrived++;
            }
            simulation.run(periodNs / GROUPS);
        }
        simulation.run(periodNs % GROUPS);
    }

    /// {@return how many cycles have passed}
    public int cycle() {
        return cycle;
    }

    /// {@return the figures that are quick to get}
    public CycleFigures figures() {
        OverlayGraph graph = reader.read();
        graph.inDegrees(degrees);
        int members = graph.members();
        OverlayMetrics.InDegree inDegree = OverlayMetrics.InDegree.of(degrees, members);
        long entries = graph.links() + graph.deadLinks() + graph.attackerLinks();
        return new CycleFigures(
                cycle,
                members,
                inDegree.mean(),
                inDegree.sd(),
                members == 0 ? 0 : (double) graph.deadLinks() / members,
                inDegree.zeros(),
                entries == 0 ? 0 : (double) graph.attackerLinks() / entries,
                reader.crossing());
    }

    /// {@return all figures of the views as they are now; allocates}
    public OverlayMetrics metrics() {
        return OverlayMetrics.of(reader.read(), new Chance(scenario.seed()));
    }

    /// {@return how many nodes were outside the largest component when the others had just died,
    /// before anybody noticed; 0 if nobody did}
    public int cutOffByDeaths() {
        return cutOffByDeaths;
    }

    /// {@return how many members have the in-degree that is the index; allocates}
    public int[] inDegreeHistogram() {
        OverlayGraph graph = reader.read();
        graph.inDegrees(degrees);
        int members = graph.members();
        int[] histogram = new int[OverlayMetrics.InDegree.of(degrees, members).max() + 1];
        for (int i = 0; i < members; i++) {
            histogram[degrees[i]]++;
        }
        return histogram;
    }

    /// Notes the in-degrees of the first nodes, as of the last [#figures].
    ///
    /// @param history where to note them
    public void follow(DegreeHistory history) {
        history.add(degrees);
    }

    /// Lets the first nodes draw one peer each from their sampling service.
    ///
    /// @param draws where to count them
    public void draw(Draws draws) {
        for (int node = 0; node < draws.samplers(); node++) {
            if (reader.isMember(node)) {
                int peer = simulation.nodeOf(slots.selectPeerNow(node, PeerSelector.UNIFORM));
                if (peer >= 0) {
                    draws.add(node, peer);
                }
            }
        }
        draws.endOfRound();
    }

    /// {@return how many nodes can be followed}
    public int followed() {
        return Math.min(FOLLOWED, scenario.nodes());
    }

    /// {@return what the protocol has done, all nodes together}
    public GossipCounters counters() {
        return logic.counters();
    }

    /// {@return messages and bytes so far}
    public Channel<GossipMessage> channel() {
        return channel;
    }

    /// {@return clock, events and nodes}
    public Simulation simulation() {
        return simulation;
    }

    /// {@return bytes for each node: its gossip state, its entry in the peer table, and
    /// its share of the queue and of the messages on their way}
    public double bytesPerNode() {
        return state.bytesPerNode() + (double) simulation.memoryBytes() / scenario.maxNodes();
    }

    /// {@return a number that two runs share only if everything happened alike and all views ended
    /// alike}
    public long digest() {
        long digest = simulation.digest();
        for (int node = 0; node < simulation.nodes(); node++) {
            if (reader.isMember(node)) {
                PeerView view = slots.view(node);
                for (int i = 0; i < view.size(); i++) {
                    digest = (Long.rotateLeft(digest, 17) ^ view.peerAt(i)) * Simulation.PRIME;
                    digest = (digest ^ view.ageAt(i)) * Simulation.PRIME;
                }
            }
        }
        return digest;
    }

    /// Ends all nodes and frees the memory; closing twice is allowed.
    @Override
    public void close() {
        state.close();
        simulation.close();
    }

    private int[] chooseAttackers(Chance chance) {
        int count = (int) Math.round(scenario.attackers() * scenario.nodes());
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            do {
                numbers[i] = chance.nextInt(scenario.nodes());
            } while (attackers.get(numbers[i]));
            attackers.set(numbers[i]);
        }
        return numbers;
    }

    private Attackers attackers(int[] numbers) {
        return new Attackers(
                simulation, channel, scenario, numbers, Chance.hash(scenario.seed(), 3));
    }

    /// How many of the first nodes have started when so many cycles have passed.
    private int arrivalsBy(int cycles) {
        return switch (scenario.start()) {
            case RANDOM, LATTICE -> scenario.nodes();
            case JOIN, HALVES -> cycles == 0 ? 0 : scenario.nodes();
            case GROWING -> {
                int growing = Math.max(1, scenario.cycles() / 2);
                yield (int) ((long) scenario.nodes() * Math.min(cycles, growing) / growing);
            }
        };
    }
}
