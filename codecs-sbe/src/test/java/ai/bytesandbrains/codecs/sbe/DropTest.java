package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.search.FederatedSearch;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchStatus;
import ai.bytesandbrains.engine.search.VectorState;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Each reason to drop a frame: exactly its count goes up, and nothing reaches a protocol.
class DropTest {

    // Where the fields of the bodies are, from the start of the frame: the layout in schema.xml.
    private static final int GOSSIP_KIND = Wire.BODY + 8;
    private static final int GOSSIP_PEERS = Wire.BODY + 9;
    private static final int FIRST_PEER = GOSSIP_PEERS + 4;
    private static final int PEER_PORT = 52;
    private static final int PEER_KIND = 54;
    private static final int BUDGET = Wire.BODY + 8;
    private static final int ASKER = Wire.BODY + 16;
    private static final int SCALE = ASKER + 64;
    private static final int K = SCALE + 4;
    private static final int DIMENSIONS = K + 2;
    private static final int METRIC = DIMENSIONS + 2;
    private static final int ENCODING = METRIC + 1;
    private static final int FILTER_FLAGS = ENCODING + 1 + 8;
    private static final int QUERY_LENGTH = FILTER_FLAGS + 1;
    private static final int STATUS = Wire.BODY + 8;
    private static final int FORM = STATUS + 1;
    private static final int FILTERED = FORM + 1;
    private static final int MEAN_ERROR = FILTERED + 1;
    private static final int HITS = MEAN_ERROR + 4 + 16;
    private static final int WISH_ENCODING = ASKER + 64 + 2;
    private static final int WISHES = WISH_ENCODING + 1;
    private static final int VECTOR_STATUS = Wire.BODY + 8 + 2;
    private static final int VECTORS = VECTOR_STATUS + 2;
    private static final int FIRST_VECTOR = VECTORS + 4;

    private final Random random = new Random(4);
    private final Wire wire = Wire.recording();
    private final byte[] gossip =
            wire.frame(
                    new Gossip(
                            GossipKind.PUSH_PULL,
                            1,
                            List.of(Peers.random(random, Wire.SENDER), Peers.random(random))));
    private final byte[] request = wire.frame(Search.request(random, Wire.SENDER));
    private final byte[] response = wire.frame(Search.response(random));
    private final byte[] wish = wire.frame(Search.wish(random, Wire.SENDER));
    private final byte[] vectors =
            wire.frame(
                    new Search.Vectors(
                            1,
                            SearchStatus.OK,
                            8,
                            QueryEncoding.INT8,
                            List.of(
                                    new Search.Given(5, VectorState.THERE, 1, List.of(7L)),
                                    new Search.Given(6, VectorState.GONE, 0, List.of()))));

    @AfterEach
    void close() {
        wire.close();
    }

    @Test
    void shouldTakeTheFramesThatAreDamagedHere() {
        wire.take(gossip);
        wire.take(request);
        wire.take(response);
        wire.take(wish);
        wire.take(vectors);

        assertThat(wire.delivered()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 55})
    void shouldDropWhatIsShorterThanAHeader(int length) {
        assertDropped(Arrays.copyOf(gossip, length), DropReason.TRUNCATED);
    }

    @Test
    void shouldDropWhatIsLongerThanAnyMessageOfItsProtocol() {
        int most = new GossipReader().maxFrameLength();

        wire.take(Wire.widened(gossip, gossip.length, most - gossip.length));
        assertThat(wire.delivered()).isEqualTo(1);

        wire.gossip.clear();
        assertDropped(
                Wire.widened(gossip, gossip.length, most - gossip.length + 1),
                DropReason.OVERSIZED);
    }

    @Test
    void shouldDropAnotherSchema() {
        Wire.putShort(gossip, Wire.SCHEMA, 1);
        assertDropped(gossip, DropReason.FOREIGN_SCHEMA);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 255})
    void shouldDropAnotherMajorVersion(int major) {
        gossip[Wire.MAJOR] = (byte) major;
        assertDropped(gossip, DropReason.WRONG_VERSION);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 56, Integer.MAX_VALUE})
    void shouldDropALengthThatIsNotTheFrames(int length) {
        Wire.putInt(gossip, Wire.LENGTH, length);
        assertDropped(gossip, DropReason.LENGTH_MISMATCH);
    }

    @Test
    void shouldDropAnotherNetwork() {
        Wire.putLong(gossip, Wire.NETWORK_ID, 78);
        assertDropped(gossip, DropReason.WRONG_NETWORK);
    }

    @Test
    void shouldDropWhatIsForAnotherNode() {
        Wire.putLong(gossip, Wire.RECEIVER_ID, 7);
        assertDropped(gossip, DropReason.WRONG_RECEIVER);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Wire.RECEIVER})
    void shouldDropWhatNobodyOrItselfHasSent(long sender) {
        Wire.putLong(gossip, Wire.SENDER_ID, sender);
        assertDropped(gossip, DropReason.BAD_SENDER);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 15, 16, 65_535})
    void shouldDropAProtocolThatItDoesNotRun(int protocol) {
        Wire.putShort(gossip, Wire.PROTOCOL, protocol);
        assertDropped(gossip, DropReason.UNKNOWN_PROTOCOL);
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
        assertDropped(gossip, DropReason.UNKNOWN_KIND);
    }

    @Test
    void shouldDropGossipUnderTheNumberOfSearch() {
        Wire.putShort(gossip, Wire.PROTOCOL, FederatedSearch.PROTOCOL_ID);
        assertDropped(gossip, DropReason.UNKNOWN_KIND);
    }

    @Test
    void shouldDropASearchUnderTheNumberOfGossip() {
        Wire.putShort(request, Wire.PROTOCOL, GossipPeerSampling.PROTOCOL_ID);
        assertDropped(request, DropReason.UNKNOWN_KIND);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 255})
    void shouldDropAKindOfGossipThatItDoesNotKnow(int kind) {
        gossip[GOSSIP_KIND] = (byte) kind;
        assertDropped(gossip, DropReason.UNKNOWN_KIND);
    }

    @Test
    void shouldDropGossipOfAnotherThanItsSender() {
        Wire.putLong(gossip, FIRST_PEER, 99);
        assertDropped(gossip, DropReason.SENDER_MISMATCH);
    }

    @Test
    void shouldDropAQueryOfAnotherThanItsSender() {
        Wire.putLong(request, ASKER, 99);
        assertDropped(request, DropReason.SENDER_MISMATCH);
    }

    // ---- malformed gossip

    @ParameterizedTest
    @ValueSource(ints = {0, 56, 65_535})
    void shouldDropABlockThatCannotBe(int block) {
        Wire.putShort(gossip, Wire.BLOCK_LENGTH, block);
        assertDropped(gossip, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 65_535})
    void shouldDropMorePeersThanFit(int count) {
        Wire.putShort(gossip, GOSSIP_PEERS + 2, count);
        assertDropped(gossip, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 63, 65, 65_535})
    void shouldDropPeersOfALengthThatCannotBe(int stride) {
        Wire.putShort(gossip, GOSSIP_PEERS, stride);
        assertDropped(gossip, DropReason.MALFORMED);
    }

    @Test
    void shouldDropGossipWithoutItsSender() {
        Wire.putShort(gossip, GOSSIP_PEERS + 2, 0);
        assertDropped(gossip, DropReason.MALFORMED);
    }

    @Test
    void shouldDropABusyWithPeers() {
        gossip[GOSSIP_KIND] = (byte) GossipKind.BUSY.code();
        assertDropped(gossip, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 255})
    void shouldDropAnAddressOfNoKind(int kind) {
        gossip[FIRST_PEER + 64 + PEER_KIND] = (byte) kind;
        assertDropped(gossip, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAPeerUnderTheReservedId() {
        Wire.putLong(gossip, FIRST_PEER + 64, 0);
        assertDropped(gossip, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAMailboxWithAPort() {
        PeerDescriptor self = new PeerDescriptor().set(Peers.peer(Wire.SENDER));
        byte[] frame = wire.frame(new Gossip(GossipKind.PULL, 1, List.of(self)));
        Wire.putShort(frame, FIRST_PEER + PEER_PORT, 1);
        assertDropped(frame, DropReason.MALFORMED);
    }

    // ---- malformed searches

    @ParameterizedTest
    @ValueSource(ints = {0, 55, 65_535})
    void shouldDropAQueryBlockThatCannotBe(int block) {
        Wire.putShort(request, Wire.BLOCK_LENGTH, block);
        assertDropped(request, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAQueryForNothing() {
        Wire.putShort(request, K, 0);
        assertDropped(request, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000, 65_535})
    void shouldDropDimensionsThatTheQueryDoesNotHave(int dimensions) {
        Wire.putShort(request, DIMENSIONS, dimensions);
        assertDropped(request, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535})
    void shouldDropAQueryLengthThatCannotBe(int length) {
        Wire.putShort(request, QUERY_LENGTH, length);
        assertDropped(request, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 77, 255})
    void shouldDropAMetricThatItDoesNotKnow(int metric) {
        request[METRIC] = (byte) metric;
        assertDropped(request, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 255})
    void shouldDropAnEncodingThatItDoesNotKnow(int encoding) {
        request[ENCODING] = (byte) encoding;
        assertDropped(request, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void shouldDropAScaleThatCannotBe(float scale) {
        Wire.putInt(request, SCALE, Float.floatToRawIntBits(scale));
        assertDropped(request, DropReason.MALFORMED);
    }

    @Test
    void shouldDropANegativeBudget() {
        Wire.putLong(request, BUDGET, -1);
        assertDropped(request, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAnAskerWithoutAnAddress() {
        request[ASKER + PEER_KIND] = 0;
        assertDropped(request, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 255})
    void shouldDropAStatusThatItDoesNotKnow(int status) {
        response[STATUS] = (byte) status;
        assertDropped(response, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 65_535})
    void shouldDropMoreHitsThanFit(int count) {
        Wire.putShort(response, HITS + 2, count);
        assertDropped(response, DropReason.MALFORMED);
    }

    @Test
    void shouldDropHitsThatAreTooShort() {
        Wire.putShort(response, HITS, 11);
        assertDropped(response, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 255})
    void shouldDropAFilterThatItDoesNotKnow(int flags) {
        request[FILTER_FLAGS] = (byte) flags;
        assertDropped(request, DropReason.MALFORMED);
    }

    @Test
    void shouldDropIdsOfAFilterThatDoNotAscend() {
        byte[] frame =
                wire.frame(
                        new Search.Request(
                                1,
                                Peers.random(random, Wire.SENDER),
                                1,
                                0,
                                Metric.L2,
                                8,
                                QueryEncoding.INT8,
                                1,
                                List.of(1L),
                                2,
                                0,
                                List.of(5L, 9L, 9L, 12L)));
        assertDropped(frame, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 255})
    void shouldDropAFormOfDistancesThatItDoesNotKnow(int form) {
        response[FORM] = (byte) form;
        assertDropped(response, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAnAnswerThatIsMoreThanFiltered() {
        response[FILTERED] = 2;
        assertDropped(response, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, Float.NaN, Float.POSITIVE_INFINITY})
    void shouldDropAMeanErrorThatCannotBe(float error) {
        Wire.putInt(response, MEAN_ERROR, Float.floatToRawIntBits(error));
        assertDropped(response, DropReason.MALFORMED);
    }

    // ---- malformed wishes and vectors

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000, 65_535})
    void shouldDropMoreWishesThanFitOrNone(int count) {
        Wire.putShort(wish, WISHES + 2, count);
        assertDropped(wish, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAWishForAnEncodingThatItDoesNotKnow() {
        wish[WISH_ENCODING] = 3;
        assertDropped(wish, DropReason.MALFORMED);
    }

    @Test
    void shouldDropAWishInAnothersName() {
        Wire.putLong(wish, ASKER, 99);
        assertDropped(wish, DropReason.SENDER_MISMATCH);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 257, 65_535})
    void shouldDropVectorsThatAreNotThere(int count) {
        Wire.putShort(vectors, VECTORS + 2, count);
        assertDropped(vectors, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 255})
    void shouldDropVectorsWhoseComponentsAreNobodys(int state) {
        vectors[FIRST_VECTOR + 12] = (byte) state;
        assertDropped(vectors, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY})
    void shouldDropVectorsWithAScaleThatCannotBe(float scale) {
        Wire.putInt(vectors, FIRST_VECTOR + 8, Float.floatToRawIntBits(scale));
        assertDropped(vectors, DropReason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 255})
    void shouldDropVectorsWithAStatusThatItDoesNotKnow(int status) {
        vectors[VECTOR_STATUS] = (byte) status;
        assertDropped(vectors, DropReason.MALFORMED);
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

    private void assertDropped(byte[] frame, DropReason reason) {
        assertThat(wire.take(frame)).isZero();
        assertThat(wire.delivered()).isZero();
        for (DropReason each : DropReason.values()) {
            assertThat(wire.drops.get(each)).as("%s", each).isEqualTo(each == reason ? 1 : 0);
        }
        assertThat(wire.drops.total()).isEqualTo(1);
    }
}
