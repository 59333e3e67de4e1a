package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.search.SearchParameters;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Damaged frames by the hundred thousand, or as many as `-Dai.bytesandbrains.fuzz.frames` says.
/// Nothing may throw, everything is counted.
class FuzzTest {

    private static final int FRAMES = Integer.getInteger("ai.bytesandbrains.fuzz.frames", 100_000);
    private static final int STOCK = 500;

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldDropOrDeliverEveryFrame(long seed) {
        Random random = new Random(seed);
        Mutation mutation = new Mutation(random);
        try (Wire wire = Wire.recording()) {
            List<byte[]> valid = new ArrayList<>();
            for (int i = 0; i < STOCK; i++) {
                valid.add(wire.randomFrame(random));
            }
            int delivered = 0;
            for (int i = 0; i < FRAMES; i++) {
                wire.take(mutation.of(valid.get(random.nextInt(STOCK))), random.nextInt(9));
                delivered += wire.delivered();
                wire.gossip.clear();
                wire.search.clear();
            }
            assertThat(wire.drops.total() + delivered).isEqualTo(FRAMES);
            assertThat(delivered)
                    .as("frames that got through")
                    .isBetween(FRAMES / 20, FRAMES / 5 * 3);
            assertThat(wire.drops.get(DropReason.MALFORMED)).isGreaterThan(FRAMES / 20);
        }
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {4, 5, 6})
    void shouldLeaveARealNodeInOrder(long seed) {
        Random random = new Random(seed);
        Mutation mutation = new Mutation(random);
        List<byte[]> valid = new ArrayList<>();
        GossipConfig config = GossipConfig.defaults().withTimes(1_000_000, 5_000_000, 300_000);
        List<byte[]> asked = new ArrayList<>(List.of(new byte[0], new byte[0]));
        // What the node asks becomes material: answers that it waits for have to be among the
        // frames, or nothing behind the first check is ever reached.
        WireNode.FrameSink sink =
                (receiver, buffer, length) -> {
                    if (isRequest(buffer)) {
                        byte[] request = new byte[length];
                        buffer.getBytes(0, request);
                        asked.set(Wire.getShort(request, Wire.PROTOCOL) - 1, request);
                    }
                    return random.nextInt(4) != 0;
                };
        try (Wire wire = Wire.bare();
                WireNode node = new WireNode(Wire.RECEIVER, config, sink, seed)) {
            for (int i = 0; i < STOCK; i++) {
                valid.add(
                        i % 3 == 0
                                ? wire.frame(Search.fitting(random, Wire.SENDER))
                                : wire.randomFrame(random));
            }
            MemorySegment query = MemorySegment.ofArray(WireNode.vector(random));
            SearchParameters wanted = SearchParameters.of(5).withDeadlineNs(3_000_000);
            long op = OpTable.NULL_OP;
            for (int i = 0; i < FRAMES; i++) {
                long nowNs = i * 50_000L;
                byte[] request = asked.get(random.nextInt(2));
                byte[] frame =
                        request.length > 0 && random.nextInt(3) == 0
                                ? answer(wire, request, random)
                                : valid.get(random.nextInt(STOCK));
                take(node, random.nextInt(5) == 0 ? frame : mutation.of(frame), nowNs);
                node.gossip.poll(nowNs);
                node.search.poll(nowNs);
                if (op == OpTable.NULL_OP) {
                    op = node.operations.begin(query, 0, wanted, nowNs);
                    node.search.start(op, nowNs);
                } else if (node.operations.isFinished(op)) {
                    node.operations.finish(op);
                    op = OpTable.NULL_OP;
                }
                assertThat(node.gossip.viewLength()).isLessThanOrEqualTo(config.viewSize());
                assertThat(node.table.size()).isLessThan(WireNode.TABLE_CAPACITY);
            }
            assertThat(node.gossip.viewLength()).isPositive();
            assertThat(node.logic.counters().accepted()).isGreaterThan(50);
            assertThat(node.logic.counters().completed()).isGreaterThan(20);
            assertThat(node.search.counters().answered()).isGreaterThan(20);
            assertThat(node.search.counters().rejected()).isGreaterThan(10);
        }
    }

    private static boolean isRequest(DirectBuffer frame) {
        int template = frame.getShort(Wire.TEMPLATE);
        return template == 100 || (template == 1 && frame.getByte(Wire.BODY + 8) <= 3);
    }

    /// An answer to a request that the node has sent, from whom it was sent to.
    private static byte[] answer(Wire wire, byte[] request, Random random) {
        UnsafeBuffer asked = new UnsafeBuffer(request);
        long partner = asked.getLong(Wire.RECEIVER_ID);
        Object message =
                asked.getShort(Wire.TEMPLATE) == 100
                        ? Search.response(random)
                        : new Gossip(
                                GossipKind.REPLY,
                                0,
                                List.of(Peers.random(random, partner), Peers.random(random)));
        byte[] frame =
                message instanceof Gossip gossip
                        ? wire.frame(gossip)
                        : wire.frame((Search.Response) message);
        Wire.putLong(frame, Wire.SENDER_ID, partner);
        Wire.putLong(frame, Wire.BODY, asked.getLong(Wire.BODY));
        return frame;
    }

    private static void take(WireNode node, byte[] frame, long nowNs) {
        DirectBuffer window = new UnsafeBuffer(frame);
        node.dispatcher.onFrame(window, 0, frame.length, nowNs);
    }
}
