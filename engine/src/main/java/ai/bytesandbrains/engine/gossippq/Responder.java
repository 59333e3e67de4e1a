package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.overlay.PeerTable;

/// What a node does with the messages of others: whom it listens to, what it answers, and how much
/// of that in a round.
final class Responder {
    private static final int CHUNKS_PER_ROUND = 512;

    /// Requests for chunks that a peer may send in a round beside others.
    private static final int FETCHES_PER_ROUND = 32;

    private final GossipPqConfig config;
    private final EpochCourse course;
    private final Epoch epoch;
    private final Reconciliation reconciliation;
    private final CodebookFetch fetch;
    private final PeerClaims claims;
    private final OutgoingMessage out;
    private final GossipPqCounters counters;

    /// What may still be answered in this round.
    private int chunksLeft;

    private int answersLeft;

    Responder(
            GossipPqConfig config,
            EpochCourse course,
            Reconciliation reconciliation,
            CodebookFetch fetch,
            PeerClaims claims,
            OutgoingMessage out,
            GossipPqCounters counters) {
        this.config = config;
        this.course = course;
        epoch = course.epoch();
        this.reconciliation = reconciliation;
        this.fetch = fetch;
        this.claims = claims;
        this.out = out;
        this.counters = counters;
        beginRound();
    }

    /// Renews the budgets.
    void beginRound() {
        chunksLeft = CHUNKS_PER_ROUND;
        answersLeft = 16 * config.fanout();
    }

    /// Hears a message of sound form.
    void onMessage(long fromPeer, GossipPqMessage message, long nowNs) {
        switch (message.kind()) {
            case SUMMARY -> onSummary(fromPeer, message, nowNs);
            case ANNOUNCE -> onAnnounce(fromPeer, message);
            case FETCH -> onFetch(fromPeer, message);
            case CHUNK -> fetch.onChunk(fromPeer, message, nowNs);
            case SAME, RANGE, ITEMS -> onAnswer(fromPeer, message, nowNs);
        }
    }

    /// Tells a peer what this node has.
    ///
    /// @param asks whether it is to tell the same of itself
    void announce(long peer, long requestId, boolean asks) {
        if (peer != PeerTable.NULL_PEER) {
            epoch.sign(out.begin(GossipPqKind.ANNOUNCE, requestId, epoch.number()))
                    .flag(asks ? GossipPqMessage.ASKS : 0)
                    .space(epoch.seed())
                    .send(peer);
        }
    }

    private void onSummary(long from, GossipPqMessage message, long nowNs) {
        if (!heard(from, message)) {
            return;
        }
        if (message.epoch() != epoch.number() || !course.isCollecting()) {
            announce(from, message.requestId(), false);
        } else if (message.number() > config.sampleSize()) {
            counters.foreign++;
        } else if (reconciliation.onSummary(from, message, epoch, nowNs)) {
            course.same(message.subspace(), from);
        }
    }

    private void onAnnounce(long from, GossipPqMessage message) {
        boolean asks = (message.flags() & GossipPqMessage.ASKS) != 0;
        if (heard(from, message) && asks) {
            announce(from, message.requestId(), false);
        }
    }

    /// Notes what a peer says of its epoch; returns false if it is of another network, or asks too
    /// often.
    private boolean heard(long from, GossipPqMessage message) {
        if (message.space() != config.epochSeed(message.epoch())) {
            counters.foreign++;
            return false;
        }
        claims.note(from, message, course.round());
        boolean allowed =
                claims.allow(from, course.round(), 2 * config.fanout() + 2) && answersLeft > 0;
        if (!allowed) {
            counters.overBudget++;
            return false;
        }
        answersLeft--;
        return true;
    }

    private void onAnswer(long from, GossipPqMessage message, long nowNs) {
        if (message.epoch() != epoch.number() || !course.isCollecting()) {
            counters.unsolicited++;
            return;
        }
        int m = message.subspace();
        switch (message.kind()) {
            case SAME -> {
                if (reconciliation.onSame(from, message, nowNs)) {
                    claims.note(from, message, course.round());
                    course.same(m, from);
                }
            }
            case RANGE -> {
                claims.note(from, message, course.round());
                reconciliation.onRange(from, message, epoch, nowNs);
            }
            default -> {
                if (reconciliation.onItems(from, message, epoch, nowNs) > 0) {
                    course.changed(m);
                }
            }
        }
    }

    private void onFetch(long from, GossipPqMessage message) {
        Codebook wanted = find(message);
        if (wanted == null
                || !claims.allow(from, course.round(), 2 * config.fanout() + FETCHES_PER_ROUND)) {
            counters.overBudget++;
            return;
        }
        chunksLeft -= fetch.answer(from, message, wanted, chunksLeft);
    }

    private Codebook find(GossipPqMessage message) {
        for (Codebook each : new Codebook[] {epoch.codebook(), course.previous()}) {
            if (each != null
                    && each.idHigh() == message.codebookHigh()
                    && each.idLow() == message.codebookLow()) {
                return each;
            }
        }
        return null;
    }
}
