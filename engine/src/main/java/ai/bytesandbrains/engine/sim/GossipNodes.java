package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipSlots;

import java.util.BitSet;

/// Gossip peer sampling for the nodes of a simulation, a node's slot being its number; attackers do
/// what they do instead.
final class GossipNodes implements NodeProtocol<GossipMessage> {

    private final GossipSlots slots;
    private final NodeProtocol<GossipMessage> attackers;
    private final BitSet attacks;
    private final boolean attacked;

    /// Makes the protocol.
    ///
    /// @param slots the honest nodes
    /// @param attackers what attackers do; null if there are none
    /// @param attacks who they are
    GossipNodes(GossipSlots slots, NodeProtocol<GossipMessage> attackers, BitSet attacks) {
        this.slots = slots;
        this.attackers = attackers;
        this.attacks = attacks;
        attacked = attackers != null;
    }

    @Override
    public int poll(int node, long nowNs) {
        if (isAttacker(node)) {
            return attackers.poll(node, nowNs);
        }
        slots.touch(node);
        return slots.poll(node, nowNs);
    }

    @Override
    public int onMessage(int node, long fromPeer, GossipMessage message, long nowNs) {
        if (isAttacker(node)) {
            return attackers.onMessage(node, fromPeer, message, nowNs);
        }
        slots.touch(node);
        return slots.onMessage(node, fromPeer, message, nowNs);
    }

    @Override
    public long nextDeadlineNs(int node, long nowNs) {
        return isAttacker(node)
                ? attackers.nextDeadlineNs(node, nowNs)
                : slots.nextDeadlineNs(node, nowNs);
    }

    @Override
    public void onConnectionFailed(int node, long peer, long nowNs) {
        if (!isAttacker(node)) {
            slots.onConnectionFailed(node, peer);
        }
    }

    private boolean isAttacker(int node) {
        return attacked && attacks.get(node);
    }
}
