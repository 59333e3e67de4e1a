package ai.bytesandbrains.engine.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.gossip.CollectedStep;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.gossip.GossipLogic;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.gossip.GossipState;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.PeerTable;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/// A gossip node: created with an address, bootstrapped with five peers, polled once. What it wants
/// to send comes out as values, with destinations; moving them is up to you.
class GossipExample {

    private static final int PORT = 40_123;
    private static final int STREAM = 1;

    /// Prints the messages of the first step.
    public static void main(String[] arguments) {
        RandomGenerator random = new Random(42);
        for (CollectedStep.Message message : firstStep(random, peers(random))) {
            System.out.printf(
                    "%s to %s, carrying %s%n", message.kind(), message.to(), message.peers());
        }
    }

    static List<CollectedStep.Message> firstStep(RandomGenerator random, List<Peer> seeds) {
        GossipConfig config = GossipConfig.defaults();
        Peer self = new Peer(PeerId.random(random), Address.udp4(0x0a00_0001, PORT, STREAM));
        long nowNs = System.nanoTime();

        try (PeerTable table = new PeerTable(config.maxReferencedPeers());
                GossipState state = new GossipState(config, 1)) {
            CollectedStep step = new CollectedStep(table);
            GossipLogic logic = new GossipLogic(config, state, table, random, step, step);
            try (GossipPeerSampling gossip = new GossipPeerSampling(logic, 0, self, nowNs)) {
                gossip.bootstrap(seeds, nowNs);
                gossip.poll(nowNs);
                return step.drainMessages();
            }
        }
    }

    static List<Peer> peers(RandomGenerator random) {
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            peers.add(new Peer(PeerId.random(random), Address.udp4(0x0a00_0010 + i, PORT, STREAM)));
        }
        return peers;
    }

    @Test
    void shouldAskAsManySeedPeersAsItMayAtOnce() {
        RandomGenerator random = new Random(42);
        List<Peer> seeds = peers(random);

        List<CollectedStep.Message> messages = firstStep(random, seeds);

        assertThat(messages).extracting(CollectedStep.Message::kind).containsOnly(GossipKind.JOIN);
        assertThat(messages)
                .extracting(CollectedStep.Message::to)
                .hasSize(GossipConfig.defaults().maxConcurrentRequests())
                .doesNotHaveDuplicates()
                .isSubsetOf(seeds);
    }

    @Test
    void shouldSayWhoAsks() {
        RandomGenerator random = new Random(42);

        for (CollectedStep.Message message : firstStep(random, peers(random))) {
            assertThat(message.peers())
                    .singleElement()
                    .satisfies(self -> assertThat(self.address().toString()).contains("10.0.0.1:"));
        }
    }
}
