package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.fuzz.FuzzRun;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/// `bb fuzz`: damaged frames for whole nodes.
@Command(
        name = "fuzz",
        description =
                "Hands nodes damaged frames of every kind while they work: nothing may throw, be"
                        + " miscounted or grow.",
        mixinStandardHelpOptions = true)
final class FuzzCommand implements Callable<Integer> {
    private static final int STEPS = 100;

    /// From here on memory is watched: everything has been compiled and used once.
    private static final int SETTLED = STEPS / 10;

    private static final Path MEMORY = Path.of("/proc/self/status");

    @Mixin private Output output;

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "How many frames nodes are handed (default: ${DEFAULT-VALUE}).")
    private int frames;

    @Option(
            names = "--copies",
            paramLabel = "N",
            defaultValue = "12",
            description = "Damaged frames for each sound one (default: ${DEFAULT-VALUE}).")
    private int copies;

    @Option(
            names = "--seed",
            defaultValue = "42",
            description = "Of frames and damage (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Override
    public Integer call() throws IOException {
        Ranges.check("--frames", frames, 1_000, Integer.MAX_VALUE);
        Ranges.check("--copies", copies, 0, 1_000);
        final FuzzReport report;
        final Throwable first;
        try (FuzzRun run = new FuzzRun(copies, seed)) {
            report = run(run);
            first = run.tally().first();
        }
        output.print(report);
        if (first != null) {
            throw new IllegalStateException("a frame made a node throw: " + first, first);
        }
        return report.ok() ? 0 : Bb.FAILED;
    }

    private FuzzReport run(final FuzzRun run) throws IOException {
        final long start = System.nanoTime();
        long heapKb = 0;
        Long residentKb = null;
        try (Progress progress = output.progress("frames", STEPS)) {
            for (int step = 1; step <= STEPS; step++) {
                run.runTo((long) frames * step / STEPS);
                if (step == SETTLED) {
                    heapKb = heapKb();
                    residentKb = residentKb();
                }
                progress.step();
            }
        }
        final double seconds = (System.nanoTime() - start) / 1e9;
        final long heapGrowthKb = heapKb() - heapKb;
        final Long residentGrowthKb = residentKb == null ? null : residentKb() - residentKb;
        return FuzzReport.of(run, seed, heapGrowthKb, residentGrowthKb, seconds);
    }

    private static long heapKb() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 10;
    }

    private static Long residentKb() throws IOException {
        if (!Files.isReadable(MEMORY)) {
            return null;
        }
        return Files.readAllLines(MEMORY).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Long.valueOf(line.replaceAll("\\D+", "")))
                .findFirst()
                .orElse(null);
    }
}
