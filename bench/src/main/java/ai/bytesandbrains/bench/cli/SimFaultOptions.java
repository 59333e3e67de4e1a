package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.sim.Attack;
import ai.bytesandbrains.engine.sim.Faults;
import ai.bytesandbrains.engine.sim.Scenario;
import ai.bytesandbrains.engine.sim.Start;

import picocli.CommandLine.Option;

import java.util.concurrent.TimeUnit;

/// How a simulation starts and what goes wrong in it, as a mixin.
public final class SimFaultOptions {
    private static final int MAX_LATENCY_MS = 60_000;

    @Option(
            names = "--start",
            paramLabel = "random|lattice|growing|join|halves",
            defaultValue = "random",
            converter = LowerCase.OfStart.class,
            description = "What nodes know at first (default: random).")
    private Start start;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "4",
            description = "Seed peers of each node (default: 4).")
    private int seeds;

    @Option(
            names = "--latency-ms",
            paramLabel = "N",
            defaultValue = "100",
            description = "Messages take a tenth of this to all of it (default: 100).")
    private int latencyMs;

    @Option(
            names = "--loss",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of messages that get lost (default: 0).")
    private double loss;

    @Option(
            names = "--duplicate",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of messages that arrive twice (default: 0).")
    private double duplicate;

    @Option(
            names = "--reorder",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of messages held back for up to 2 s (default: 0).")
    private double reorder;

    @Option(
            names = "--refuse",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of sends that the outbox refuses (default: 0).")
    private double refuse;

    @Option(
            names = "--clock-offset-ms",
            paramLabel = "N",
            defaultValue = "0",
            description = "Clocks are wrong by up to this (default: 0).")
    private long clockOffsetMs;

    @Option(names = "--report-failures", description = "Senders hear at once when a peer is dead.")
    private boolean reportFailures;

    @Option(
            names = "--churn",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of the nodes replaced in each cycle (default: 0).")
    private double churn;

    @Option(
            names = "--kill",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of the nodes that dies half-way through the run (default: 0).")
    private double kill;

    @Option(
            names = "--split",
            paramLabel = "CYCLES",
            defaultValue = "0",
            description = "Cycles in two halves, after a quarter of the run (default: 0).")
    private int split;

    @Option(
            names = "--pause",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share that hangs after a quarter of the run (default: 0).")
    private double pause;

    @Option(
            names = "--restart",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share that crashes then and comes back empty (default: 0).")
    private double restart;

    @Option(
            names = "--away",
            paramLabel = "CYCLES",
            defaultValue = "10",
            description = "Cycles that those two stay away (default: 10).")
    private int away;

    @Option(
            names = "--attackers",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of the nodes that attacks (default: 0).")
    private double attackers;

    @Option(
            names = "--attack",
            paramLabel = "hub|flood|lies",
            defaultValue = "hub",
            converter = LowerCase.OfAttack.class,
            description = "What attackers do (default: hub).")
    private Attack attack;

    /// Made by picocli, which fills the fields.
    public SimFaultOptions() {}

    /// Puts these options and the rest together.
    ///
    /// @throws IllegalArgumentException if a value is out of range
    Scenario scenario(
            final GossipConfig gossip, final int nodes, final int cycles, final long seed) {
        if (latencyMs < 1 || latencyMs > MAX_LATENCY_MS) {
            throw new UsageException(
                    "--latency-ms %d is not in 1..%d".formatted(latencyMs, MAX_LATENCY_MS));
        }
        if (seeds > gossip.maxSeeds()) {
            throw new UsageException(
                    "--seeds %d is not in 0..%d".formatted(seeds, gossip.maxSeeds()));
        }
        final long latencyNs = TimeUnit.MILLISECONDS.toNanos(latencyMs);
        final Faults faults =
                new Faults(
                        latencyNs / 10,
                        latencyNs,
                        loss,
                        duplicate,
                        reorder,
                        TimeUnit.SECONDS.toNanos(2),
                        refuse,
                        TimeUnit.MILLISECONDS.toNanos(clockOffsetMs),
                        reportFailures);
        return new Scenario(
                gossip,
                nodes,
                cycles,
                start,
                Math.min(seeds, Math.max(0, nodes - 1)),
                faults,
                churn,
                kill,
                split,
                pause,
                restart,
                Math.min(away, cycles),
                attackers,
                attack,
                seed);
    }
}
