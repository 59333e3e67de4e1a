package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.semantic.SemanticMessage;
import ai.bytesandbrains.engine.semantic.SemanticSlots;

/// The semantic overlay for the nodes of a simulation, a node's slot being its number.
record SemanticNodes(SemanticSlots slots) implements NodeProtocol<SemanticMessage> {

    @Override
    public int poll(int node, long nowNs) {
        return slots.poll(node, nowNs);
    }

    @Override
    public int onMessage(int node, long fromPeer, SemanticMessage message, long nowNs) {
        return slots.onMessage(node, fromPeer, message, nowNs);
    }

    @Override
    public long nextDeadlineNs(int node, long nowNs) {
        return slots.nextDeadlineNs(node, nowNs);
    }

    @Override
    public void onConnectionFailed(int node, long peer, long nowNs) {
        slots.onConnectionFailed(node, peer);
    }
}
