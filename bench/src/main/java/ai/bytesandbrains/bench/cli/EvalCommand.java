package ai.bytesandbrains.bench.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.concurrent.Callable;

/// `bb eval`: one configuration of an index over a data set, trained, filled and searched.
@Command(
        name = "eval",
        description = "Trains, fills and searches one index over a data set, and measures it.",
        mixinStandardHelpOptions = true)
final class EvalCommand implements Callable<Integer> {
    @Mixin private Output output;
    @Mixin private EvalOptions options;

    @Override
    public Integer call() throws IOException {
        options.validate();
        output.print(new EvalRun(output, options).run());
        return 0;
    }
}
