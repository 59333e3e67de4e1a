package ai.bytesandbrains.bench.cli;

import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.VerboseMode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.concurrent.Callable;

/// `bb jmh`: the kernel benchmarks. All arguments are JMH's own; its forks inherit this JVM's
/// flags.
@Command(
        name = "jmh",
        description =
                "Runs the kernel benchmarks; arguments are those of JMH: a regular expression, -l,"
                        + " -h, -prof gc, -f 1, -p name=value ...")
final class JmhCommand implements Callable<Integer> {
    /// Options as well: what this command does not know is positional for it.
    @Parameters(paramLabel = "ARGUMENT", arity = "0..*", description = "As for JMH.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws IOException, RunnerException {
        final CommandLineOptions options;
        try {
            options = new CommandLineOptions(arguments.toArray(String[]::new));
        } catch (final CommandLineOptionException e) {
            throw new UsageException(e.getMessage(), e);
        }
        if (options.shouldHelp()) {
            options.showHelp();
        } else if (options.shouldListProfilers()) {
            options.listProfilers();
        } else if (options.shouldListResultFormats()) {
            options.listResultFormats();
        } else {
            run(options);
        }
        return 0;
    }

    private static void run(final CommandLineOptions options) throws RunnerException {
        // System.out is not standard output here, see Bb; JMH's report belongs there.
        final PrintStream out =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), true, Charset.defaultCharset());
        final Runner runner =
                new Runner(
                        options,
                        OutputFormatFactory.createFormatInstance(
                                out, options.verbosity().orElse(VerboseMode.NORMAL)));
        if (options.shouldListWithParams()) {
            runner.listWithParams(options);
        } else if (options.shouldList()) {
            runner.list();
        } else {
            runner.run();
        }
    }
}
