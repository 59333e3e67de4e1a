package ai.bytesandbrains.bench.cli;

import org.HdrHistogram.Histogram;

/// Times of queries: 1 ns to 10 minutes at three significant digits. Recording allocates nothing.
///
/// For one thread.
public final class QueryTimes {
    private static final long MAX_NS = 600_000_000_000L;
    private static final double NS_PER_US = 1_000;

    private final Histogram histogram = new Histogram(MAX_NS, 3);

    /// Starts without times.
    public QueryTimes() {}

    /// Adds the time of one query; a longer one counts as 10 minutes.
    ///
    /// @param ns nanoseconds
    public void record(final long ns) {
        histogram.recordValue(Math.clamp(ns, 0, MAX_NS));
    }

    /// A percentile.
    ///
    /// @param percentile 0 to 100
    /// @return microseconds, null without any query
    public Double percentileUs(final double percentile) {
        return histogram.getTotalCount() == 0
                ? null
                : Double.valueOf(histogram.getValueAtPercentile(percentile) / NS_PER_US);
    }
}
