package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.compare.Comparison;
import ai.bytesandbrains.bench.compare.Task;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

import java.util.List;
import java.util.Locale;

/// The figures of one `bb compare`. A null figure is one that this run did not produce.
///
/// @param n number of vectors
/// @param dimensions of a vector
/// @param queries number of different queries
/// @param k neighbours per query
/// @param m subspaces of the 8-bit codes
/// @param data `synthetic` or the file
/// @param species what the engine's kernels run on
/// @param jVector what JVector's loops run on
/// @param readBandwidthGBs memory that one thread reads, 10^9 bytes a second
/// @param fmaPeakGflops multiply-adds of one thread, 10^9 floating-point operations a second
/// @param tasks what was measured
/// @param answers how good the answers were
/// @param totalSeconds the whole run
public record CompareReport(
        int n,
        int dimensions,
        int queries,
        int k,
        int m,
        String data,
        String species,
        String jVector,
        double readBandwidthGBs,
        double fmaPeakGflops,
        List<Task> tasks,
        @JsonUnwrapped Comparison.Answers answers,
        Double totalSeconds)
        implements Report {
    private static final String ABSENT = "-";

    /// Keeps its own copy of the list.
    public CompareReport {
        tasks = List.copyOf(tasks);
    }

    @Override
    public String table() {
        final StringBuilder text = new StringBuilder();
        text.append(
                new TextTable()
                        .row("data", data)
                        .row("vectors", n)
                        .row("dimensions", dimensions)
                        .row("engine", species)
                        .row("JVector", jVector)
                        .row("read bandwidth", readBandwidthGBs, " GB/s")
                        .row("multiply-add peak", fmaPeakGflops, " GFLOP/s"));
        text.append(line("one thread", "engine", "JVector", "ratio", "scalar", "of limit", "gain"));
        for (final Task task : tasks) {
            text.append(
                    line(
                            task.task() + ", " + task.unit(),
                            figure(task.engine()),
                            figure(task.jVector()),
                            task.ratio() == null
                                    ? ABSENT
                                    : String.format(Locale.ROOT, "%.1f", task.ratio()),
                            figure(task.scalar()),
                            share(task),
                            gain(task)));
        }
        return text.append(
                        new TextTable()
                                .row("codes equal", answers.codesEqual())
                                .row("recall of codes", answers.codeRecall())
                                .row("  JVector", answers.jVectorCodeRecall())
                                .row("recall of exact scan", answers.exactRecall())
                                .row("  JVector", answers.jVectorExactRecall())
                                .row("error of own codebook", answers.trainError())
                                .row("  JVector", answers.jVectorTrainError())
                                .row("bytes allocated a query", most(true))
                                .row("  JVector", most(false))
                                .row("total", totalSeconds, " s"))
                .toString();
    }

    /// The most that a query of a scan allocates.
    private Double most(final boolean engine) {
        return tasks.stream()
                .filter(task -> task.task().contains("scan"))
                .map(task -> engine ? task.engineBytes() : task.jVectorBytes())
                .filter(bytes -> bytes != null)
                .max(Double::compare)
                .orElse(null);
    }

    private static String line(
            final String task,
            final String engine,
            final String jVector,
            final String ratio,
            final String scalar,
            final String limit,
            final String gain) {
        return String.format(
                Locale.ROOT,
                "  %-38s %9s %9s %7s %9s %14s  %s%n",
                task,
                engine,
                jVector,
                ratio,
                scalar,
                limit,
                gain);
    }

    private static String share(final Task task) {
        return task.limitShare() == null
                ? ABSENT
                : String.format(Locale.ROOT, "%.2f %s", task.limitShare(), task.limit());
    }

    private static String gain(final Task task) {
        return task.gain() == null
                ? ABSENT
                : String.format(Locale.ROOT, "%.2f of %s", task.gain(), task.gainOver());
    }

    private static String figure(final Double value) {
        if (value == null) {
            return ABSENT;
        }
        if (value >= 1e9) {
            return String.format(Locale.ROOT, "%.2f G", value / 1e9);
        }
        if (value >= 1e6) {
            return String.format(Locale.ROOT, "%.1f M", value / 1e6);
        }
        if (value >= 1e3) {
            return String.format(Locale.ROOT, "%.1f k", value / 1e3);
        }
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
