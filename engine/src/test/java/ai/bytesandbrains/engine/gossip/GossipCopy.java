package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.Peers;

import java.util.ArrayList;
import java.util.List;

/// A message that lives on after the call that brought it, and one that a test makes up: its
/// descriptors may hold anything.
record GossipCopy(GossipKind kind, long requestId, List<PeerDescriptor> peers)
        implements GossipMessage {

    static GossipCopy of(GossipMessage message) {
        List<PeerDescriptor> peers = new ArrayList<>(message.size());
        for (int i = 0; i < message.size(); i++) {
            PeerDescriptor peer = new PeerDescriptor();
            message.peerAt(i, peer);
            peers.add(peer);
        }
        return new GossipCopy(message.kind(), message.requestId(), peers);
    }

    /// A message of peers by number, all of one age, the sender first.
    static GossipCopy of(GossipKind kind, long requestId, int age, int... numbers) {
        List<PeerDescriptor> peers = new ArrayList<>();
        for (int number : numbers) {
            peers.add(Peers.descriptor(number).age(age));
        }
        return new GossipCopy(kind, requestId, peers);
    }

    @Override
    public int size() {
        return peers.size();
    }

    @Override
    public void peerAt(int index, PeerDescriptor into) {
        Peers.copyInto(peers.get(index), into);
    }
}
