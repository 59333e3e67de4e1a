package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.gossip.GossipSlots;
import ai.bytesandbrains.engine.overlay.PeerView;

import java.util.BitSet;

/// Reads the views of all members, the nodes that live and are honest, into a graph.
final class GraphReader {

    private static final int NO_MEMBER = -1;

    private final Simulation simulation;
    private final GossipSlots slots;
    private final BitSet attackers;
    private final OverlayGraph graph = new OverlayGraph();
    private final int[] memberOf;
    private long crossingLinks;

    GraphReader(Simulation simulation, GossipSlots slots, BitSet attackers, int maxNodes) {
        this.simulation = simulation;
        this.slots = slots;
        this.attackers = attackers;
        memberOf = new int[maxNodes];
    }

    boolean isMember(int node) {
        return simulation.isAlive(node) && !attackers.get(node);
    }

    /// The share of links between members that go from one half to the other, as of the last
    /// [#read].
    double crossing() {
        return graph.links() == 0 ? 0 : (double) crossingLinks / graph.links();
    }

    /// The graph as it is now; valid until the next call.
    OverlayGraph read() {
        graph.clear();
        crossingLinks = 0;
        int members = 0;
        int nodes = simulation.nodes();
        for (int node = 0; node < nodes; node++) {
            memberOf[node] = isMember(node) ? members++ : NO_MEMBER;
        }
        for (int node = 0; node < nodes; node++) {
            if (memberOf[node] != NO_MEMBER) {
                graph.addMember();
                readView(node);
            }
        }
        return graph;
    }

    private void readView(int node) {
        PeerView view = slots.view(node);
        int size = view.size();
        for (int i = 0; i < size; i++) {
            int target = simulation.nodeOf(view.peerAt(i));
            if (target < 0 || !simulation.isAlive(target)) {
                graph.addDeadLink();
            } else if (memberOf[target] == NO_MEMBER) {
                graph.addAttackerLink();
            } else {
                graph.addLink(memberOf[target]);
                crossingLinks += Timeline.sideOf(node) == Timeline.sideOf(target) ? 0 : 1;
            }
        }
    }
}
