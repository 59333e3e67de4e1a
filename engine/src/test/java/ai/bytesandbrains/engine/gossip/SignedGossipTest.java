package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.SignedNode.push;
import static ai.bytesandbrains.engine.gossip.SignedNode.signed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.NodeIdentity;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Peers;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A network of signed descriptors, and everything that can be wrong with one.
class SignedGossipTest {

    private static final long T = SignedNode.GOSSIP.periodNs();
    private static final long LIFE = SignedNode.SIGNING.lifetimeNs();
    private static final long SKEW = SignedNode.SIGNING.maxClockSkewNs();
    private static final int START = 5;
    private static final long NOW = 2 * LIFE;

    private final SignedNode node = new SignedNode(1, NOW);

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void shouldTakeWhatIsSigned() {
        node.receive(push(signed(2, START, NOW), signed(3, START, NOW)), NOW);

        assertThat(node.view()).containsExactlyInAnyOrder(idOf(2), idOf(3));
        assertThat(node.logic.counters().rejected()).isZero();
    }

    @Test
    void shouldDropWhatIsNotSigned() {
        PeerDescriptor bare = new PeerDescriptor().set(new Peer(peerId(3).id(), Address.memory(3)));
        node.receive(push(signed(2, START, NOW), bare, signed(4, START, NOW)), NOW);
        node.receive(push(Peers.descriptor(5)), NOW);

        assertThat(node.view()).containsExactlyInAnyOrder(idOf(2), idOf(4));
        assertThat(node.rejected(DescriptorRejection.UNSIGNED)).isEqualTo(2);
    }

    @Test
    void shouldNotTakeATamperedAddress() {
        PeerDescriptor tampered = signed(3, START, NOW);
        tampered.address(3, 0, 0, 0, 666);
        node.receive(push(signed(2, START, NOW), tampered), NOW);

        assertThat(node.view()).containsExactly(idOf(2));
        assertThat(node.rejected(DescriptorRejection.BAD_SIGNATURE)).isEqualTo(1);
    }

    @ParameterizedTest(name = "word {0}")
    @ValueSource(ints = {4, 7, 8, 11})
    void shouldNotTakeATamperedSignature(int word) {
        PeerDescriptor tampered = signed(3, START, NOW);
        tampered.proofWord(word, tampered.proofWord(word) ^ 1L << 40);
        node.receive(push(tampered), NOW);

        assertThat(node.view()).isEmpty();
        assertThat(node.rejected(DescriptorRejection.BAD_SIGNATURE)).isEqualTo(1);
        assertThat(node.table.size()).as("not in the table either").isEqualTo(1);
    }

    @Test
    void shouldNotTakeATamperedTimeOrSequence() {
        PeerDescriptor fresher = signed(3, START, NOW - T);
        fresher.signed(START, fresher.issuedAtMs() + 1);
        PeerDescriptor later = signed(3, START, NOW);
        later.signed(START + 1, later.issuedAtMs());
        node.receive(push(fresher), NOW);
        node.receive(push(later), NOW);

        assertThat(node.view()).isEmpty();
        assertThat(node.rejected(DescriptorRejection.BAD_SIGNATURE)).isEqualTo(2);
    }

    @Test
    void shouldNotTakeAnIdentityThatIsNotTheHashOfTheKey() {
        PeerDescriptor own = signed(2, START, NOW);
        PeerDescriptor stolen = new PeerDescriptor().set(peerId(3));
        stolen.signed(own.sequence(), own.issuedAtMs());
        for (int i = 0; i < PeerDescriptor.PROOF_WORDS; i++) {
            stolen.proofWord(i, own.proofWord(i));
        }
        node.receive(push(stolen), NOW);

        assertThat(node.view()).isEmpty();
        assertThat(node.rejected(DescriptorRejection.WRONG_KEY)).isEqualTo(1);
    }

    @Test
    void shouldNotTakeWhatIsSignedForAnotherNetwork() {
        PeerDescriptor foreign = new PeerDescriptor().set(peerId(3));
        SignedNode.identity(3)
                .sign(
                        foreign,
                        SignedNode.NETWORK + 1,
                        START,
                        SignedNode.EPOCH_MS + NOW / 1_000_000);
        node.receive(push(foreign), NOW);

        assertThat(node.rejected(DescriptorRejection.BAD_SIGNATURE)).isEqualTo(1);
    }

    @Test
    void shouldNotTakeWhatIsTooOld() {
        node.receive(push(signed(2, START, NOW - LIFE)), NOW);
        node.receive(push(signed(3, START, NOW - LIFE - 1_000_000)), NOW);

        assertThat(node.view()).containsExactly(idOf(2));
        assertThat(node.rejected(DescriptorRejection.EXPIRED)).isEqualTo(1);
    }

    @Test
    void shouldAllowForClocksThatDiffer() {
        node.receive(push(signed(2, START, NOW + SKEW)), NOW);
        node.receive(push(signed(3, START, NOW + SKEW + 1_000_000)), NOW);

        assertThat(node.ageOf(2)).isEqualTo(1);
        assertThat(node.view()).containsExactly(idOf(2));
        assertThat(node.rejected(DescriptorRejection.FROM_THE_FUTURE)).isEqualTo(1);
    }

    @Test
    void shouldTakeTheAgeFromTheTimeAndNotFromTheMessage() {
        PeerDescriptor old = signed(2, START, NOW - 10 * T);
        node.receive(push(old.age(0)), NOW);

        assertThat(node.ageOf(2)).isEqualTo(20 + 1);
    }

    @Test
    void shouldNotGoBackToAnEarlierStart() {
        PeerDescriptor moved = signedAt(3, 300, START + 1, NOW);
        node.receive(push(signed(2, START, NOW), signed(3, START, NOW)), NOW);
        node.receive(push(signed(4, START, NOW), moved), NOW);
        assertThat(node.addressOf(3)).isEqualTo(Address.memory(300));
        node.receive(push(signed(5, START, NOW), signed(3, START, NOW)), NOW);

        assertThat(node.addressOf(3)).isEqualTo(Address.memory(300));
        assertThat(node.rejected(DescriptorRejection.REPLAYED)).isEqualTo(1);
    }

    @Test
    void shouldKeepTheLatestProofWhateverTheOrderOfArrival() {
        PeerDescriptor early = signed(3, START, NOW - 4 * T);
        PeerDescriptor late = signed(3, START, NOW - T);
        node.receive(push(signed(2, START, NOW), late), NOW);
        node.receive(push(signed(4, START, NOW), early), NOW);

        assertThat(node.ageOf(3)).as("as young as the latest says").isEqualTo(2 + 2);
        assertThat(handedOn(3).issuedAtMs()).isEqualTo(late.issuedAtMs());
        assertThat(node.logic.counters().rejected()).isZero();
    }

    @Test
    void shouldNotMoveAPeerThatSignsTwoAddressesInOneStart() {
        node.receive(push(signed(2, START, NOW), signed(3, START, NOW - T)), NOW);
        node.receive(push(signed(4, START, NOW), signedAt(3, 300, START, NOW)), NOW);

        assertThat(node.addressOf(3)).isEqualTo(Address.memory(3));
    }

    @Test
    void shouldReadNoFurtherThanALie() {
        PeerDescriptor lie = signed(3, START, NOW).address(3, 0, 0, 0, 666);
        node.receive(push(signed(2, START, NOW), lie, lie, lie, signed(4, START, NOW)), NOW);

        assertThat(node.view()).containsExactly(idOf(2));
        assertThat(node.rejected(DescriptorRejection.BAD_SIGNATURE)).isEqualTo(1);
    }

    @Test
    void shouldNotVerifyMoreThanAMessagesWorthAtOnceForStrangers() {
        int burst = SignedNode.GOSSIP.exchangeSize();
        flood(10 * burst, 0);

        assertThat(node.rejected(DescriptorRejection.BAD_SIGNATURE)).isEqualTo(burst);
        assertThat(node.rejected(DescriptorRejection.OVER_BUDGET)).isEqualTo(9L * burst);
        node.receive(push(signed(2, START, NOW)), NOW);
        assertThat(node.view()).as("no time for the honest, either").isEmpty();
        node.receive(push(signed(2, START, NOW)), NOW + T);
        assertThat(node.view()).as("for a while").containsExactly(idOf(2));
    }

    @Test
    void shouldNotVerifyMoreThanItsBudgetInAPeriodForStrangers() {
        int half = SignedNode.SIGNING.verificationsPerPeriod() / 2;
        flood(2_000, T / 2_000);

        long verified = node.rejected(DescriptorRejection.BAD_SIGNATURE);
        assertThat(verified).isBetween((long) half, (long) half + SignedNode.GOSSIP.exchangeSize());
    }

    @Test
    void shouldHaveABudgetLeftForItsOwnRequests() {
        flood(1_000, 0);
        node.gossip.bootstrap(List.of(peerId(2)), NOW);
        node.gossip.poll(NOW);
        GossipCopy request = node.sent.getLast().message();
        PeerDescriptor[] answer = {signed(2, START, NOW), signed(4, START, NOW)};
        node.receive(
                new GossipCopy(GossipKind.JOIN_REPLY, request.requestId(), List.of(answer)), NOW);

        assertThat(node.view()).containsExactly(idOf(4));
    }

    @Test
    void shouldAnswerBusyWhenItHasNoTimeToVerify() {
        SigningConfig tight = new SigningConfig(SignedNode.NETWORK, 2, LIFE, SKEW);
        try (SignedNode small = new SignedNode(9, tight, NOW)) {
            for (int number = 20; number < 20 + SignedNode.GOSSIP.exchangeSize(); number++) {
                PeerDescriptor newcomer = signed(number, START, NOW);
                small.receive(new GossipCopy(GossipKind.JOIN, 7, List.of(newcomer)), NOW);
            }
            PeerDescriptor asker = signed(3, START, NOW);
            small.receive(new GossipCopy(GossipKind.PUSH_PULL, 8, List.of(asker)), NOW);

            assertThat(small.sent.getLast().message().kind()).isEqualTo(GossipKind.BUSY);
            assertThat(small.sent.getLast().to()).isEqualTo(idOf(3));
        }
    }

    @Test
    void shouldNotVerifyTwiceWhatHasHeld() {
        PeerDescriptor[] peers = {signed(2, START, NOW), signed(3, START, NOW)};
        for (int i = 0; i < 1_000; i++) {
            node.receive(push(peers), NOW + i * T / 100);
        }

        assertThat(node.rejected(DescriptorRejection.OVER_BUDGET)).isZero();
        assertThat(node.view()).hasSize(2);
    }

    @Test
    void shouldNotHandOnAPeerWithoutAProof() {
        node.gossip.addPeer(peerId(3));
        node.receive(push(signed(2, START, NOW)), NOW);
        PeerDescriptor asker = signed(4, START, NOW);
        node.receive(new GossipCopy(GossipKind.PULL, 8, List.of(asker)), NOW);

        assertThat(idsOf(node.sent.getLast().message())).containsExactly(idOf(1), idOf(2));
    }

    @Test
    void shouldSignItselfAfreshTwiceAPeriod() {
        List<Long> issued = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            PeerDescriptor asker = signed(4 + i, START, NOW);
            long now = NOW + i * (T / 2);
            node.receive(new GossipCopy(GossipKind.JOIN, 8 + i, List.of(asker)), now);
            issued.add(node.sent.getLast().message().peers().getFirst().issuedAtMs());
        }

        assertThat(issued).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void shouldHaveOneIdentityForASecret() {
        byte[] secret = new byte[NodeIdentity.SECRET_BYTES];
        secret[3] = 7;

        assertThat(NodeIdentity.of(secret).id()).isEqualTo(NodeIdentity.of(secret).id());
        assertThat(NodeIdentity.generate().id()).isNotEqualTo(NodeIdentity.generate().id());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeIdentity.of(new byte[31]))
                .withMessageContaining("secret.length=31");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> NodeIdentity.generate().sign(signed(2, START, NOW), 1, START, NOW));
    }

    @Test
    void shouldRefuseToSignForManyNodes() {
        try (PeerTable table = new PeerTable(64);
                GossipState state = new GossipState(SignedNode.GOSSIP, 2);
                DescriptorSigning signing =
                        new DescriptorSigning(
                                node.identity,
                                node.peer,
                                SignedNode.SIGNING,
                                SignedNode.GOSSIP,
                                table,
                                new Random(1),
                                0,
                                0)) {
            CollectedStep step = new CollectedStep(table);
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () ->
                                    new GossipLogic(
                                            SignedNode.GOSSIP,
                                            state,
                                            table,
                                            new Random(1),
                                            step,
                                            step,
                                            signing))
                    .withMessageContaining("slots=2");
        }
    }

    /// Twelve nodes find each other from one seed; every message is signed and none is a lie.
    @Test
    void shouldCarryAWholeNetwork() {
        int count = 12;
        List<SignedNode> nodes = new ArrayList<>();
        Map<Long, SignedNode> byId = new HashMap<>();
        for (int number = 100; number < 100 + count; number++) {
            SignedNode started = new SignedNode(number, NOW);
            started.gossip.bootstrap(List.of(peerId(100)), NOW);
            nodes.add(started);
            byId.put(started.peer.id().shortId(), started);
        }
        for (long now = NOW; now - NOW < 15 * T; now += T / 4) {
            for (SignedNode from : nodes) {
                from.gossip.poll(now);
                deliver(from, byId, now);
            }
        }

        nodes.forEach(each -> assertThat(each.gossip.viewLength()).isEqualTo(count - 1));
        for (SignedNode each : nodes) {
            assertThat(each.logic.counters().rejected())
                    .isEqualTo(each.rejected(DescriptorRejection.OVER_BUDGET));
        }
        nodes.forEach(SignedNode::close);
    }

    private static void deliver(SignedNode from, Map<Long, SignedNode> byId, long now) {
        List<SignedNode.Sent> letters = List.copyOf(from.sent);
        from.sent.clear();
        for (SignedNode.Sent letter : letters) {
            SignedNode to = byId.get(letter.to());
            long handle = to.table.find(from.peer.id().shortId());
            to.gossip.onMessage(handle, letter.message(), now);
            deliver(to, byId, now);
        }
    }

    /// Lies of strangers, one after the other.
    private void flood(int count, long pauseNs) {
        PeerDescriptor lie = signed(3, START, NOW);
        lie.proofWord(6, ~lie.proofWord(6));
        for (int i = 0; i < count; i++) {
            node.receive(push(lie.signed(START, lie.issuedAtMs() - 1)), NOW + i * pauseNs);
        }
    }

    /// What the node says of a number when it is asked.
    private PeerDescriptor handedOn(int number) {
        PeerDescriptor asker = signed(9, START, NOW);
        node.receive(new GossipCopy(GossipKind.PULL, 8, List.of(asker)), NOW);
        return node.sent.getLast().message().peers().stream()
                .filter(peer -> peer.shortId() == idOf(number))
                .findFirst()
                .orElseThrow();
    }

    private static List<Long> idsOf(GossipCopy message) {
        return message.peers().stream().map(PeerDescriptor::shortId).toList();
    }

    private static PeerDescriptor signedAt(int number, int mailbox, int sequence, long nowNs) {
        NodeIdentity identity = SignedNode.identity(number);
        PeerDescriptor descriptor =
                new PeerDescriptor().set(new Peer(identity.id(), Address.memory(mailbox)));
        identity.sign(
                descriptor, SignedNode.NETWORK, sequence, SignedNode.EPOCH_MS + nowNs / 1_000_000);
        return descriptor;
    }

    private static Peer peerId(int number) {
        return new Peer(SignedNode.identity(number).id(), Address.memory(number));
    }

    private static long idOf(int number) {
        return SignedNode.identity(number).id().shortId();
    }
}
