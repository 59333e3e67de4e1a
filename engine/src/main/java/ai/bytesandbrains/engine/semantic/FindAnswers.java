package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.DescriptorPolicy;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Answers finds of others: the profiles that the node knows nearest to a vector, or farthest, its
/// own one first.
final class FindAnswers {

    private final SemanticConfig config;
    private final BoundNode node;
    private final ProfileSpace space;
    private final PeerTable table;
    private final DescriptorPolicy policy;
    private final SemanticCounters counters;
    private final OutgoingMessage message;
    private final EntryChooser chooser;
    private final PeerDescriptor sender = new PeerDescriptor();
    private final MemorySegment query;

    FindAnswers(
            SemanticConfig config,
            BoundNode node,
            ProfileSpace space,
            PeerTable table,
            DescriptorPolicy policy,
            SemanticCounters counters,
            OutgoingMessage message,
            EntryChooser chooser,
            int rowBytes,
            Arena arena) {
        this.config = config;
        this.node = node;
        this.space = space;
        this.table = table;
        this.policy = policy;
        this.counters = counters;
        this.message = message;
        this.chooser = chooser;
        query = arena.allocate(rowBytes, 64);
    }

    int onFind(long from, SemanticMessage in, long nowNs) {
        in.sender(sender);
        boolean sound =
                sender.isValid()
                        && sender.shortId() != table.shortIdOf(node.self())
                        && in.wanted() > 0
                        && space.complete(query, 0, in.query(query, 0));
        if (!sound) {
            counters.rejected++;
            return 0;
        }
        if (!node.allowsFind(nowNs)) {
            counters.overBudget++;
            return 0;
        }
        long asker = policy.acquire(sender, false, nowNs);
        if (asker == PeerTable.NULL_PEER || (from != PeerTable.NULL_PEER && from != asker)) {
            counters.rejected++;
            if (asker != PeerTable.NULL_PEER) {
                table.release(asker);
            }
            return 0;
        }
        message.begin(SemanticKind.FOUND, in.requestId(), node.self());
        choose(asker, in.isFarthest(), in.wanted());
        int work = message.send(asker) ? 1 : 0;
        counters.findsAnswered += work;
        table.release(asker);
        return work;
    }

    private void choose(long asker, boolean farthest, int wanted) {
        aim(farthest);
        int own = BoundNode.NONE;
        float best = Float.POSITIVE_INFINITY;
        for (int profile = 0; profile < config.profiles(); profile++) {
            if (node.hasProfile(profile)) {
                float key = chooser.keyOf(node.rowOf(profile));
                if (own == BoundNode.NONE || key < best) {
                    own = profile;
                    best = key;
                }
                chooser.from(node.view(profile), asker);
            }
        }
        chooser.from(node.seen.list, asker);
        if (own != BoundNode.NONE) {
            message.addOwn(node, own);
        }
        chooser.into(message, Math.min(wanted, config.messageEntries()));
    }

    private void aim(boolean farthest) {
        if (farthest) {
            chooser.far(query, 0);
        } else {
            chooser.near(query, 0);
        }
    }
}
