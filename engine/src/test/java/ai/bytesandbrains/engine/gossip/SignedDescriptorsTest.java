package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.SignedNode.push;
import static ai.bytesandbrains.engine.gossip.SignedNode.signed;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.DescriptorPolicy;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/// Peers that protocols other than gossip tell of, in a network of signed descriptors.
class SignedDescriptorsTest {

    private static final long T = SignedNode.GOSSIP.periodNs();
    private static final long LIFE = SignedNode.SIGNING.lifetimeNs();
    private static final int START = 5;
    private static final long NOW = 2 * LIFE;

    private final SignedNode node = new SignedNode(1, NOW);
    private final DescriptorPolicy policy = node.policy();
    private final List<Long> acquired = new ArrayList<>();

    @AfterEach
    void close() {
        acquired.forEach(node.table::release);
        node.close();
    }

    private long acquire(PeerDescriptor received, long nowNs) {
        return acquire(received, false, nowNs);
    }

    private long acquire(PeerDescriptor received, boolean solicited, long nowNs) {
        long peer = policy.acquire(received, solicited, nowNs);
        if (peer != PeerTable.NULL_PEER) {
            acquired.add(peer);
        }
        return peer;
    }

    private PeerDescriptor described(long peer) {
        PeerDescriptor descriptor = new PeerDescriptor();
        policy.describe(peer, descriptor);
        return descriptor;
    }

    private static PeerDescriptor tampered(PeerDescriptor descriptor) {
        return descriptor.address(3, 0, 0, 0, 666);
    }

    @Test
    void shouldTakeWhatIsSignedAndHandItOnWithItsProof() {
        PeerDescriptor received = signed(2, START, NOW);

        PeerDescriptor handedOn = described(acquire(received, NOW));

        assertThat(policy.isSigned()).isTrue();
        assertThat(handedOn.toPeer()).isEqualTo(received.toPeer());
        assertThat(handedOn.issuedAtMs()).isEqualTo(received.issuedAtMs());
        assertThat(handedOn.sequence()).isEqualTo(START);
        for (int i = 0; i < PeerDescriptor.PROOF_WORDS; i++) {
            assertThat(handedOn.proofWord(i)).isEqualTo(received.proofWord(i));
        }
    }

    @Test
    void shouldTellOfItselfWithAProofFromTheBeginning() {
        PeerDescriptor own = described(node.table.find(node.peer.id()));

        SignedNode other = new SignedNode(2, NOW);
        long peer = other.policy().acquire(own, false, NOW);
        assertThat(peer).isNotEqualTo(PeerTable.NULL_PEER);
        other.table.release(peer);
        other.close();
    }

    @Test
    void shouldTakeNothingWithoutAProofThatHolds() {
        PeerDescriptor bare =
                new PeerDescriptor().set(new Peer(node.peer.id(), node.peer.address()));

        assertThat(acquire(bare, NOW)).isEqualTo(PeerTable.NULL_PEER);
        assertThat(acquire(tampered(signed(2, START, NOW)), NOW)).isEqualTo(PeerTable.NULL_PEER);
        assertThat(acquire(signed(2, START, NOW - LIFE - T), NOW)).isEqualTo(PeerTable.NULL_PEER);
        assertThat(node.table.size()).as("the node itself").isEqualTo(1);
    }

    @Test
    void shouldKnowAProvenPeerWhateverIsSaidOfItsAddress() {
        long peer = acquire(signed(2, START, NOW), NOW);

        assertThat(acquire(tampered(signed(2, START, NOW)), NOW)).isEqualTo(peer);
        assertThat(node.addressOf(2)).isEqualTo(Address.memory(2));
    }

    @Test
    void shouldBelieveALaterStartOnlyIfItIsProven() {
        long peer = acquire(signed(2, START, NOW), NOW);
        PeerDescriptor forged = signed(2, START, NOW);
        forged.signed(START + 1, forged.issuedAtMs());
        PeerDescriptor moved = new PeerDescriptor();
        moved.set(new Peer(SignedNode.identity(2).id(), Address.memory(200)));
        SignedNode.identity(2)
                .sign(moved, SignedNode.NETWORK, START + 1, SignedNode.EPOCH_MS + NOW / 1_000_000);

        assertThat(acquire(forged, NOW)).isEqualTo(PeerTable.NULL_PEER);
        assertThat(node.addressOf(2)).isEqualTo(Address.memory(2));
        assertThat(acquire(moved, NOW)).isEqualTo(peer);
        assertThat(node.addressOf(2)).isEqualTo(Address.memory(200));
        assertThat(acquire(signed(2, START, NOW), NOW)).isEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldRenewAProofThatIsPastHalfOfItsLife() {
        long peer = acquire(signed(2, START, NOW), NOW);
        PeerDescriptor early = signed(2, START, NOW + LIFE / 4);
        PeerDescriptor late = signed(2, START, NOW + LIFE / 2);
        long half = NOW + LIFE / 2 + 2 * T;

        assertThat(acquire(early, NOW + LIFE / 4)).isEqualTo(peer);
        assertThat(described(peer).issuedAtMs()).as("not looked at").isLessThan(early.issuedAtMs());
        PeerDescriptor forged = signed(2, START, NOW + LIFE / 2);
        forged.signed(START, forged.issuedAtMs() + 1);
        assertThat(acquire(forged, half)).isEqualTo(PeerTable.NULL_PEER);
        assertThat(acquire(late, half)).isEqualTo(peer);
        assertThat(described(peer).issuedAtMs()).isEqualTo(late.issuedAtMs());
        assertThat(acquire(signed(2, START, NOW), half)).as("known to be later").isEqualTo(peer);
    }

    @Test
    void shouldHaveABudgetThatNeitherAnswersNorGossipLose() {
        int burst = SignedNode.GOSSIP.exchangeSize();
        for (int i = 0; i < burst; i++) {
            acquire(tampered(signed(100 + i, START, NOW)), NOW);
        }

        assertThat(acquire(signed(2, START, NOW), NOW)).isEqualTo(PeerTable.NULL_PEER);
        assertThat(acquire(signed(2, START, NOW), true, NOW)).isNotEqualTo(PeerTable.NULL_PEER);
        node.receive(push(signed(3, START, NOW)), NOW);
        assertThat(node.view()).hasSize(1);
        assertThat(acquire(signed(4, START, NOW), NOW + T)).isNotEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldDescribeAPeerNamedByHandWithoutAProof() {
        long peer = node.table.acquire(signed(2, START, NOW));
        acquired.add(peer);

        assertThat(described(peer).isSigned()).isFalse();
    }
}
