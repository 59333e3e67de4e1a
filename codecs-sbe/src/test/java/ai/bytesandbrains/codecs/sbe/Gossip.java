package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A gossip message as a value, made up or copied.
record Gossip(GossipKind kind, long requestId, List<PeerDescriptor> peers)
        implements GossipMessage {

    static Gossip random(Random random, long sender) {
        GossipKind kind = GossipKind.ofCode(1 + random.nextInt(7));
        List<PeerDescriptor> peers = new ArrayList<>();
        if (kind.hasPeers()) {
            peers.add(Peers.random(random, sender));
            for (int i = random.nextInt(12); i > 0; i--) {
                peers.add(Peers.random(random));
            }
        }
        if (random.nextBoolean()) {
            peers.forEach(peer -> Peers.sign(peer, random));
        }
        return new Gossip(kind, random.nextLong(), peers);
    }

    static Gossip copy(GossipMessage message) {
        List<PeerDescriptor> peers = new ArrayList<>();
        for (int i = 0; i < message.size(); i++) {
            PeerDescriptor peer = new PeerDescriptor();
            message.peerAt(i, peer);
            peers.add(peer);
        }
        return new Gossip(message.kind(), message.requestId(), peers);
    }

    /// Every field, for comparisons.
    String text() {
        return kind + " " + requestId + " " + peers.stream().map(Peers::text).toList();
    }

    @Override
    public int size() {
        return peers.size();
    }

    @Override
    public void peerAt(int index, PeerDescriptor into) {
        Peers.copy(peers.get(index), into);
    }
}
