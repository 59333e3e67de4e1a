package ai.bytesandbrains.bench.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.concurrent.Callable;

/// `bb overlay`: the semantic overlay in virtual time, and how well finds go on it.
@Command(
        name = "overlay",
        description = "Simulates nodes that find peers with similar data.",
        mixinStandardHelpOptions = true)
final class OverlayCommand implements Callable<Integer> {
    @Mixin private Output output;
    @Mixin private OverlayOptions options;

    @Override
    public Integer call() throws IOException {
        options.validate();
        try (OverlayRun run = OverlayRun.prepare(options)) {
            try (Progress progress = output.progress("cycles", options.cycles())) {
                for (int cycle = 0; cycle < options.cycles(); cycle++) {
                    run.cycle();
                    progress.step();
                }
            }
            output.print(run.report());
        }
        return 0;
    }
}
