package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

/// The side of a node that is asked: checks a query, searches, and hands the result to [Answers].
final class Answerer {

    private static final long MAX_BUDGET_NS = 1L << 50;

    private final LocalSearch local;
    private final SearchLimits limits;
    private final PeerTable table;
    private final SearchCounters counters;
    private final Answers answers;
    private final AskerBudgets budgets;
    private final long self;
    private final PeerDescriptor asker = new PeerDescriptor();

    Answerer(
            PeerDescriptor self,
            LocalSearch local,
            SearchLimits limits,
            PeerTable table,
            SearchCounters counters,
            Answers answers) {
        this.self = self.shortId();
        this.local = local;
        this.limits = limits;
        this.table = table;
        this.counters = counters;
        this.answers = answers;
        budgets = new AskerBudgets(limits.queriesPerSecond());
    }

    /// The asker named in the query must be the one that the frame came from, if the table knows
    /// that one, and not this node itself.
    int onRequest(long fromPeer, SearchRequest in, long nowNs) {
        in.asker(asker);
        long peer = asker.shortId() == self ? PeerTable.NULL_PEER : table.acquire(asker);
        if (peer == PeerTable.NULL_PEER) {
            counters.rejected++;
            return 0;
        }
        boolean sound = fromPeer == PeerTable.NULL_PEER || fromPeer == peer;
        if (sound) {
            answer(peer, in, nowNs);
        } else {
            counters.rejected++;
        }
        table.release(peer);
        return sound ? 1 : 0;
    }

    private void answer(long asker, SearchRequest in, long nowNs) {
        SearchStatus status = check(in);
        if (status == SearchStatus.OK && !budgets.spend(table.shortIdOf(asker), nowNs)) {
            status = SearchStatus.OVERLOADED;
        }
        if (status == SearchStatus.OK) {
            local.decode(in);
            status = local.search(in.k());
        }
        long deadlineNs = nowNs + Math.clamp(in.budgetNs(), 0, MAX_BUDGET_NS);
        if (status == SearchStatus.OK) {
            counters.answered++;
            answers.give(asker, in.requestId(), local.found(), deadlineNs);
        } else {
            counters.refused++;
            answers.refuse(asker, in.requestId(), status, deadlineNs);
        }
    }

    private SearchStatus check(SearchRequest in) {
        if (in.dimensions() != local.dimensions()) {
            return SearchStatus.WRONG_DIMENSIONS;
        }
        if (in.metric() != local.metric()) {
            return SearchStatus.WRONG_METRIC;
        }
        if (in.k() < 1 || in.k() > limits.maxK()) {
            return SearchStatus.TOO_MANY_WANTED;
        }
        return answers.hasRoom() ? SearchStatus.OK : SearchStatus.OVERLOADED;
    }
}
