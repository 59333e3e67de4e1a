package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.PeerTable;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Networks with a key.
class SealTest {

    private static final int MAX_FRAME = 8192;
    private static final byte[] OLD = key(1);
    private static final byte[] NEW = key(2);

    private final Random random = new Random(5);
    private final PeerTable table = new PeerTable(16);
    private final DropCounters drops = new DropCounters();
    private final List<Gossip> delivered = new ArrayList<>();

    @AfterEach
    void close() {
        table.close();
    }

    private static byte[] key(int seed) {
        byte[] key = new byte[NetworkKey.BYTES];
        new Random(seed).nextBytes(key);
        return key;
    }

    private FrameDispatcher receiver(NetworkKey key) {
        FrameSeal seal = key == null ? null : new FrameSeal(key, MAX_FRAME);
        return new FrameDispatcher(Wire.NETWORK, Peers.peer(Wire.RECEIVER).id(), table, drops)
                .sealedBy(seal)
                .bind(Wire.gossipInto(delivered), new GossipReader());
    }

    private byte[] frame(NetworkKey key) {
        FrameStamp stamp =
                new FrameStamp(
                        Wire.NETWORK,
                        Peers.peer(Wire.SENDER).id(),
                        1,
                        2,
                        key == null ? null : new FrameSeal(key, MAX_FRAME));
        GossipWriter writer = new GossipWriter();
        Gossip message = Gossip.random(random, Wire.SENDER);
        byte[] frame = new byte[stamp.frameLength(writer, message)];
        stamp.write(writer, message, Wire.RECEIVER, new UnsafeBuffer(frame), 0);
        return frame;
    }

    private boolean takes(FrameDispatcher receiver, byte[] frame) {
        delivered.clear();
        receiver.onFrame(new UnsafeBuffer(frame), 0, frame.length, 0);
        return !delivered.isEmpty();
    }

    @Test
    void shouldEndAFrameInHalfAnHmacOfTheRest() throws GeneralSecurityException {
        byte[] frame = frame(NetworkKey.of(OLD));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(OLD, "HmacSHA256"));
        mac.update(frame, 0, frame.length - FrameSeal.BYTES);

        assertThat(Arrays.copyOfRange(frame, frame.length - FrameSeal.BYTES, frame.length))
                .isEqualTo(Arrays.copyOf(mac.doFinal(), FrameSeal.BYTES));
        assertThat(new UnsafeBuffer(frame).getInt(Wire.LENGTH)).isEqualTo(frame.length);
    }

    @Test
    void shouldLetFramesOfTheNetworkThroughAndNoOthers() {
        FrameDispatcher receiver = receiver(NetworkKey.of(OLD));

        assertThat(takes(receiver, frame(NetworkKey.of(OLD)))).isTrue();
        assertThat(takes(receiver, frame(NetworkKey.of(NEW)))).isFalse();
        assertThat(takes(receiver, frame(null))).isFalse();

        assertThat(drops.get(DropReason.UNAUTHENTICATED)).isEqualTo(2);
        assertThat(drops.total()).isEqualTo(2);
    }

    @Test
    void shouldFailWithAnyBitChanged() {
        FrameDispatcher receiver = receiver(NetworkKey.of(OLD));
        byte[] frame = frame(NetworkKey.of(OLD));
        int failed = 0;
        for (int bit = 0; bit < frame.length * Byte.SIZE; bit++) {
            byte[] changed = frame.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            failed += takes(receiver, changed) ? 0 : 1;
        }

        assertThat(failed).isEqualTo(frame.length * Byte.SIZE);
        assertThat(drops.get(DropReason.UNAUTHENTICATED)).isEqualTo(failed);
    }

    @Test
    void shouldFailWhenCutOrLengthened() {
        FrameDispatcher receiver = receiver(NetworkKey.of(OLD));
        byte[] frame = frame(NetworkKey.of(OLD));
        for (int length = 0; length < frame.length + 200; length++) {
            assertThat(takes(receiver, Arrays.copyOf(frame, length)))
                    .as("length=%d of %d", length, frame.length)
                    .isEqualTo(length == frame.length);
        }
        assertThat(takes(receiver, new byte[MAX_FRAME + 1])).isFalse();
    }

    @Test
    void shouldChangeTheKeyOfARunningNetwork() {
        List<NetworkKey> steps =
                List.of(
                        NetworkKey.of(OLD),
                        NetworkKey.of(OLD, NEW),
                        NetworkKey.of(NEW, OLD),
                        NetworkKey.of(NEW));
        for (int step = 1; step < steps.size(); step++) {
            NetworkKey before = steps.get(step - 1);
            NetworkKey after = steps.get(step);

            assertThat(takes(receiver(before), frame(after))).as("step %d", step).isTrue();
            assertThat(takes(receiver(after), frame(before))).as("step %d", step).isTrue();
        }
        assertThat(takes(receiver(steps.getLast()), frame(steps.getFirst()))).isFalse();
    }
}
