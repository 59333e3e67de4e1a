package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.session.Handshake;
import ai.bytesandbrains.engine.session.HandshakeKind;
import ai.bytesandbrains.engine.session.HandshakeMessage;
import ai.bytesandbrains.engine.session.SessionConfig;

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

/// The handshake as bytes, and the dispatcher that asks it.
class HandshakeWireTest {

    private static final List<HandshakeKind> KINDS = List.of(HandshakeKind.values());
    private static final int SEQUENCE = 48;
    private static final int INCARNATION = 40;

    private final HandshakeWriter writer = new HandshakeWriter();
    private final FrameStamp stamp =
            new FrameStamp(Wire.NETWORK, Peers.peer(Wire.SENDER).id(), 123);
    private final PeerTable table = new PeerTable(64);
    private final DropCounters drops = new DropCounters();
    private final List<byte[]> answers = new ArrayList<>();
    private final List<Gossip> delivered = new ArrayList<>();
    private final FrameStamp answering =
            new FrameStamp(Wire.NETWORK, Peers.peer(Wire.RECEIVER).id(), 9);
    private final Handshake handshake =
            new Handshake(
                    SessionConfig.defaults(),
                    new PeerDescriptor().set(Peers.peer(Wire.RECEIVER)),
                    table,
                    false,
                    new Random(1),
                    (to, message) -> answers.add(frame(message, answering)),
                    (to, message) -> answers.add(frame(message, answering)),
                    peer -> {});
    private final FrameDispatcher dispatcher =
            new FrameDispatcher(Wire.NETWORK, Peers.peer(Wire.RECEIVER).id(), table, drops)
                    .guardedBy(handshake)
                    .bind(Wire.gossipInto(delivered), new GossipReader());

    @AfterEach
    void close() {
        handshake.close();
        table.close();
    }

    private byte[] frame(HandshakeMessage message, FrameStamp stamp) {
        byte[] frame = new byte[stamp.frameLength(writer, message)];
        stamp.write(writer, message, Wire.RECEIVER, new UnsafeBuffer(frame), 0);
        return frame;
    }

    private byte[] frame(HandshakeKind kind, long nonce, long cookie) {
        return frame(new Message(kind, nonce, cookie), stamp);
    }

    private void take(byte[] frame) {
        dispatcher.onFrame(new UnsafeBuffer(frame), 0, frame.length, 1);
    }

    private record Message(HandshakeKind kind, long nonce, long cookie)
            implements HandshakeMessage {

        @Override
        public void sender(PeerDescriptor into) {
            into.set(Peers.peer(Wire.SENDER));
        }

        @Override
        public long incarnation() {
            return 0;
        }

        @Override
        public long sequence() {
            return 0;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryEveryKind(HandshakeKind kind) {
        byte[] frame = frame(kind, 0x1122334455667788L, 0x99aabbccddeeff00L);
        HandshakeReader reader = new HandshakeReader();
        UnsafeBuffer buffer = new UnsafeBuffer(frame);
        MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(buffer, 0);

        assertThat(reader.wrap(header, Wire.SENDER, buffer, 0, frame.length)).isNull();

        HandshakeMessage message = reader.message();
        assertThat(message.kind()).isEqualTo(kind);
        assertThat(message.nonce()).isEqualTo(kind == HandshakeKind.ECHO ? 0 : 0x1122334455667788L);
        assertThat(message.cookie())
                .isEqualTo(kind == HandshakeKind.HELLO ? 0 : 0x99aabbccddeeff00L);
        assertThat(message.incarnation()).isEqualTo(123);
        assertThat(message.sequence()).isEqualTo(1);
        if (kind != HandshakeKind.CHALLENGE) {
            PeerDescriptor sender = new PeerDescriptor();
            message.sender(sender);
            assertThat(sender.toPeer()).isEqualTo(Peers.peer(Wire.SENDER));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldDropEveryPartOfAFrame(HandshakeKind kind) {
        byte[] frame = frame(kind, 7, 8);
        for (int length = 0; length < frame.length; length++) {
            byte[] part = Arrays.copyOf(frame, length);
            if (length >= Wire.LENGTH + Integer.BYTES) {
                Wire.putInt(part, Wire.LENGTH, length);
            }
            take(part);
            assertThat(drops.total()).as("length=%d", length).isEqualTo(length + 1);
        }
        assertThat(answers).isEmpty();
    }

    @Test
    void shouldDropAHelloThatCannotBe() {
        take(frame(HandshakeKind.HELLO, 0, 0));
        assertThat(drops.get(DropReason.MALFORMED)).isEqualTo(1);

        byte[] other = frame(HandshakeKind.HELLO, 5, 0);
        other[Wire.BODY + Long.BYTES]++;
        take(other);
        assertThat(drops.get(DropReason.SENDER_MISMATCH)).isEqualTo(1);

        byte[] unknown = frame(HandshakeKind.HELLO, 5, 0);
        Wire.putShort(unknown, Wire.TEMPLATE, 23);
        take(unknown);
        assertThat(drops.get(DropReason.UNKNOWN_KIND)).isEqualTo(1);
        assertThat(answers).isEmpty();
    }

    @Test
    void shouldAnswerAStrangerWithLessThanHeSent() {
        byte[] hello = frame(HandshakeKind.HELLO, 5, 0);
        byte[] gossip = gossip();

        take(hello);
        take(gossip);

        assertThat(answers).hasSize(2);
        assertThat(answers.get(0).length).isLessThan(Math.min(hello.length, gossip.length));
        assertThat(answers.get(1)).hasSameSizeAs(answers.get(0));
        assertThat(drops.get(DropReason.STRANGER)).isEqualTo(1);
        assertThat(delivered).isEmpty();
    }

    /// The shortest message with a sender that there is.
    private byte[] gossip() {
        Gossip message =
                new Gossip(
                        ai.bytesandbrains.engine.gossip.GossipKind.PULL,
                        1,
                        List.of(new PeerDescriptor().set(Peers.peer(Wire.SENDER))));
        GossipWriter gossipWriter = new GossipWriter();
        byte[] frame = new byte[stamp.frameLength(gossipWriter, message)];
        stamp.write(gossipWriter, message, Wire.RECEIVER, new UnsafeBuffer(frame), 0);
        return frame;
    }

    /// Frames of strangers, right and wrong, at a dispatcher that asks who they are. As many as
    /// `-Dai.bytesandbrains.fuzz.frames` says.
    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2})
    void shouldBearMutatedFrames(long seed) {
        int frames = Integer.getInteger("ai.bytesandbrains.fuzz.frames", 100_000);
        Random random = new Random(seed);
        Mutation mutation = new Mutation(random);
        open();
        int through = 0;
        for (int i = 0; i < frames; i++) {
            byte[] frame =
                    random.nextInt(4) == 0
                            ? gossip()
                            : frame(
                                    KINDS.get(random.nextInt(KINDS.size())),
                                    random.nextLong(),
                                    random.nextLong());
            byte[] taken = random.nextInt(8) == 0 ? frame : mutation.of(frame);
            if (taken.length >= Wire.BODY) {
                // One far ahead would make all that follow old: whoever knows an incarnation can
                // do that in a network without a key.
                Wire.putLong(taken, SEQUENCE, i + 10L);
            }
            dispatcher.onFrame(new UnsafeBuffer(taken), 0, taken.length, i * 100_000L);
            handshake.poll(i * 100_000L);
            answers.clear();
            through += delivered.size();
            delivered.clear();
        }

        assertThat(handshake.sessionCount()).isEqualTo(1);
        assertThat(table.size()).isZero();
        assertThat(through).isGreaterThan(frames / 1000);
        assertThat(drops.total() + through).isBetween(frames / 4L, frames - 1L);
    }

    private void open() {
        take(frame(HandshakeKind.HELLO, 5, 0));
        long cookie = new UnsafeBuffer(answers.getLast()).getLong(Wire.BODY + Long.BYTES);
        take(frame(HandshakeKind.ECHO, 0, cookie));
    }

    @Test
    void shouldDeliverFramesOfAPeerOnce() {
        open();
        byte[] first = gossip();
        byte[] second = gossip();

        take(first);
        take(second);
        take(first);
        take(second);

        assertThat(delivered).hasSize(2);
        assertThat(drops.get(DropReason.REPLAYED)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 122, 124, -1})
    void shouldNotDeliverFramesOfAnotherIncarnation(long incarnation) {
        open();
        byte[] frame = gossip();
        Wire.putLong(frame, INCARNATION, incarnation);

        take(frame);

        assertThat(delivered).isEmpty();
        assertThat(drops.get(DropReason.STRANGER)).isEqualTo(1);
    }

    /// What a node is told by a peer, it could say to another one in that peer's name.
    @Test
    void shouldNotBeFooledByWhatAPeerCallsItsStartElsewhere() {
        FrameStamp honest = new FrameStamp(Wire.NETWORK, Peers.peer(Wire.SENDER).id(), 8, 9, null);
        long here = incarnation(honest, Wire.RECEIVER);
        long elsewhere = incarnation(honest, 77);

        assertThat(here).isNotEqualTo(elsewhere);
        assertThat(incarnation(honest, Wire.RECEIVER)).isEqualTo(here);
        assertThat(incarnation(honest, 77)).isEqualTo(elsewhere);
        FrameStamp restarted =
                new FrameStamp(Wire.NETWORK, Peers.peer(Wire.SENDER).id(), 8, 10, null);
        assertThat(incarnation(restarted, Wire.RECEIVER)).isNotEqualTo(here);
    }

    private static long incarnation(FrameStamp by, long receiver) {
        UnsafeBuffer frame = new UnsafeBuffer(new byte[1 << 10]);
        Gossip message = new Gossip(ai.bytesandbrains.engine.gossip.GossipKind.BUSY, 1, List.of());
        by.write(new GossipWriter(), message, receiver, frame, 0);
        return frame.getLong(INCARNATION);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, 2})
    void shouldNotDeliverFramesFromBeforeTheHandshake(long sequence) {
        open();
        byte[] frame = gossip();
        Wire.putLong(frame, SEQUENCE, sequence);

        take(frame);

        assertThat(delivered).isEmpty();
        assertThat(drops.get(DropReason.REPLAYED)).isEqualTo(1);
    }
}
