package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

/// What a node does for others: answers their exchanges and joins, within its budgets.
///
/// A refused send changes nothing: neither view nor ages nor budgets, and the asker tries again.
final class PassiveSide {

    private final BoundNode node;
    private final PeerTable table;
    private final GossipCounters counters;
    private final OutgoingMessage message;
    private final PeerDescriptor sender = new PeerDescriptor();
    private final long[] sent;

    PassiveSide(
            GossipConfig config,
            BoundNode node,
            PeerTable table,
            GossipCounters counters,
            OutgoingMessage message) {
        this.node = node;
        this.table = table;
        this.counters = counters;
        this.message = message;
        sent = new long[config.exchangeSize()];
    }

    /// Takes a request of somebody else, whose handle is `from` if the table knows him. Budgets
    /// come first: what they refuse is not worth checking a proof.
    int onRequest(long from, GossipMessage in, long nowNs) {
        if (!readSender(in)) {
            counters.rejected++;
            return 0;
        }
        boolean join = in.kind() == GossipKind.JOIN;
        if (join && node.admission.isRepeatedJoin(sender.shortId(), nowNs)) {
            // Without a word: nobody takes a seed for dead, and BUSY answers are for others.
            counters.joinsRepeated++;
            return 0;
        }
        boolean allowed =
                join
                        ? node.admission.allowsJoin(nowNs)
                        : node.admission.allowsExchange(sender.shortId(), nowNs);
        if (allowed) {
            DescriptorRejection rejection = node.arrivals.check(sender, false, nowNs);
            if (rejection != null && rejection != DescriptorRejection.OVER_BUDGET) {
                return 0;
            }
            allowed = rejection == null;
        }
        long asker = allowed ? node.arrivals.acquire(sender) : table.acquire(sender);
        if (asker == PeerTable.NULL_PEER) {
            counters.rejected++;
            return 0;
        }
        int work = 0;
        if (from != PeerTable.NULL_PEER && from != asker) {
            counters.rejected++;
        } else if (!allowed) {
            work = refuse(asker, in, nowNs);
        } else {
            work = join ? onJoin(asker, in, nowNs) : onExchange(asker, in, nowNs);
        }
        table.release(asker);
        return work;
    }

    private int onExchange(long asker, GossipMessage in, long nowNs) {
        GossipKind kind = in.kind();
        long askerId = sender.shortId();
        // The answer is prepared before the merge, so that nobody is sent back what he sent.
        node.prepare(message.peers, nowNs);
        if (kind != GossipKind.PUSH && !message.send(asker, GossipKind.REPLY, in.requestId())) {
            counters.answersDropped++;
            return 0;
        }
        node.admission.recordExchange(askerId, nowNs);
        counters.accepted++;
        if (kind != GossipKind.PULL) {
            int sentCount = kind == GossipKind.PUSH ? 0 : message.peers.sentPeers(sent);
            node.merge(in, sent, sentCount, false, nowNs);
        }
        node.growOlder();
        return 1;
    }

    private int onJoin(long newcomer, GossipMessage in, long nowNs) {
        node.prepare(message.peers, nowNs);
        if (!message.send(newcomer, GossipKind.JOIN_REPLY, in.requestId())) {
            counters.answersDropped++;
            return 0;
        }
        node.admission.recordJoin(sender.shortId(), nowNs);
        counters.joinsAnswered++;
        return 1;
    }

    /// The sender of a request is its first peer. He must be a possible one, and not this node.
    private boolean readSender(GossipMessage in) {
        if (in.size() < 1) {
            return false;
        }
        in.peerAt(0, sender);
        return sender.isValid() && sender.shortId() != node.selfId();
    }

    /// Short answers have a budget too, or they would be an amplifier. Whoever asked to join is
    /// named somebody else to ask, or none of a crowd at one seed would ever get farther than the
    /// seed's budget of joins lets it.
    private int refuse(long asker, GossipMessage in, long nowNs) {
        counters.refused++;
        long askerId = sender.shortId();
        if (in.kind() == GossipKind.PUSH || !node.admission.allowsShortAnswer(askerId, nowNs)) {
            return 1;
        }
        boolean named = in.kind() == GossipKind.JOIN && node.nameOther(message.peers, asker, nowNs);
        if (!named) {
            message.peers.clear();
        }
        GossipKind answer = named ? GossipKind.JOIN_REPLY : GossipKind.BUSY;
        if (message.send(asker, answer, in.requestId())) {
            node.admission.recordShortAnswer(askerId);
            counters.joinsPassedOn += named ? 1 : 0;
        } else {
            counters.answersDropped++;
        }
        return 1;
    }
}
