package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

/// The side of a node that is asked: checks what is asked for, searches, and hands the result to
/// [Answers].
final class Answerer {

    private static final long MAX_BUDGET_NS = 1L << 50;

    private final LocalSearch local;
    private final SearchLimits limits;
    private final PeerTable table;
    private final SearchCounters counters;
    private final Answers answers;
    private final VectorPage page;
    private final AskerBudgets budgets;
    private final long self;
    private final PeerDescriptor asker = new PeerDescriptor();

    Answerer(
            PeerDescriptor self,
            LocalSearch local,
            SearchLimits limits,
            PeerTable table,
            SearchCounters counters,
            Answers answers,
            VectorPage page) {
        this.self = self.shortId();
        this.local = local;
        this.limits = limits;
        this.table = table;
        this.counters = counters;
        this.answers = answers;
        this.page = page;
        budgets = new AskerBudgets(limits.queriesPerSecond());
    }

    int onRequest(long fromPeer, SearchRequest in, long nowNs) {
        in.asker(asker);
        long peer = admit(fromPeer);
        if (peer == PeerTable.NULL_PEER) {
            return 0;
        }
        answer(peer, in, nowNs);
        table.release(peer);
        return 1;
    }

    int onFetch(long fromPeer, VectorRequest in, long nowNs) {
        in.asker(asker);
        long peer = admit(fromPeer);
        if (peer == PeerTable.NULL_PEER) {
            return 0;
        }
        long deadlineNs = deadlineNs(in.budgetNs(), nowNs);
        SearchStatus status = withinBudget(check(in), peer, nowNs);
        if (status == SearchStatus.OK) {
            answers.give(peer, in, deadlineNs);
        } else {
            counters.refused++;
            answers.refuse(peer, in.requestId(), SearchKind.VECTORS, status, deadlineNs);
        }
        table.release(peer);
        return 1;
    }

    /// The asker that a message names must be the one that its frame came from, if the table knows
    /// that one, and not this node itself.
    ///
    /// @return the asker, to be released; none if there is something wrong
    private long admit(long fromPeer) {
        long peer = asker.shortId() == self ? PeerTable.NULL_PEER : table.acquire(asker);
        if (peer == PeerTable.NULL_PEER) {
            counters.rejected++;
        } else if (fromPeer != PeerTable.NULL_PEER && fromPeer != peer) {
            counters.rejected++;
            table.release(peer);
            return PeerTable.NULL_PEER;
        }
        return peer;
    }

    private void answer(long asker, SearchRequest in, long nowNs) {
        SearchStatus status = withinBudget(check(in), asker, nowNs);
        if (status == SearchStatus.OK) {
            status = local.filter().set(in);
        }
        if (status == SearchStatus.OK) {
            local.decode(in);
            status = local.search(in.k());
        }
        long deadlineNs = deadlineNs(in.budgetNs(), nowNs);
        if (status == SearchStatus.OK) {
            counters.answered++;
            boolean filtered = !local.filter().isNone();
            answers.give(asker, in.requestId(), local.found(), filtered, deadlineNs);
        } else {
            counters.refused++;
            answers.refuse(asker, in.requestId(), SearchKind.RESPONSE, status, deadlineNs);
        }
    }

    private SearchStatus withinBudget(SearchStatus status, long asker, long nowNs) {
        return status != SearchStatus.OK || budgets.spend(table.shortIdOf(asker), nowNs)
                ? status
                : SearchStatus.OVERLOADED;
    }

    private static long deadlineNs(long budgetNs, long nowNs) {
        return nowNs + Math.clamp(budgetNs, 0, MAX_BUDGET_NS);
    }

    private SearchStatus check(VectorRequest in) {
        if (in.dimensions() != local.dimensions()) {
            return SearchStatus.WRONG_DIMENSIONS;
        }
        if (in.size() < 1 || in.size() > limits.maxK()) {
            return SearchStatus.TOO_MANY_WANTED;
        }
        if (!page.isSuitable(in.encoding())) {
            return SearchStatus.UNSUITABLE_ENCODING;
        }
        return answers.hasRoom() ? SearchStatus.OK : SearchStatus.OVERLOADED;
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
