package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.node.LearningCycles;

import org.HdrHistogram.Histogram;

import java.util.Locale;

/// The figures of one `bb learn`.
///
/// @param nodes number of nodes
/// @param vectors number of vectors on them
/// @param dimensions floats in a vector
/// @param m subspaces
/// @param bits of a subspace
/// @param sample items in the sample of a subspace at the most
/// @param periodMs from one round to the next
/// @param first in a process that has just begun
/// @param second in the same process again
public record LearnReport(
        int nodes,
        int vectors,
        int dimensions,
        int m,
        int bits,
        int sample,
        int periodMs,
        Run first,
        Run second)
        implements Report {

    /// What a duty cycle may take before the rest of it waits for the next one.
    private static final long BUDGET_NS = 200_000;

    /// One time of learning.
    ///
    /// @param rounds until the codebook was final
    /// @param seconds until it was, on all nodes
    /// @param learning duty cycles of all nodes until then
    /// @param afterwards duty cycles that followed
    public record Run(long rounds, double seconds, Cycles learning, Cycles afterwards) {
        static Run of(final LearningCycles cycles) {
            return new Run(
                    cycles.rounds(),
                    cycles.learnedSeconds(),
                    Cycles.of(cycles.learning()),
                    Cycles.of(cycles.afterwards()));
        }
    }

    /// Duty cycles that found work.
    ///
    /// @param count how many
    /// @param p50Us half of them took less
    /// @param p99Us all but one in a hundred did
    /// @param p999Us all but one in a thousand did
    /// @param maxUs the longest
    /// @param overBudget how many took more than 200 microseconds
    public record Cycles(
            long count, double p50Us, double p99Us, double p999Us, double maxUs, long overBudget) {
        static Cycles of(final Histogram histogram) {
            return new Cycles(
                    histogram.getTotalCount(),
                    histogram.getValueAtPercentile(50) / 1e3,
                    histogram.getValueAtPercentile(99) / 1e3,
                    histogram.getValueAtPercentile(99.9) / 1e3,
                    histogram.getMaxValue() / 1e3,
                    histogram.getTotalCount() - histogram.getCountBetweenValues(0, BUDGET_NS));
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d: p50 %.1f us, p99 %.1f us, p99.9 %.1f us, longest %.1f us, %d over 200 us",
                    count,
                    p50Us,
                    p99Us,
                    p999Us,
                    maxUs,
                    overBudget);
        }
    }

    @Override
    public String table() {
        final TextTable table =
                new TextTable()
                        .heading("setup")
                        .row("nodes", nodes)
                        .row("vectors", vectors)
                        .row("dimensions", dimensions)
                        .row("M, bits", m + ", " + bits)
                        .row("sample", sample)
                        .row("period", periodMs, " ms");
        add(table.heading("first time"), first);
        add(table.heading("second time"), second);
        return table.toString();
    }

    private static void add(final TextTable table, final Run run) {
        table.row("rounds", Long.toString(run.rounds))
                .row("seconds", run.seconds, " s")
                .row("cycles while learning", run.learning.toString())
                .row("cycles afterwards", run.afterwards.toString());
    }
}
