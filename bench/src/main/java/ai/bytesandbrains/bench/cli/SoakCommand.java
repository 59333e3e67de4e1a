package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.soak.SoakPlan;
import ai.bytesandbrains.bench.soak.SoakRun;
import ai.bytesandbrains.bench.soak.SoakTally;
import ai.bytesandbrains.transport.aeron.AeronDirectories;
import ai.bytesandbrains.transport.aeron.DriverConfig;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// `bb soak`: processes that are killed and stopped while they are asked.
@Command(
        name = "soak",
        description =
                "Runs nodes as processes, kills or stops one every few seconds, and asks all the"
                        + " time.",
        mixinStandardHelpOptions = true)
final class SoakCommand implements Callable<Integer> {
    private static final int MAX_SECONDS = 86_400;

    @Mixin private Output output;

    @Option(
            names = "--transport",
            paramLabel = "ipc|udp",
            defaultValue = "ipc",
            converter = LowerCase.OfTransport.class,
            description = "What the frames travel over (default: ${DEFAULT-VALUE}).")
    private DemoOptions.Transport transport;

    @Option(
            names = "--nodes",
            defaultValue = "4",
            description = "How many processes (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "300",
            description = "How long (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--every-ms",
            paramLabel = "MS",
            defaultValue = "3000",
            description = "From one harm to the next (default: ${DEFAULT-VALUE}).")
    private int everyMs;

    @Option(
            names = "--driver-every",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Kill the media driver instead of a node every so many times; 0 = never"
                            + " (default: ${DEFAULT-VALUE}).")
    private int driverEvery;

    @Option(
            names = "--stop-ms",
            paramLabel = "MS",
            defaultValue = "2000",
            description =
                    "How long a process stands still; every third is stopped, the others are"
                            + " killed (default: ${DEFAULT-VALUE}).")
    private int stopMs;

    @Option(
            names = "--liveness-ms",
            paramLabel = "MS",
            defaultValue = "10000",
            description =
                    "How long a process may stand still before the driver takes it for dead"
                            + " (default: ${DEFAULT-VALUE}).")
    private int livenessMs;

    @Option(
            names = "--deadline",
            paramLabel = "MS",
            defaultValue = "1000",
            description = "Milliseconds until an answer is partial (default: ${DEFAULT-VALUE}).")
    private int deadlineMs;

    @Option(
            names = "--seed",
            defaultValue = "42",
            description = "Of who is harmed and who is asked (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final SoakPlan plan = plan();
        final Path folder = Files.createTempDirectory("bb-soak-");
        final Path directory =
                AeronDirectories.fresh(AeronDirectories.parent(DriverConfig.defaults().bytes()));
        final SoakReport report;
        try (SoakRun run = new SoakRun(plan, Bb.class, folder, directory);
                AtShutdown _ = new AtShutdown("bb-soak-shutdown", run::close)) {
            run.start();
            output.note("%d nodes know each other; they say more in %s".formatted(nodes, folder));
            final long start = System.nanoTime();
            final SoakTally tally = run.run();
            final long elapsedNs = System.nanoTime() - start;
            report = SoakReport.of(plan, run, tally, run.end(), elapsedNs);
        }
        output.print(report);
        if (report.ok()) {
            AeronDirectories.delete(folder);
        }
        return report.ok() ? 0 : Bb.FAILED;
    }

    private SoakPlan plan() {
        Ranges.check("--nodes", nodes, 2, 16);
        Ranges.check("--seconds", seconds, 1, MAX_SECONDS);
        Ranges.check("--every-ms", everyMs, 1, 600_000);
        Ranges.check("--driver-every", driverEvery, 0, 1_000);
        Ranges.check("--stop-ms", stopMs, 1, 60_000);
        Ranges.check("--liveness-ms", livenessMs, 1_000, 60_000);
        Ranges.check("--deadline", deadlineMs, 1, 600_000);
        return new SoakPlan(
                nodes,
                transport == DemoOptions.Transport.UDP,
                TimeUnit.SECONDS.toNanos(seconds),
                TimeUnit.MILLISECONDS.toNanos(everyMs),
                driverEvery,
                TimeUnit.MILLISECONDS.toNanos(stopMs),
                TimeUnit.MILLISECONDS.toNanos(deadlineMs),
                List.of("-Daeron.client.liveness.timeout=" + livenessMs + "ms"),
                seed);
    }
}
