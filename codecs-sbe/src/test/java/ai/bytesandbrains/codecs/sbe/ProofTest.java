package ai.bytesandbrains.codecs.sbe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderEncoder;
import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;

/// Signed descriptors on the wire, and those who do not know of them.
class ProofTest {

    private static final int PROOF_BYTES = 108;
    private static final int GROUP = 8;

    private final Wire wire = Wire.recording();
    private final Random random = new Random(31);
    private final Gossip bare =
            new Gossip(
                    GossipKind.PUSH,
                    5,
                    List.of(Peers.random(random, Wire.SENDER), Peers.random(random)));
    private final Gossip signed = Gossip.copy(bare);

    ProofTest() {
        signed.peers().forEach(peer -> Peers.sign(peer, random));
    }

    @AfterEach
    void close() {
        assertThat(wire.drops.total()).isZero();
        wire.close();
    }

    @Test
    void shouldAddTheProofAndNothingElse() {
        byte[] frame = wire.frame(signed);

        assertThat(frame).hasSize(wire.frame(bare).length + 2 * PROOF_BYTES);
        wire.take(frame);
        assertThat(wire.gossip.getLast().text()).isEqualTo(signed.text());
    }

    @Test
    void shouldBeOfTheFirstVersionWithoutProofs() {
        assertThat(Wire.getShort(wire.frame(bare), Wire.VERSION)).isEqualTo(1);
        assertThat(Wire.getShort(wire.frame(signed), Wire.VERSION))
                .isEqualTo(MessageHeaderEncoder.SCHEMA_VERSION);
    }

    @Test
    void shouldBeReadWithoutProofsByWhoKnowsTheFirstVersionOnly() {
        // What a reader of the first version sees: the same bytes, entries longer than it knows.
        byte[] frame = wire.frame(signed);
        Wire.putShort(frame, Wire.VERSION, 1);
        wire.take(frame);

        assertThat(wire.gossip.getLast().text()).isEqualTo(bare.text());
    }

    @Test
    void shouldHaveNoProofsInShortEntriesOfALaterVersion() {
        byte[] frame = wire.frame(bare);
        Wire.putShort(frame, Wire.VERSION, 2);
        wire.take(frame);

        assertThat(wire.gossip.getLast().text()).isEqualTo(bare.text());
    }

    @Test
    void shouldHaveNoProofsInEntriesThatAreOneByteShort() {
        byte[] frame = wire.frame(signed);
        int group = GROUP + Wire.getShort(frame, Wire.BLOCK_LENGTH);
        Wire.putShort(frame, group, Wire.getShort(frame, group) - 1);
        Wire.putShort(frame, group + 2, 1);
        wire.take(frame);

        assertThat(wire.gossip.getLast().peers()).noneMatch(PeerDescriptor::isSigned);
    }

    @Test
    void shouldForgetAProofWhenTheNextMessageHasNone() {
        PeerDescriptor cursor = new PeerDescriptor();
        signed.peerAt(0, cursor);
        bare.peerAt(0, cursor);

        assertThat(cursor.isSigned()).isFalse();
    }
}
