package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.sim.SimPicture;
import ai.bytesandbrains.engine.sim.Scenario;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.concurrent.Callable;

/// `bb sim`: gossip peer sampling in virtual time, with the figures that describe overlays.
@Command(
        name = "sim",
        description = "Simulates gossip peer sampling, up to millions of nodes.",
        mixinStandardHelpOptions = true)
final class SimCommand implements Callable<Integer> {
    @Mixin private Output output;
    @Mixin private SimOptions options;

    @Override
    public Integer call() throws IOException {
        final long start = System.nanoTime();
        final Scenario scenario = options.scenario();
        try (SimRun run = new SimRun(scenario, options)) {
            try (Progress progress = output.progress("cycles", scenario.cycles())) {
                while (run.step()) {
                    progress.step();
                }
            }
            final SimReport report = run.report(start);
            if (options.picture() != null) {
                SimPicture.draw(run.inDegrees(), run.course(), options.picture());
            }
            output.print(report);
        }
        return 0;
    }
}
