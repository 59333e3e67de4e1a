package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.search.FederatedSearch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Each reason to drop a frame: exactly its count goes up, and nothing reaches a protocol. What is
/// wrong with searches is in [DropSearchTest].
class DropTest {

    // Where the fields of the bodies are, from the start of the frame: the layout in schema.xml.
    private static final int GOSSIP_KIND = Wire.BODY + 8;
    private static final int GOSSIP_PEERS = Wire.BODY + 9;
    private static final int FIRST_PEER = GOSSIP_PEERS + 4;
    private static final int PEER_PORT = 52;
    private static final int PEER_KIND = 54;

    private final Random random = new Random(4);
    private final Wire wire = Wire.recording();
    private final byte[] gossip =
            wire.frame(
                    new Gossip(
                            GossipKind.PUSH_PULL,
                            1,
                            List.of(Peers.random(random, Wire.SENDER), Peers.random(random))));
    private final byte[] request = wire.frame(Search.request(random, Wire.SENDER));

    @AfterEach
    void close() {
        wire.close();
    }

    @Test
    void shouldTakeTheFramesThatAreDamagedHere() {
        wire.take(gossip);
        wire.take(request);

        assertThat(wire.delivered()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 55})
    void shouldDropWhatIsShorterThanAHeader(int length) {
        wire.assertDropped(Arrays.copyOf(gossip, length), DropReason.TRUNCATED);
    }

    @Test
    void shouldDropWhatIsLongerThanAnyMessageOfItsProtocol() {
        int most = new GossipReader().maxFrameLength();

        wire.take(Wire.widened(gossip, gossip.length, most - gossip.length));
        assertThat(wire.delivered()).isEqualTo(1);

        wire.gossip.clear();
        wire.assertDropped(
                Wire.widened(gossip, gossip.length, most - gossip.length + 1),
                DropReason.OVERSIZED);
    }

    @Test
    void shouldDropAnotherSchema() {
        Wire.putShort(gossip, Wire.SCHEMA, 1);
        wire.assertDropped(gossip, DropReason.FOREIGN_SCHEMA);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 255})
    void shouldDropAnotherMajorVersion(int major) {
        gossip[Wire.MAJOR] = (byte) major;
        wire.assertDropped(gossip, DropReason.WRONG_VERSION);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 56, Integer.MAX_VALUE})
    void shouldDropALengthThatIsNotTheFrames(int length) {
        Wire.putInt(gossip, Wire.LENGTH, length);
        wire.assertDropped(gossip, DropReason.LENGTH_MISMATCH);
    }

    @Test
    void shouldDropAnotherNetwork() {
        Wire.putLong(gossip, Wire.NETWORK_ID, 78);
        wire.assertDropped(gossip, DropReason.WRONG_NETWORK);
    }

    @Test
    void shouldDropWhatIsForAnotherNode() {
        Wire.putLong(gossip, Wire.RECEIVER_ID, 7);
        wire.assertDropped(gossip, DropReason.WRONG_RECEIVER);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Wire.RECEIVER})
    void shouldDropWhatNobodyOrItselfHasSent(long sender) {
        Wire.putLong(gossip, Wire.SENDER_ID, sender);
        wire.assertDropped(gossip, DropReason.BAD_SENDER);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 15, 16, 65_535})
    void shouldDropAProtocolThatItDoesNotRun(int protocol) {
        Wire.putShort(gossip, Wire.PROTOCOL, protocol);
        wire.assertDropped(gossip, DropReason.UNKNOWN_PROTOCOL);
    }

    @Test
    void shouldDropEverythingWithoutProtocols() {
        try (Wire bare = Wire.bare()) {
            bare.take(gossip);
            assertThat(bare.drops.get(DropReason.UNKNOWN_PROTOCOL)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 100, 65_535})
    void shouldDropATemplateThatIsNotOfItsProtocol(int template) {
        Wire.putShort(gossip, Wire.TEMPLATE, template);
        wire.assertDropped(gossip, DropReason.UNKNOWN_KIND);
    }

    @Test
    void shouldDropGossipUnderTheNumberOfSearch() {
        Wire.putShort(gossip, Wire.PROTOCOL, FederatedSearch.PROTOCOL_ID);
        wire.assertDropped(gossip, DropReason.UNKNOWN_KIND);
    }

    @Test
    void shouldDropASearchUnderTheNumberOfGossip() {
        Wire.putShort(request, Wire.PROTOCOL, GossipPeerSampling.PROTOCOL_ID);
        wire.assertDropped(request, DropReason.UNKNOWN_KIND);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 255})
    void shouldDropAKindOfGossipThatItDoesNotKnow(int kind) {
        gossip[GOSSIP_KIND] = (byte) kind;
        wire.assertDropped(gossip, DropReason.UNKNOWN_KIND);
    }

    @Test
    void shouldDropGossipOfAnotherThanItsSender() {
        Wire.putLong(gossip, FIRST_PEER, 99);
        wire.assertDropped(gossip, DropReason.SENDER_MISMATCH);
    }

    // ---- malformed gossip

    @ParameterizedTest
    @ValueSource(ints = {0, 56, 65_535})
    void shouldDropABlockThatCannotBe(int block) {
        Wire.putShort(gossip, Wire.BLOCK_LENGTH, block);
        wire.assertDropped(gossip, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 65_535})
    void shouldDropMorePeersThanFit(int count) {
        Wire.putShort(gossip, GOSSIP_PEERS + 2, count);
        wire.assertDropped(gossip, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 63, 65, 65_535})
    void shouldDropPeersOfALengthThatCannotBe(int stride) {
        Wire.putShort(gossip, GOSSIP_PEERS, stride);
        wire.assertDropped(gossip, DropReason.MALFORMED);
    }

    @Test
    void shouldDropGossipWithoutItsSender() {
        Wire.putShort(gossip, GOSSIP_PEERS + 2, 0);
        wire.assertDropped(gossip, DropReason.MALFORMED);
    }

    @Test
    void shouldDropABusyWithPeers() {
        gossip[GOSSIP_KIND] = (byte) GossipKind.BUSY.code();
        wire.assertDropped(gossip, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 255})
    void shouldDropAnAddressOfNoKind(int kind) {
        gossip[FIRST_PEER + 64 + PEER_KIND] = (byte) kind;
        wire.assertDropped(gossip, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAPeerUnderTheReservedId() {
        Wire.putLong(gossip, FIRST_PEER + 64, 0);
        wire.assertDropped(gossip, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAMailboxWithAPort() {
        PeerDescriptor self = new PeerDescriptor().set(Peers.peer(Wire.SENDER));
        byte[] frame = wire.frame(new Gossip(GossipKind.PULL, 1, List.of(self)));
        Wire.putShort(frame, FIRST_PEER + PEER_PORT, 1);
        wire.assertDropped(frame, DropReason.MALFORMED);
    }

    // ---- protocols

    @Test
    void shouldRefuseTwoProtocolsOfOneNumber() {
        assertThatThrownBy(() -> bindAgain(wire)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void bindAgain(Wire wire) {
        try (Wire other = Wire.recording()) {
            wire.dispatcher.bind(other.gossipProtocol, new GossipReader());
        }
    }
}
