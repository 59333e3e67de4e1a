package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.engine.space.Simd;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.concurrent.Callable;

/// `bb gossip-pq`: nodes learn a codebook together, in virtual time, and central training does
/// beside them.
@Command(
        name = "gossip-pq",
        description = "Simulates how nodes learn one codebook, and compares it with a central one.",
        mixinStandardHelpOptions = true)
final class GossipPqCommand implements Callable<Integer> {
    @Mixin private Output output;
    @Mixin private GossipPqOptions options;

    @Override
    public Integer call() throws IOException {
        final long start = System.nanoTime();
        options.check();
        // Started early: the kernels are compiled while the files are read.
        Simd.warmUp();
        try (GossipPqRun run = new GossipPqRun(options)) {
            run.simulate(output);
            output.print(run.report(output, start));
        }
        return 0;
    }
}
