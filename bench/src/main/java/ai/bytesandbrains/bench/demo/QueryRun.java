package ai.bytesandbrains.bench.demo;

import ai.bytesandbrains.bench.data.Vectors;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.search.SearchOperations;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.transport.aeron.Node;

import org.HdrHistogram.Histogram;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;

/// Asks queries one after the other and counts what comes back. Asking allocates nothing, so that
/// the allocation of the peers can be measured around it.
///
/// For one thread.
public final class QueryRun implements AutoCloseable {
    private static final long MAX_NS = TimeUnit.MINUTES.toNanos(11);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment queries;
    private final long queryBytes;
    private final int[][] truth;
    private final int recallAt;
    private final SearchParameters parameters;
    private final IdleStrategy idle =
            new BackoffIdleStrategy(100, 10, 1_000, TimeUnit.MICROSECONDS.toNanos(50));
    private final Histogram times = new Histogram(MAX_NS, 3);
    private final Histogram slowest = new Histogram(MAX_NS, 3);
    private long asked;
    private long hits;
    private long partial;
    private long peersAsked;

    /// Copies the queries.
    ///
    /// @param queries the queries
    /// @param truth for each query the ids of its true neighbours, nearest first
    /// @param recallAt how many of them count
    /// @param parameters what is asked for
    public QueryRun(
            final Vectors queries,
            final int[][] truth,
            final int recallAt,
            final SearchParameters parameters) {
        this.queries = arena.allocate(queries.segment().byteSize(), 64);
        MemorySegment.copy(queries.segment(), 0, this.queries, 0, this.queries.byteSize());
        queryBytes = (long) queries.dimensions() * ValueLayout.JAVA_FLOAT.byteSize();
        this.truth = truth;
        this.recallAt = recallAt;
        this.parameters = parameters;
    }

    /// Notes how long the slowest peer's own search took for the query that was asked last.
    ///
    /// @param nanoseconds how long
    public void noteSlowest(final long nanoseconds) {
        slowest.recordValue(Math.min(nanoseconds, MAX_NS));
    }

    /// {@return the time of the slowest peer's own search in microseconds}
    ///
    /// @param percentile 0 to 100
    public double slowestUs(final double percentile) {
        return slowest.getValueAtPercentile(percentile) / 1e3;
    }

    /// Asks one query and waits for the answer.
    ///
    /// @param node who is asked
    /// @param query its number, from 0
    /// @throws IllegalStateException if the node takes no more searches
    public void ask(final Node node, final int query) {
        final long start = System.nanoTime();
        final long op = node.beginSearch(queries, query * queryBytes, parameters);
        if (op == OpTable.NULL_OP) {
            throw new IllegalStateException("node " + node.peer() + " takes no more searches");
        }
        final SearchOperations operations = node.operations();
        idle.reset();
        while (!operations.isFinished(op)) {
            idle.idle();
        }
        times.recordValue(Math.min(System.nanoTime() - start, MAX_NS));
        asked++;
        peersAsked += operations.peersAsked(op);
        partial += operations.peersAnswered(op) < operations.peersChosen(op) ? 1 : 0;
        for (int i = 0; i < Math.min(recallAt, operations.hits(op)); i++) {
            hits += isTrue(query, operations.idAt(op, i)) ? 1 : 0;
        }
        operations.finish(op);
    }

    private boolean isTrue(final int query, final long id) {
        for (int i = 0; i < recallAt; i++) {
            if (truth[query][i] == id) {
                return true;
            }
        }
        return false;
    }

    /// Forgets what was counted.
    public void reset() {
        times.reset();
        slowest.reset();
        asked = 0;
        hits = 0;
        partial = 0;
        peersAsked = 0;
    }

    /// {@return queries asked}
    public long asked() {
        return asked;
    }

    /// {@return the share of true neighbours that were found, mean over the queries}
    public double recall() {
        return (double) hits / (asked * recallAt);
    }

    /// {@return queries that lack the answer of a peer that was to be asked}
    public long partial() {
        return partial;
    }

    /// {@return peers asked, mean over the queries}
    public double peersAskedMean() {
        return (double) peersAsked / asked;
    }

    /// {@return the time of a query in microseconds}
    ///
    /// @param percentile 0 to 100
    public double percentileUs(final double percentile) {
        return times.getValueAtPercentile(percentile) / 1e3;
    }

    /// Frees the copy of the queries.
    @Override
    public void close() {
        arena.close();
    }
}
