package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipSlots;

import java.util.BitSet;

/// Who comes and goes in a [GossipSimulation]: starts nodes with what they know at first, and ends
/// them.
final class Population {

    /// Random peers tried for each place of a view.
    private static final int MOST_TRIES = 100;

    private final Scenario scenario;
    private final Simulation simulation;
    private final GossipSlots slots;
    private final Channel<GossipMessage> channel;
    private final BitSet attackers;
    private final Chance chance;
    private final long periodNs;
    private final int[] picked;

    Population(
            Scenario scenario,
            Simulation simulation,
            GossipSlots slots,
            Channel<GossipMessage> channel,
            BitSet attackers,
            Chance chance) {
        this.scenario = scenario;
        this.simulation = simulation;
        this.slots = slots;
        this.channel = channel;
        this.attackers = attackers;
        this.chance = chance;
        periodNs = scenario.gossip().periodNs();
        picked = new int[scenario.maxNodes()];
    }

    /// Brings all first nodes into being and gives those of a random start or a lattice their
    /// views. Neighbours in memory do their exchanges one after the other, which caches like.
    void startTogether() {
        for (int node = 0; node < scenario.nodes(); node++) {
            simulation.addNode();
        }
        for (int node = 0; node < scenario.nodes(); node++) {
            startAt(node, phaseOf(node));
        }
        for (int node = 0; node < scenario.nodes(); node++) {
            if (slots.isRunning(node)) {
                fillView(node);
            }
        }
    }

    /// Brings all first nodes into being but starts those only that attack.
    void addAll() {
        for (int node = 0; node < scenario.nodes(); node++) {
            simulation.addNode();
            if (attackers.get(node)) {
                channel.wakeAt(node, simulation.nowNs());
            } else {
                simulation.kill(node);
            }
        }
    }

    /// Starts a node that is there but does not live.
    void arrive(int node) {
        simulation.revive(node);
        startAt(node, simulation.nowNs() + chance.nextLong(periodNs));
        channel.touch(node);
    }

    /// Adds a newcomer, who knows nodes that live now.
    void newcomer() {
        int node = simulation.addNode();
        startSlot(node, simulation.nowNs() + chance.nextLong(periodNs));
        knowRandomSeeds(node, Math.max(1, scenario.seedPeers()));
        channel.touch(node);
    }

    void crash(int node) {
        simulation.kill(node);
        slots.stop(node);
    }

    /// Picks different nodes that live; honest ones only if it is said so.
    ///
    /// @return how many were found, at most as many as asked for
    int pick(int count, boolean honest) {
        int found = 0;
        for (int node = 0; node < simulation.nodes(); node++) {
            if (simulation.isAlive(node) && !(honest && attackers.get(node))) {
                picked[found++] = node;
            }
        }
        int wanted = Math.min(count, found);
        for (int i = 0; i < wanted; i++) {
            int other = i + chance.nextInt(found - i);
            int node = picked[other];
            picked[other] = picked[i];
            picked[i] = node;
        }
        return wanted;
    }

    /// One of those that were picked last.
    int picked(int index) {
        return picked[index];
    }

    /// Evenly spread over a period, in the order of the numbers.
    private long phaseOf(int node) {
        double place = (node + chance.nextDouble()) / scenario.nodes();
        return simulation.nowNs() + (long) (place * periodNs);
    }

    private void startAt(int node, long firstExchangeNs) {
        if (!attackers.get(node)) {
            startSlot(node, firstExchangeNs);
            knowSeeds(node);
        }
        channel.wakeAt(node, firstExchangeNs);
    }

    private void startSlot(int node, long firstExchangeNs) {
        long self = simulation.handleOf(node);
        simulation.table().retain(self);
        long offset = simulation.localTimeNs(node) - simulation.nowNs();
        slots.start(node, self, firstExchangeNs + offset, simulation.localTimeNs(node));
    }

    private void fillView(int node) {
        int viewSize = Math.min(scenario.gossip().viewSize(), scenario.nodes() - 1);
        if (scenario.start() == Start.LATTICE) {
            for (int i = 1; i <= viewSize; i++) {
                int step = (i & 1) == 0 ? i / 2 : -(i + 1) / 2;
                know(node, Math.floorMod(node + step, scenario.nodes()));
            }
        } else {
            // An exchange may turn peers down, so the number of tries is bounded.
            int known = 0;
            for (int tries = 0; known < viewSize && tries < MOST_TRIES * viewSize; tries++) {
                known += know(node, chance.nextInt(scenario.nodes())) ? 1 : 0;
            }
        }
    }

    private void knowSeeds(int node) {
        int seeds = scenario.seedPeers();
        switch (scenario.start()) {
            case RANDOM, LATTICE -> knowRandomSeeds(node, seeds);
            case GROWING, JOIN -> {
                for (int i = 0; i < seeds; i++) {
                    knowSeed(node, i);
                }
            }
            case HALVES -> {
                for (int i = 0; i < seeds; i++) {
                    knowSeed(node, Math.min(2 * i + 1 - (node & 1), scenario.nodes() - 1));
                }
            }
        }
    }

    private void knowRandomSeeds(int node, int seeds) {
        for (int i = 0; i < seeds; i++) {
            int seed;
            do {
                seed = chance.nextInt(simulation.nodes());
            } while (!simulation.isAlive(seed));
            knowSeed(node, seed);
        }
    }

    private void knowSeed(int node, int seed) {
        long peer = simulation.handleOf(seed);
        simulation.table().retain(peer);
        slots.addSeed(node, peer, simulation.localTimeNs(node));
    }

    private boolean know(int node, int other) {
        long peer = simulation.handleOf(other);
        simulation.table().retain(peer);
        return slots.addPeer(node, peer);
    }
}
