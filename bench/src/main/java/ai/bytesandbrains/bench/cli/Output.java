package ai.bytesandbrains.bench.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;

/// What every command prints, as a mixin: the result on standard output, as a table or with
/// `--json` as one JSON object, and progress on standard error.
///
/// For one thread.
public final class Output {
    @Option(
            names = "--json",
            description = "One JSON object on standard output, nothing else there.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /// Made by picocli, which fills the fields.
    public Output() {}

    /// Whether the result goes out as JSON.
    ///
    /// @return true with `--json`
    public boolean json() {
        return json;
    }

    /// Prints a result: of most commands the only one, at the end.
    ///
    /// @param report the result
    public void print(final Report report) {
        final PrintWriter out = command.commandLine().getOut();
        if (json) {
            out.println(Json.line(report));
        } else {
            out.print(report.table());
        }
        out.flush();
    }

    /// Prints text that goes with the table; left out with `--json`.
    ///
    /// @param text lines, each ended by a line break
    public void text(final String text) {
        if (!json) {
            final PrintWriter out = command.commandLine().getOut();
            out.print(text);
            out.flush();
        }
    }

    /// Prints a line of progress.
    ///
    /// @param line the line, without its end
    public void note(final String line) {
        command.commandLine().getErr().println(line);
    }

    /// Prints a line about something that went wrong and does not end the command.
    ///
    /// @param error what went wrong
    public void error(final Throwable error) {
        note("error: " + String.valueOf(error.getMessage()).strip().replaceAll("\\s*\\R\\s*", " "));
    }

    /// Starts a progress bar.
    ///
    /// @param task what goes on
    /// @param total number of steps
    /// @return the bar; close it before anything else is printed
    public Progress progress(final String task, final long total) {
        return new Progress(command.commandLine().getErr(), task, total);
    }
}
