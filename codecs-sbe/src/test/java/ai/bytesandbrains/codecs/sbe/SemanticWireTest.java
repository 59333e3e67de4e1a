package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.semantic.SemanticConfig;
import ai.bytesandbrains.engine.semantic.SemanticKind;
import ai.bytesandbrains.engine.semantic.SemanticMessage;
import ai.bytesandbrains.engine.semantic.SemanticOverlay;

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

/// The messages of the semantic overlay: carried whole, and dropped when they are not.
class SemanticWireTest {
    private static final SemanticKind[] KINDS = SemanticKind.values();

    /// In the header of each frame.
    private static final int VERSION = 6;

    /// Where the fields of the message begin, and some of them: the layout in schema.xml.
    private static final int SENDER = Wire.BODY + 8;

    private static final int DIMENSIONS = Wire.BODY + 76;
    private static final int KIND = Wire.BODY + 80;
    private static final int FARTHEST = Wire.BODY + 81;
    private static final int GROUP = Wire.BODY + 82;
    private static final int VECTOR_LENGTH = GROUP + 4 + 74;

    private final Wire wire = Wire.bare();
    private final List<ProfileMessage> received = new ArrayList<>();
    private final FrameStamp stamp = new FrameStamp(Wire.NETWORK, Peers.peer(Wire.SENDER).id(), 9);
    private final SemanticWriter writer = new SemanticWriter(ProfileMessage.DIMENSIONS);
    private final SemanticReader reader =
            new SemanticReader(ProfileMessage.DIMENSIONS, ProfileMessage.MAX_ENTRIES);

    @BeforeEach
    void bind() {
        wire.dispatcher.bind(
                new Wire.Recorder<SemanticMessage>(SemanticOverlay.PROTOCOL_ID) {
                    @Override
                    void take(long from, SemanticMessage message) {
                        received.add(ProfileMessage.copy(message));
                    }
                },
                reader);
    }

    @AfterEach
    void close() {
        wire.close();
    }

    @ParameterizedTest
    @EnumSource(SemanticKind.class)
    void shouldCarryEveryKind(SemanticKind kind) {
        Random random = new Random(kind.code());
        for (int i = 0; i < 50; i++) {
            ProfileMessage message = random(random, kind);
            if (random.nextBoolean()) {
                message = message.signed(random);
            }

            wire.take(frame(message));

            assertThat(received.getLast()).isEqualTo(message);
            PeerDescriptor sender = new PeerDescriptor();
            assertThat(reader.sender(sender)).isTrue();
            assertThat(Peers.text(sender)).isEqualTo(message.from());
        }
        assertThat(wire.drops.total()).isZero();
    }

    @ParameterizedTest
    @EnumSource(SemanticKind.class)
    void shouldDropWhatIsCutOff(SemanticKind kind) {
        byte[] frame = frame(random(new Random(2), kind).signed(new Random(3)));
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
        ProfileMessage message = withEntries();
        byte[] frame = frame(message);
        int block = Wire.getShort(frame, Wire.BLOCK_LENGTH);
        byte[] newer = Wire.widened(frame, 8 + block, 5);
        Wire.putShort(newer, Wire.BLOCK_LENGTH, block + 5);

        wire.take(newer);

        assertThat(received).containsExactly(message);
    }

    @Test
    void shouldDropWhatContradictsItself() {
        byte[] frame = frame(withEntries());

        expect(DropReason.MALFORMED, with(frame, DIMENSIONS, 0));
        expect(DropReason.MALFORMED, with(frame, DIMENSIONS, ProfileMessage.DIMENSIONS - 1));
        expect(DropReason.MALFORMED, with(frame, DIMENSIONS, ProfileMessage.DIMENSIONS + 1));
        expect(DropReason.MALFORMED, with(frame, VECTOR_LENGTH, ProfileMessage.DIMENSIONS - 1));
        expect(DropReason.MALFORMED, with(frame, GROUP, 73));
        expect(DropReason.MALFORMED, with(frame, GROUP, 65_535));
        expect(DropReason.MALFORMED, with(frame, GROUP + 2, ProfileMessage.MAX_ENTRIES + 1));
        expect(DropReason.UNKNOWN_KIND, withByte(frame, KIND, 0));
        expect(DropReason.UNKNOWN_KIND, withByte(frame, KIND, 5));
        expect(DropReason.MALFORMED, withByte(frame, KIND, SemanticKind.FIND.code()));
        expect(DropReason.MALFORMED, withByte(frame, FARTHEST, 2));
        expect(DropReason.SENDER_MISMATCH, withByte(frame, SENDER, Wire.SENDER + 1));
        byte[] nobody = frame.clone();
        Wire.putLong(nobody, SENDER, 0);
        expect(DropReason.MALFORMED, nobody);
        byte[] noPeer = frame.clone();
        Wire.putLong(noPeer, GROUP + 4, 0);
        expect(DropReason.MALFORMED, noPeer);
        byte[] find = frame(random(new Random(8), SemanticKind.FIND));
        expect(DropReason.MALFORMED, withByte(find, KIND, SemanticKind.FOUND.code()));
        expect(DropReason.OVERSIZED, Wire.widened(frame, frame.length, reader.maxFrameLength()));

        assertThat(received).isEmpty();
    }

    @Test
    void shouldTakeAFullMessageAndNoLongerOne() {
        int longest = SemanticWriter.frameLength(ProfileMessage.DIMENSIONS, 12, true);
        int list = SemanticWriter.digestLength(SemanticConfig.MAX_DIGEST_PEERS);

        int proofs = SemanticWriter.proofsLength(12);

        assertThat(reader.maxFrameLength()).isEqualTo(longest + list + proofs);
        assertThat(SemanticWriter.frameLength(ProfileMessage.DIMENSIONS, 11, true))
                .isEqualTo(longest - SemanticWriter.entryLength(ProfileMessage.DIMENSIONS));
    }

    @Test
    void shouldDropListsThatAreNone() {
        int most = SemanticConfig.MAX_DIGEST_PEERS;
        wire.take(frame(withEntries().with(known(most))));
        assertThat(received.getLast().digest().size()).isEqualTo(most);
        received.clear();

        byte[] frame = frame(withEntries().with(known(3)));
        int list = SemanticWriter.digestLength(3);
        int lengthAt = frame.length - 2 * Short.BYTES - list;
        expect(DropReason.MALFORMED, with(frame, lengthAt, list - 1));
        expect(DropReason.MALFORMED, with(frame, lengthAt, list + 1));
        expect(DropReason.MALFORMED, with(frame, lengthAt, 1));
        expect(DropReason.MALFORMED, with(frame, lengthAt, 65_535));
        expect(DropReason.MALFORMED, frame(withEntries().with(known(most + 1))));
        assertThat(received).isEmpty();
    }

    @Test
    void shouldDropProofsThatAreNotOneForEachPeer() {
        ProfileMessage message = withEntries().signed(new Random(9));
        byte[] frame = frame(message);
        int proofs = SemanticWriter.proofsLength(message.size());
        int lengthAt = frame.length - proofs - Short.BYTES;

        expect(DropReason.MALFORMED, with(frame, lengthAt, proofs - 1));
        expect(DropReason.MALFORMED, with(frame, lengthAt, proofs + 1));
        expect(DropReason.MALFORMED, with(frame, lengthAt, 1));
        expect(DropReason.MALFORMED, with(frame, lengthAt, 65_535));
        int oneLess = SemanticWriter.proofsLength(message.size() - 1);
        expect(DropReason.MALFORMED, with(frame, lengthAt, oneLess));
        assertThat(received).isEmpty();
    }

    @Test
    void shouldMakeADescriptorWithoutAProofOneThatNobodyTakes() {
        ProfileMessage message = withEntries().signed(new Random(9));
        message.withoutProof(1);

        wire.take(frame(message));

        PeerDescriptor carried = new PeerDescriptor();
        received.getLast().peerAt(1, carried);
        assertThat(carried.isSigned()).isTrue();
        assertThat(carried.issuedAtMs()).isZero();
        received.getLast().peerAt(2, carried);
        assertThat(carried.issuedAtMs()).isNotZero();
    }

    @Test
    void shouldReadMessagesFromBeforeThereWereLists() {
        ProfileMessage message = withEntries().with(ProfileMessage.Known.none());
        byte[] frame = frame(message);
        byte[] older = Arrays.copyOf(frame, frame.length - 2 * Short.BYTES);
        Wire.putInt(older, Wire.LENGTH, older.length);
        expect(DropReason.MALFORMED, older);
        Wire.putShort(older, VERSION, 4);

        wire.take(older);

        assertThat(received).containsExactly(message);
    }

    private static ProfileMessage.Known known(int peers) {
        List<List<Long>> rows = new ArrayList<>();
        for (long i = 1; i <= peers; i++) {
            rows.add(List.of(i, i, 7L, 1_000 + i));
        }
        return new ProfileMessage.Known(2, 3, rows);
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {4, 5, 6})
    void shouldDropOrDeliverEveryDamagedFrame(long seed) {
        Random random = new Random(seed);
        Mutation mutation = new Mutation(random);
        List<byte[]> valid = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ProfileMessage message = random(random, KINDS[i % KINDS.length]);
            valid.add(frame(i % 3 == 0 ? message.signed(random) : message));
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

    private static ProfileMessage withEntries() {
        for (long seed = 3; ; seed++) {
            ProfileMessage message = random(new Random(seed), SemanticKind.EXCHANGE);
            if (message.size() > 2) {
                return message;
            }
        }
    }

    private void expect(DropReason reason, byte[] frame) {
        long before = wire.drops.get(reason);
        wire.take(frame);
        assertThat(wire.drops.get(reason)).as("%s", reason).isEqualTo(before + 1);
    }

    private static byte[] with(byte[] frame, int at, int value) {
        byte[] changed = frame.clone();
        Wire.putShort(changed, at, value);
        return changed;
    }

    private static byte[] withByte(byte[] frame, int at, int value) {
        byte[] changed = frame.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static ProfileMessage random(Random random, SemanticKind kind) {
        return ProfileMessage.random(random, kind, Wire.SENDER);
    }

    private byte[] frame(ProfileMessage message) {
        byte[] frame = new byte[writer.frameLength(message)];
        writer.write(message, Wire.RECEIVER, stamp, new UnsafeBuffer(frame), 0);
        return frame;
    }
}
