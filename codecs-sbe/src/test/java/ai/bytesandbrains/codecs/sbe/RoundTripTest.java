package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.codecs.sbe.wire.GossipDecoder;
import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.search.DistanceForm;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchMessage;
import ai.bytesandbrains.engine.search.SearchResponse;
import ai.bytesandbrains.engine.space.Metric;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// What is written is what is read, field by field, and newer minor versions are read too.
class RoundTripTest {

    private final Wire wire = Wire.recording();

    @AfterEach
    void close() {
        assertThat(wire.drops.total()).isZero();
        wire.close();
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldCarryGossip(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Gossip message = Gossip.random(random, Wire.SENDER);
            wire.take(wire.frame(message));

            assertThat(wire.gossip.getLast().text()).isEqualTo(message.text());
        }
    }

    @ParameterizedTest
    @EnumSource(GossipKind.class)
    void shouldCarryEveryKindOfGossip(GossipKind kind) {
        Random random = new Random(kind.code());
        Gossip message =
                new Gossip(
                        kind,
                        -1,
                        kind.hasPeers() ? List.of(Peers.random(random, Wire.SENDER)) : List.of());
        wire.take(wire.frame(message));

        assertThat(wire.gossip.getLast().text()).isEqualTo(message.text());
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {4, 5, 6})
    void shouldCarrySearches(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            SearchMessage message = Search.random(random, Wire.SENDER);
            wire.take(wire.frame(message));

            assertThat(Search.text(wire.search.getLast())).isEqualTo(Search.text(message));
        }
    }

    @Test
    void shouldCarryTheLongestQuery() {
        Random random = new Random(7);
        List<Long> words = new ArrayList<>();
        for (int i = 0; i < (16_383 * 4 + 7) / 8; i++) {
            words.add(random.nextLong());
        }
        words.set(words.size() - 1, words.getLast() & 0xffff_ffffL);
        Search.Request message =
                new Search.Request(
                        1,
                        Peers.random(random, Wire.SENDER),
                        65_535,
                        0,
                        Metric.L2,
                        16_383,
                        QueryEncoding.FLOAT32,
                        1,
                        words,
                        0,
                        0,
                        List.of());
        wire.take(wire.frame(message));

        assertThat(Search.text(wire.search.getLast())).isEqualTo(Search.text(message));
    }

    @Test
    void shouldNameAKnownSenderByItsHandle() {
        long sender = wire.sender();
        wire.take(wire.randomFrame(new Random(8)));

        assertThat(wire.senders).containsExactly(sender);
    }

    @Test
    void shouldNameAnUnknownSenderByNoHandle() {
        wire.take(wire.randomFrame(new Random(9)));

        assertThat(wire.senders).containsExactly(PeerTable.NULL_PEER);
    }

    @Test
    void shouldTakeAFrameForWhoeverListens() {
        byte[] frame = wire.randomFrame(new Random(10));
        Wire.putLong(frame, Wire.RECEIVER_ID, 0);
        wire.take(frame);

        assertThat(wire.delivered()).isEqualTo(1);
    }

    @Test
    void shouldTakeAFrameFromTheMiddleOfABuffer() {
        wire.take(wire.randomFrame(new Random(11)), 13);

        assertThat(wire.delivered()).isEqualTo(1);
    }

    @Test
    void shouldCountTheFramesOfAStart() {
        Gossip message = Gossip.random(new Random(12), Wire.SENDER);
        byte[] first = wire.frame(message);
        byte[] second = wire.frame(message);
        GossipDecoder decoder = new GossipDecoder();
        long before = decoder.wrap(new UnsafeBuffer(first), 8, 64, 1).frame().sequence();

        assertThat(decoder.wrap(new UnsafeBuffer(second), 8, 64, 1).frame().sequence())
                .isEqualTo(before + 1);
        assertThat(decoder.frame().incarnation()).isEqualTo(123);
    }

    // ---- other versions

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {40, 41})
    void shouldReadQueriesAndAnswersFromBeforeThereWereFilters(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            Search.Request query = Search.fitting(random, Wire.SENDER);
            byte[] frame = wire.frame(query);
            // Tag and flags, and the empty ids behind the query.
            byte[] older = older(Arrays.copyOf(frame, frame.length - Short.BYTES), 9);
            wire.take(older);
            assertThat(Search.text(wire.search.getLast())).isEqualTo(Search.text(query));

            Search.Response answer = Search.response(random);
            wire.take(older(wire.frame(answer), 22));
            SearchResponse read = (SearchResponse) wire.search.getLast();
            assertThat(read.isFiltered()).isFalse();
            assertThat(read.form()).isEqualTo(DistanceForm.EXACT);
            assertThat(read.meanError()).isZero();
            assertThat(((Search.Response) Search.copy(read)).hits()).isEqualTo(answer.hits());
        }
    }

    /// The frame as version 2 would have written it: without the last fields of its block.
    private static byte[] older(byte[] frame, int without) {
        int block = Wire.getShort(frame, Wire.BLOCK_LENGTH);
        int cut = 8 + block - without;
        byte[] older = new byte[frame.length - without];
        System.arraycopy(frame, 0, older, 0, cut);
        System.arraycopy(frame, cut + without, older, cut, older.length - cut);
        Wire.putShort(older, Wire.BLOCK_LENGTH, block - without);
        Wire.putShort(older, Wire.VERSION, 2);
        Wire.putInt(older, Wire.LENGTH, older.length);
        return older;
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {13, 14, 15})
    void shouldSkipFieldsThatItDoesNotKnow(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Gossip gossip = Gossip.random(random, Wire.SENDER);
            wire.take(newer(wire.frame(gossip), random));
            SearchMessage search = Search.random(random, Wire.SENDER);
            wire.take(newer(wire.frame(search), random));

            assertThat(wire.gossip.getLast().text()).isEqualTo(gossip.text());
            assertThat(Search.text(wire.search.getLast())).isEqualTo(Search.text(search));
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {16, 17})
    void shouldSkipWhatGroupEntriesHaveMore(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Gossip gossip = Gossip.random(random, Wire.SENDER);
            wire.take(widerGroup(wire.frame(gossip), 1 + random.nextInt(20)));
            Search.Response response = Search.response(random);
            wire.take(widerGroup(wire.frame(response), 1 + random.nextInt(20)));

            assertThat(wire.gossip.getLast().text()).isEqualTo(gossip.text());
            assertThat(Search.text(wire.search.getLast())).isEqualTo(Search.text(response));
        }
    }

    @Test
    void shouldSkipWhatFollowsABody() {
        byte[] frame = wire.randomFrame(new Random(18));
        wire.take(Wire.widened(frame, frame.length, 40));

        assertThat(wire.delivered()).isEqualTo(1);
    }

    @Test
    void shouldRunWithTheChecksOfFieldOrder() {
        assertThat(System.getProperty("sbe.enable.precedence.checks")).isEqualTo("true");
    }

    /// The frame as a later version of the schema would write it: a longer block.
    private static byte[] newer(byte[] frame, Random random) {
        int block = Wire.getShort(frame, Wire.BLOCK_LENGTH);
        int more = 1 + random.nextInt(30);
        byte[] wide = Wire.widened(frame, 8 + block, more);
        Wire.putShort(wide, Wire.BLOCK_LENGTH, block + more);
        Wire.putShort(wide, Wire.VERSION, 3 + random.nextInt(1_000));
        wide[Wire.MINOR] = (byte) (1 + random.nextInt(200));
        return wide;
    }

    private static byte[] widerGroup(byte[] frame, int more) {
        int group = 8 + Wire.getShort(frame, Wire.BLOCK_LENGTH);
        int stride = Wire.getShort(frame, group);
        byte[] wide = frame;
        for (int i = Wire.getShort(frame, group + 2); i > 0; i--) {
            wide = Wire.widened(wide, group + 4 + i * stride, more);
        }
        Wire.putShort(wide, group, stride + more);
        return wide;
    }
}
