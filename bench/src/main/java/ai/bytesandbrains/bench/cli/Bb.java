package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.MalformedFileException;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// The command `bb`. Exit code 0 = done, 1 = failed, 2 = cannot be done as asked. A failure is one
/// line on standard error.
@Command(
        name = "bb",
        description = "Decentralised similarity search: demo, checks and measurements.",
        subcommands = {
            DemoCommand.class,
            EvalCommand.class,
            CompareCommand.class,
            SynthCommand.class,
            JmhCommand.class,
            SimCommand.class,
            LatencyCommand.class,
            OverlayCommand.class,
            FederatedCommand.class,
            NodeCommand.class,
            QueryCommand.class,
            DriverCommand.class,
            StatCommand.class,
            SoakCommand.class,
            FuzzCommand.class,
            GossipPqCommand.class,
            LearnCommand.class,
            DoctorCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Bb.Version.class)
public final class Bb implements Callable<Integer> {
    static final int FAILED = 1;
    static final int CANNOT = 2;

    private static final String FILTERED_PROPERTY = "bb.filtered";

    @Spec private CommandSpec spec;

    private Bb() {}

    /// Runs the command line and ends the process with its exit code.
    ///
    /// @param args sub-command and options
    public static void main(final String[] args) {
        final PrintStream standardOutput = System.out;
        // With --json nothing but the object may be on standard output, whatever a library prints.
        System.setOut(System.err);
        final int exitCode =
                execute(
                        commandLine(
                                new PrintWriter(standardOutput, true, standardOutput.charset()),
                                new PrintWriter(System.err, true, System.err.charset())),
                        args);
        if (Boolean.getBoolean(FILTERED_PROPERTY)) {
            drainStandardError();
        }
        System.exit(exitCode);
    }

    /// The launcher leaves a filter of standard error as a child of this process. Who waits for the
    /// process expects that everything has been written by then.
    private static void drainStandardError() {
        System.err.close();
        ProcessHandle.current()
                .children()
                .forEach(
                        child ->
                                child.onExit()
                                        .completeOnTimeout(child, 2, TimeUnit.SECONDS)
                                        .join());
    }

    /// The command with its sub-commands and its way of reporting failures.
    ///
    /// @param out where results go
    /// @param err where progress and failures go
    static CommandLine commandLine(final PrintWriter out, final PrintWriter err) {
        final CommandLine commandLine = new CommandLine(new Bb());
        commandLine.getSubcommands().get("jmh").setUnmatchedOptionsArePositionalParams(true);
        return commandLine
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(
                        (e, _) -> {
                            final CommandLine at = e.getCommandLine();
                            at.getErr().println(line(at, e.getMessage()));
                            return CANNOT;
                        })
                .setExecutionExceptionHandler((e, at, _) -> report(e, at));
    }

    /// Runs a command line.
    ///
    /// @return the exit code
    static int execute(final CommandLine commandLine, final String... args) {
        try {
            return commandLine.execute(args);
        } catch (final Error e) {
            // The process's edge: an Error is one line too.
            return report(e, commandLine);
        } finally {
            commandLine.getOut().flush();
            commandLine.getErr().flush();
        }
    }

    @Override
    public Integer call() {
        throw new UsageException(
                "which command? One of "
                        + String.join(", ", spec.subcommands().keySet())
                        + " (bb --help says more)");
    }

    private static int report(final Throwable e, final CommandLine at) {
        final String asked = asked(e);
        at.getErr().println(line(at, asked == null ? failure(e) : asked));
        return asked == null ? FAILED : CANNOT;
    }

    /// What to tell the user when it is the request that is at fault, null when it is not.
    private static String asked(final Throwable e) {
        return switch (e) {
            case UsageException _, MalformedFileException _ -> e.getMessage();
            case NoSuchFileException missing -> missing.getFile() + ": no such file";
            case AccessDeniedException denied -> denied.getFile() + ": access denied";
            case FileSystemException other -> other.getMessage();
            default -> null;
        };
    }

    /// One line instead of a stack trace: what, why and where.
    private static String failure(final Throwable e) {
        final StackTraceElement[] trace = e.getStackTrace();
        return "internal failure: " + e + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    private static String line(final CommandLine at, final String message) {
        return at.getCommandSpec().qualifiedName()
                + ": "
                + String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /// Prints the version from the jar's manifest.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            final String version = Bb.class.getPackage().getImplementationVersion();
            return new String[] {
                "bb " + (version == null ? "(not from a jar)" : version), "JDK " + Runtime.version()
            };
        }
    }
}
