package ai.bytesandbrains.bench.cli;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// The option of commands that run until they are told to end: to end with the process that has
/// started them, however that one ends. Whoever starts one keeps the other end of its standard
/// input open and writes nothing; the system closes it when he is gone.
final class UntilEof {
    @Option(
            names = "--until-eof",
            description =
                    "End when standard input ends, too: it does when the process at its other end"
                            + " is gone.")
    private boolean wanted;

    /// Made by picocli, which fills the field.
    UntilEof() {}

    /// Ends the process as if it were told to, once standard input has ended; does nothing if that
    /// is not wanted.
    void watch() {
        if (wanted) {
            watch(System.in, () -> System.exit(0));
        }
    }

    /// Calls back, in a thread of its own, once a stream has come to its end.
    static void watch(final InputStream input, final Runnable atEnd) {
        final Thread watcher = new Thread(() -> readToEnd(input, atEnd), "bb-until-eof");
        watcher.setDaemon(true);
        watcher.start();
    }

    private static void readToEnd(final InputStream input, final Runnable atEnd) {
        try {
            input.transferTo(OutputStream.nullOutputStream());
        } catch (final IOException _) {
            // A stream that cannot be read any more has ended, too.
        }
        atEnd.run();
    }
}
