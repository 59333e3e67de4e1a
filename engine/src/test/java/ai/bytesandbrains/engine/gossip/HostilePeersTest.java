package ai.bytesandbrains.engine.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.PeerView;
import ai.bytesandbrains.engine.overlay.Peers;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/// One node among peers who lie about everything: kinds, request ids, who they are, how many peers
/// they send, ages, addresses. Some of them hear what the node asks and answer that; the transport
/// refuses at random, connections fail, and the caller adds and removes peers meanwhile.
class HostilePeersTest {

    private static final int STEPS = 20_000;
    private static final int PEERS = 200;
    private static final GossipKind[] KINDS = GossipKind.values();

    private final Deque<Long> acceptedAt = new ArrayDeque<>();
    private Random random;
    private OneNode one;
    private long requests;

    @ParameterizedTest(name = "{0} seed={1}")
    @CsvSource({"classic, 1", "classic, 2", "classic, 3", "basalt, 4", "basalt, 5"})
    void shouldKeepItsViewItsBudgetsAndItsReferences(String exchange, long seed) {
        GossipConfig config =
                exchange.equals("basalt") ? GossipConfig.basalt(20) : GossipConfig.defaults();
        random = new Random(seed);
        // Exactly the room that a node says it needs. Closing looks for references left behind.
        try (OneNode node = new OneNode(config, seed, config.maxReferencedPeers())) {
            one = node;
            for (int step = 0; step < STEPS; step++) {
                long acceptedBefore = one.logic.counters().accepted();
                act();
                check(one.logic.counters().accepted() - acceptedBefore);
            }
            GossipCounters counters = one.logic.counters();
            assertThat(counters.accepted()).as("it was no dead node").isPositive();
            assertThat(counters.completed()).isPositive();
            assertThat(counters.refused()).isPositive();
            assertThat(counters.rejected()).isPositive();
            assertThat(counters.unsolicited()).isPositive();
            assertThat(answers()).as("no amplification").isLessThanOrEqualTo(requests);
        }
    }

    private void act() {
        one.refusing = random.nextInt(5) == 0;
        switch (random.nextInt(12)) {
            case 0 -> one.nowNs += random.nextLong(one.config.periodNs() / 3);
            case 1, 2, 3 -> one.poll();
            case 4 -> {
                long peer = one.table.find(1 + random.nextInt(PEERS));
                if (peer != PeerTable.NULL_PEER && one.table.shortIdOf(peer) != OneNode.SELF) {
                    one.gossip.onConnectionFailed(peer, one.nowNs);
                }
            }
            case 5 -> one.gossip.removePeer(Peers.peer(1 + random.nextInt(PEERS)).id());
            case 6 -> one.gossip.addPeer(Peers.peer(1 + random.nextInt(PEERS)));
            case 7 -> {
                if (random.nextInt(100) == 0) {
                    int seed = 1 + random.nextInt(2 * PEERS);
                    one.gossip.bootstrap(Peers.peers(seed, seed), one.nowNs);
                }
            }
            case 8, 9 -> answerWhatWasAsked();
            default -> lie(KINDS[random.nextInt(KINDS.length)], random.nextLong(), anyId());
        }
        one.collect();
    }

    /// The one who was asked last lies about everything but the request.
    private void answerWhatWasAsked() {
        for (int i = one.messages.size() - 1; i >= Math.max(0, one.messages.size() - 4); i--) {
            CollectedStep.Message asked = one.messages.get(i);
            if (asked.kind().isRequest()) {
                GossipKind kind = KINDS[3 + random.nextInt(KINDS.length - 3)];
                lie(kind, asked.requestId(), one.to(asked));
                return;
            }
        }
    }

    private void lie(GossipKind kind, long requestId, long from) {
        List<PeerDescriptor> peers = new ArrayList<>();
        for (int i = random.nextInt(40); i > 0; i--) {
            peers.add(anyDescriptor());
        }
        if (!peers.isEmpty() && random.nextInt(4) > 0) {
            peers.set(0, Peers.descriptor((int) from).age(random.nextInt()));
        }
        requests += kind.isRequest() ? 1 : 0;
        one.gossip.onMessage(
                one.table.find(from), new GossipCopy(kind, requestId, peers), one.nowNs);
    }

    private long anyId() {
        return 1L + random.nextInt(PEERS);
    }

    private PeerDescriptor anyDescriptor() {
        PeerDescriptor peer = Peers.descriptor((int) anyId());
        return switch (random.nextInt(6)) {
            case 0 -> peer.address(random.nextInt(), random.nextLong(), 0, random.nextInt(), 0);
            case 1 -> peer.id(random.nextInt(PEERS), random.nextLong(), 0, 0);
            case 2 -> peer.age(random.nextInt());
            default -> peer.age(random.nextInt(30));
        };
    }

    private void check(long accepted) {
        for (long i = 0; i < accepted; i++) {
            acceptedAt.add(one.nowNs);
        }
        while (!acceptedAt.isEmpty() && one.nowNs - acceptedAt.peek() >= one.config.periodNs()) {
            acceptedAt.poll();
        }
        assertThat(acceptedAt.size()).isLessThanOrEqualTo(one.config.exchangesPerPeriod());
        PeerView view = one.gossip.view();
        assertThat(view.size()).isLessThanOrEqualTo(one.config.viewSize());
        for (int i = 0; i < view.size(); i++) {
            assertThat(one.table.shortIdOf(view.peerAt(i))).isNotEqualTo((long) OneNode.SELF);
            assertThat(view.ageAt(i)).isBetween(0, GossipConfig.MAX_AGE);
            for (int j = 0; j < i; j++) {
                assertThat(view.peerAt(j)).isNotEqualTo(view.peerAt(i));
            }
        }
        assertThat(one.gossip.nextDeadlineNs(one.nowNs) - one.nowNs).isNotNegative();
    }

    private long answers() {
        for (CollectedStep.Message message : one.messages) {
            assertThat(message.size()).isLessThanOrEqualTo(one.config.exchangeSize());
        }
        return one.messages.stream().filter(message -> !message.kind().isRequest()).count();
    }
}
