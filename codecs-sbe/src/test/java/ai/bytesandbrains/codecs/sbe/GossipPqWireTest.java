package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.gossippq.GossipPq;
import ai.bytesandbrains.engine.gossippq.GossipPqKind;
import ai.bytesandbrains.engine.gossippq.GossipPqMessage;
import ai.bytesandbrains.engine.overlay.Protocol;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// The messages that learn a codebook: carried whole, and dropped when they are not.
class GossipPqWireTest {
    private static final GossipPqKind[] KINDS = GossipPqKind.values();

    private final Wire wire = Wire.bare();
    private final List<PqMessage> received = new ArrayList<>();
    private final FrameStamp stamp = new FrameStamp(Wire.NETWORK, Peers.peer(Wire.SENDER).id(), 9);
    private final GossipPqWriter writer = new GossipPqWriter(PqMessage.MAX_BODY);

    @BeforeEach
    void bind() {
        wire.dispatcher.bind(new Recording(), reader());
    }

    @AfterEach
    void close() {
        wire.close();
    }

    @ParameterizedTest
    @EnumSource(GossipPqKind.class)
    void shouldCarryEveryKind(GossipPqKind kind) {
        Random random = new Random(kind.code());
        for (int i = 0; i < 50; i++) {
            PqMessage message = PqMessage.random(random, kind);

            wire.take(frame(message));

            assertThat(received.getLast()).isEqualTo(message);
        }
        assertThat(wire.drops.total()).isZero();
    }

    @ParameterizedTest
    @EnumSource(GossipPqKind.class)
    void shouldDropWhatIsCutOff(GossipPqKind kind) {
        byte[] frame = frame(PqMessage.random(new Random(2), kind));
        for (int length = 0; length < frame.length; length++) {
            byte[] cut = Arrays.copyOf(frame, length);
            if (length >= Wire.LENGTH + Integer.BYTES) {
                Wire.putInt(cut, Wire.LENGTH, length);
            }
            wire.take(cut);
        }

        assertThat(received).isEmpty();
        assertThat(wire.drops.total()).isEqualTo(frame.length);
    }

    @Test
    void shouldSkipFieldsThatItDoesNotKnow() {
        PqMessage message = PqMessage.random(new Random(3), GossipPqKind.ITEMS);
        byte[] frame = frame(message);
        int block = Wire.getShort(frame, Wire.BLOCK_LENGTH);
        byte[] newer = Wire.widened(frame, 8 + block, 5);
        Wire.putShort(newer, Wire.BLOCK_LENGTH, block + 5);

        wire.take(newer);

        assertThat(received).containsExactly(message);
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {4, 5, 6})
    void shouldDropOrDeliverEveryDamagedFrame(long seed) {
        Random random = new Random(seed);
        Mutation mutation = new Mutation(random);
        List<byte[]> valid = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            valid.add(frame(PqMessage.random(random, KINDS[i % KINDS.length])));
        }
        int frames = 20_000;
        int delivered = 0;
        for (int i = 0; i < frames; i++) {
            wire.take(mutation.of(valid.get(random.nextInt(valid.size()))), random.nextInt(9));
            delivered += received.size();
            received.clear();
        }

        assertThat(wire.drops.total() + delivered).as("seed=%d", seed).isEqualTo(frames);
        assertThat(delivered).isPositive();
        assertThat(wire.drops.get(DropReason.MALFORMED)).isGreaterThan(100);
    }

    private static GossipPqReader reader() {
        return new GossipPqReader(PqMessage.DIMENSIONS, PqMessage.SUBSPACES, PqMessage.MAX_BODY);
    }

    private byte[] frame(PqMessage message) {
        byte[] frame = new byte[writer.frameLength(message)];
        writer.write(message, Wire.RECEIVER, stamp, new UnsafeBuffer(frame), 0);
        return frame;
    }

    private final class Recording implements Protocol<GossipPqMessage> {
        @Override
        public int protocolId() {
            return GossipPq.PROTOCOL_ID;
        }

        @Override
        public int poll(long nowNs) {
            return 0;
        }

        @Override
        public int onMessage(long fromPeer, GossipPqMessage message, long nowNs) {
            received.add(PqMessage.copy(message));
            return 1;
        }

        @Override
        public long nextDeadlineNs(long nowNs) {
            return Long.MAX_VALUE;
        }

        @Override
        public void onConnectionFailed(long peer, long nowNs) {}
    }
}
