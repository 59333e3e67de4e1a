package ai.bytesandbrains.bench.cli;

import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import java.io.PrintWriter;

/// A progress bar on standard error. It draws only when the launcher says that this is a terminal
/// (system property `bb.terminal`); in a log there is one line at the end.
///
/// [#step()] may be called by one thread; the drawing is a thread of its own, which allocates.
public final class Progress implements AutoCloseable {
    private static final String TERMINAL_PROPERTY = "bb.terminal";

    private final PrintWriter err;
    private final boolean terminal;
    private final ProgressBar bar;

    Progress(final PrintWriter err, final String task, final long total) {
        this.err = err;
        terminal = Boolean.getBoolean(TERMINAL_PROPERTY);
        bar =
                new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(total)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(100)
                        .hideEta()
                        .setConsumer(
                                new DelegatingProgressBarConsumer(this::draw, TextTable.WIDTH - 1))
                        .build();
    }

    /// One step is done.
    public void step() {
        bar.step();
    }

    /// So many steps are done.
    ///
    /// @param done number of steps since the start
    public void stepTo(final long done) {
        bar.stepTo(done);
    }

    /// Draws the last state and ends the line.
    @Override
    public void close() {
        bar.close();
        if (terminal) {
            err.println();
        } else {
            err.println(bar.getTaskName() + ": " + bar.getCurrent() + "/" + bar.getMax());
        }
    }

    private void draw(final String line) {
        if (terminal) {
            err.print('\r' + line);
            err.flush();
        }
    }
}
