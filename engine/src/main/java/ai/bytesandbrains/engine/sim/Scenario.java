package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.gossip.GossipConfig;

import java.util.Objects;

/// An experiment with gossip peer sampling. Shares are of the nodes, from 0 to 1. What the network
/// suffers begins after a quarter of the run, except for deaths, which come after half of it.
///
/// @param gossip the protocol's parameters; a cycle is one period
/// @param nodes how many nodes
/// @param cycles how many cycles the run takes
/// @param start what the nodes know at first
/// @param seedPeers how many seed peers each node has
/// @param faults what the network does to messages
/// @param churn share of the nodes that is replaced by newcomers in each cycle
/// @param kill share of the nodes that dies half-way
/// @param splitCycles for how many cycles the network falls into two halves
/// @param pause share of the nodes that hangs, keeping what it knows
/// @param restart share of the nodes that crashes and comes back knowing its seed peers only
/// @param awayCycles for how many cycles those two are gone
/// @param attackers share of the nodes that attacks, from the start
/// @param attack how
/// @param seed decides everything left to chance
public record Scenario(
        GossipConfig gossip,
        int nodes,
        int cycles,
        Start start,
        int seedPeers,
        Faults faults,
        double churn,
        double kill,
        int splitCycles,
        double pause,
        double restart,
        int awayCycles,
        double attackers,
        Attack attack,
        long seed) {

    /// The most nodes, dead ones included.
    public static final int MAX_NODES = 4_000_000;

    private static final int MAX_CYCLES = 1_000_000;

    /// Checks every field.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public Scenario {
        Objects.requireNonNull(gossip, "gossip");
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(faults, "faults");
        Objects.requireNonNull(attack, "attack");
        requireRange("nodes", nodes, 2, MAX_NODES);
        requireRange("cycles", cycles, 1, MAX_CYCLES);
        requireRange("seedPeers", seedPeers, 0, Math.min(64, nodes - 1));
        requireRange("splitCycles", splitCycles, 0, cycles);
        requireRange("awayCycles", awayCycles, 0, cycles);
        requireShare("churn", churn);
        requireShare("kill", kill);
        requireShare("pause", pause);
        requireShare("restart", restart);
        requireShare("attackers", attackers);
        require(
                seedPeers > 0 || start == Start.RANDOM || start == Start.LATTICE,
                "seedPeers=0 start=" + start + ": nobody would know anybody");
        require(
                pause + restart + attackers <= 1,
                "pause=%s restart=%s attackers=%s: expected at most 1 together"
                        .formatted(pause, restart, attackers));
        require(
                nodes * (1 + churn * cycles) <= MAX_NODES,
                "nodes=%d churn=%s cycles=%d: more than %d nodes in all"
                        .formatted(nodes, churn, cycles, MAX_NODES));
    }

    /// An experiment in which nothing goes wrong.
    ///
    /// @param gossip the protocol's parameters
    /// @param nodes how many nodes
    /// @param cycles how many cycles
    /// @param seed decides everything left to chance
    /// @return random start, four seed peers, latency of a wide-area network
    public static Scenario of(GossipConfig gossip, int nodes, int cycles, long seed) {
        return new Scenario(
                gossip,
                nodes,
                cycles,
                Start.RANDOM,
                Math.min(4, nodes - 1),
                Faults.NONE,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                Attack.HUB,
                seed);
    }

    /// {@return the most nodes that there will be, those included that churn brings}
    public int maxNodes() {
        return nodes + churnPerCycle() * cycles;
    }

    /// {@return how many nodes churn replaces in a cycle}
    public int churnPerCycle() {
        return (int) Math.round(churn * nodes);
    }

    private static void requireShare(String name, double value) {
        require(value >= 0 && value <= 1, name + "=" + value + ": expected 0 to 1");
    }

    private static void requireRange(String name, int value, int least, int most) {
        require(
                value >= least && value <= most,
                name + "=" + value + ": expected " + least + " to " + most);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
