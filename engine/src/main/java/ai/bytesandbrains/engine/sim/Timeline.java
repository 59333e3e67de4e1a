package ai.bytesandbrains.engine.sim;

import java.util.Arrays;

/// What a [Scenario] has in store, cycle by cycle: partitions, pauses, crashes, deaths, churn.
final class Timeline {

    private static final int SIDES = 2;

    private final Scenario scenario;
    private final Simulation simulation;
    private final Population population;
    private int[] paused = new int[0];
    private int[] crashed = new int[0];

    Timeline(Scenario scenario, Simulation simulation, Population population) {
        this.scenario = scenario;
        this.simulation = simulation;
        this.population = population;
    }

    /// {@return the cycle with which partitions, pauses and crashes begin}
    static int faultsAt(Scenario scenario) {
        return scenario.cycles() / 4;
    }

    /// {@return the cycle with which nodes die}
    static int deathsAt(Scenario scenario) {
        return scenario.cycles() / 2;
    }

    /// {@return which half a node is of when the network falls apart}
    static int sideOf(int node) {
        return node % SIDES;
    }

    /// Does what comes before a cycle.
    void before(int cycle) {
        int faultsAt = faultsAt(scenario);
        if (cycle == faultsAt) {
            beginFaults();
        }
        if (cycle == faultsAt + scenario.splitCycles()) {
            split(false);
        }
        if (cycle == faultsAt + scenario.awayCycles()) {
            comeBack();
        }
        if (cycle == deathsAt(scenario) && scenario.kill() > 0) {
            crash(population.pick(share(scenario.kill(), simulation.alive()), false));
        }
        churn();
    }

    private void beginFaults() {
        if (scenario.splitCycles() > 0) {
            split(true);
        }
        int hang = share(scenario.pause(), scenario.nodes());
        int crash = share(scenario.restart(), scenario.nodes());
        if (hang + crash > 0 && scenario.awayCycles() > 0) {
            int picked = population.pick(hang + crash, true);
            paused = new int[Math.min(hang, picked)];
            crashed = new int[picked - paused.length];
            Arrays.setAll(paused, population::picked);
            Arrays.setAll(crashed, i -> population.picked(paused.length + i));
        }
        for (int node : paused) {
            simulation.pause(node);
        }
        for (int node : crashed) {
            population.crash(node);
        }
    }

    private void comeBack() {
        for (int node : paused) {
            simulation.resume(node);
        }
        for (int node : crashed) {
            population.arrive(node);
        }
        paused = new int[0];
        crashed = new int[0];
    }

    private void crash(int picked) {
        for (int i = 0; i < picked; i++) {
            population.crash(population.picked(i));
        }
    }

    private void split(boolean apart) {
        for (int node = 0; node < simulation.nodes(); node++) {
            simulation.move(node, apart ? sideOf(node) : 0);
        }
    }

    private void churn() {
        int count = scenario.churnPerCycle();
        if (count > 0) {
            crash(population.pick(count, true));
            for (int i = 0; i < count; i++) {
                population.newcomer();
            }
        }
    }

    private static int share(double share, int of) {
        return (int) Math.round(share * of);
    }
}
