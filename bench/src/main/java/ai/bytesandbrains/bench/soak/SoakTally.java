package ai.bytesandbrains.bench.soak;

import ai.bytesandbrains.engine.search.SearchResult;

import org.HdrHistogram.Histogram;

import java.util.concurrent.TimeUnit;

/// What became of the queries of a soak. For one thread, until it has ended.
public final class SoakTally {

    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(10);

    private final Histogram times = new Histogram(HIGHEST_NS, 3);
    private long complete;
    private long partial;
    private long unreachable;
    private long silent;
    private long wrong;

    SoakTally() {}

    void answered(final SearchResult result, final boolean right) {
        times.recordValue(Math.min(result.elapsedNs(), HIGHEST_NS));
        complete += result.isPartial() ? 0 : 1;
        partial += result.isPartial() ? 1 : 0;
        wrong += right ? 0 : 1;
    }

    /// The node that was asked did not answer.
    ///
    /// @param wasUp whether it should have
    void unanswered(final boolean wasUp) {
        silent += wasUp ? 1 : 0;
        unreachable += wasUp ? 0 : 1;
    }

    /// {@return queries that every chosen peer answered}
    public long complete() {
        return complete;
    }

    /// {@return queries that say that an answer is missing}
    public long partial() {
        return partial;
    }

    /// {@return queries to a node that was killed or stopped meanwhile, which said so}
    public long unreachable() {
        return unreachable;
    }

    /// {@return queries that a node which was up did not answer: there must be none}
    public long silent() {
        return silent;
    }

    /// {@return answers without the right neighbour: there must be none}
    public long wrong() {
        return wrong;
    }

    /// {@return nanoseconds of the searches that ended in an answer, complete or partial}
    public Histogram times() {
        return times;
    }
}
