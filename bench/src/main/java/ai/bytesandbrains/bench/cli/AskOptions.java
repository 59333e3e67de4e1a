package ai.bytesandbrains.bench.cli;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;

/// The options by which `bb demo` is asked in words, as a mixin.
public final class AskOptions {
    @Option(
            names = "--ask",
            paramLabel = "TEXT",
            description =
                    "Ask this instead of the bundled queries; may be given several times; - asks"
                            + " every line of standard input.")
    private List<String> asked = List.of();

    @Option(
            names = "--texts",
            paramLabel = "FILE",
            description =
                    "Spread the lines of this file over the peers instead of the bundled texts"
                            + " (needs --ask).")
    private Path texts;

    /// Made by picocli, which fills the fields.
    public AskOptions() {}

    /// Whether anything is asked in words.
    ///
    /// @return true with `--ask`
    public boolean isAsked() {
        return !asked.isEmpty();
    }

    /// Checks the combination.
    ///
    /// @param options the demo's own
    /// @throws UsageException with the option that is wrong
    void validate(final DemoOptions options) {
        if (texts != null && asked.isEmpty()) {
            throw new UsageException("--texts " + texts + ": what is asked? (--ask TEXT)");
        }
        if (asked.isEmpty()) {
            return;
        }
        if (options.kill() + options.pause() > 0) {
            throw new UsageException("--ask goes without --kill and --pause");
        }
        if (texts != null && !DemoTexts.isComputable(options.partition())) {
            throw new UsageException(
                    "--partition niche exists for the bundled texts only, not with --texts");
        }
    }

    List<String> asked() {
        return asked;
    }

    Path texts() {
        return texts;
    }
}
