package ai.bytesandbrains.bench.cli;

import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.Path;

/// The option by which `bb demo` writes a page, as a mixin.
public final class PageOptions {
    @Option(
            names = "--html",
            paramLabel = "FILE",
            description =
                    "Write a page with a picture of the overlay, and what is found by asking 1, 2,"
                            + " 5 and 10 peers and all.")
    private Path html;

    /// Made by picocli, which fills the fields.
    public PageOptions() {}

    /// The page, or null if none is wanted.
    Path html() {
        return html;
    }

    /// Checks the value before anything runs.
    ///
    /// @throws UsageException if a page is wanted of a run that cannot have one
    void validate(final DemoOptions options, final AskOptions asking) {
        if (html == null) {
            return;
        }
        if (asking.isAsked() || options.kill() + options.pause() > 0) {
            throw new UsageException("--html " + html + ": not with --ask, --kill or --pause");
        }
        final Path folder = html.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new UsageException("--html " + html + ": no such folder");
        }
    }
}
