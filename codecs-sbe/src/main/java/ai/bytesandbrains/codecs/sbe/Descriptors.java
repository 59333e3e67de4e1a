package ai.bytesandbrains.codecs.sbe;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import ai.bytesandbrains.codecs.sbe.wire.DescriptorProofDecoder;
import ai.bytesandbrains.codecs.sbe.wire.DescriptorProofEncoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorDecoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorEncoder;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Peer descriptors between the engine's cursor and the wire.
final class Descriptors {

    /// The length of a descriptor without a proof.
    static final int BARE = PeerDescriptorEncoder.ENCODED_LENGTH;

    /// The length of a descriptor with a proof.
    static final int SIGNED = BARE + DescriptorProofEncoder.ENCODED_LENGTH;

    /// The version of the schema that brought proofs.
    static final int PROOF_VERSION = 2;

    private static final int ID1 = PeerDescriptorEncoder.id1EncodingOffset();
    private static final int ID2 = PeerDescriptorEncoder.id2EncodingOffset();
    private static final int ID3 = PeerDescriptorEncoder.id3EncodingOffset();
    private static final int IP_HIGH = PeerDescriptorEncoder.ipHighEncodingOffset();
    private static final int IP_LOW = PeerDescriptorEncoder.ipLowEncodingOffset();
    private static final int AGE = PeerDescriptorEncoder.ageEncodingOffset();

    /// Stream, port, kind and the reserved byte are one word.
    private static final int PLACE = PeerDescriptorEncoder.streamEncodingOffset();

    private static final int PORT_SHIFT =
            Byte.SIZE * (PeerDescriptorEncoder.portEncodingOffset() - PLACE);
    private static final int KIND_SHIFT =
            Byte.SIZE * (PeerDescriptorEncoder.addressKindEncodingOffset() - PLACE);

    private Descriptors() {}

    /// Word by word, not field by field: there are ten of these in a message of gossip.
    static void write(PeerDescriptor from, PeerDescriptorEncoder to) {
        MutableDirectBuffer buffer = to.buffer();
        int at = to.offset();
        buffer.putLong(at, from.shortId(), LITTLE_ENDIAN);
        buffer.putLong(at + ID1, from.id1(), LITTLE_ENDIAN);
        buffer.putLong(at + ID2, from.id2(), LITTLE_ENDIAN);
        buffer.putLong(at + ID3, from.id3(), LITTLE_ENDIAN);
        buffer.putLong(at + IP_HIGH, from.ipHigh(), LITTLE_ENDIAN);
        buffer.putLong(at + IP_LOW, from.ipLow(), LITTLE_ENDIAN);
        long place =
                Integer.toUnsignedLong(from.stream())
                        | (long) (from.port() & 0xffff) << PORT_SHIFT
                        | (long) (from.addressKind() & 0xff) << KIND_SHIFT;
        buffer.putLong(at + PLACE, place, LITTLE_ENDIAN);
        buffer.putLong(at + AGE, Integer.toUnsignedLong(from.age()), LITTLE_ENDIAN);
    }

    static void read(PeerDescriptorDecoder from, PeerDescriptor to) {
        DirectBuffer buffer = from.buffer();
        int at = from.offset();
        long place = buffer.getLong(at + PLACE, LITTLE_ENDIAN);
        to.id(
                        buffer.getLong(at, LITTLE_ENDIAN),
                        buffer.getLong(at + ID1, LITTLE_ENDIAN),
                        buffer.getLong(at + ID2, LITTLE_ENDIAN),
                        buffer.getLong(at + ID3, LITTLE_ENDIAN))
                .address(
                        (int) (place >>> KIND_SHIFT) & 0xff,
                        buffer.getLong(at + IP_HIGH, LITTLE_ENDIAN),
                        buffer.getLong(at + IP_LOW, LITTLE_ENDIAN),
                        (int) (place >>> PORT_SHIFT) & 0xffff,
                        (int) place)
                .age(buffer.getInt(at + AGE, LITTLE_ENDIAN));
    }

    /// Whether a node could have this identity and be at this address.
    static boolean isValid(PeerDescriptorDecoder of) {
        DirectBuffer buffer = of.buffer();
        int at = of.offset();
        long place = buffer.getLong(at + PLACE, LITTLE_ENDIAN);
        return buffer.getLong(at, LITTLE_ENDIAN) != 0
                && Address.isValid(
                        (int) (place >>> KIND_SHIFT) & 0xff,
                        buffer.getLong(at + IP_HIGH, LITTLE_ENDIAN),
                        buffer.getLong(at + IP_LOW, LITTLE_ENDIAN),
                        (int) (place >>> PORT_SHIFT) & 0xffff,
                        (int) place);
    }

    static void writeProof(PeerDescriptor from, DescriptorProofEncoder to) {
        to.key0(from.proofWord(0))
                .key1(from.proofWord(1))
                .key2(from.proofWord(2))
                .key3(from.proofWord(3))
                .signature0(from.proofWord(4))
                .signature1(from.proofWord(5))
                .signature2(from.proofWord(6))
                .signature3(from.proofWord(7))
                .signature4(from.proofWord(8))
                .signature5(from.proofWord(9))
                .signature6(from.proofWord(10))
                .signature7(from.proofWord(11))
                .issuedAtMs(from.issuedAtMs())
                .sequence(Integer.toUnsignedLong(from.sequence()));
    }

    static void readProof(DescriptorProofDecoder from, PeerDescriptor to) {
        to.signed((int) from.sequence(), from.issuedAtMs())
                .proofWord(0, from.key0())
                .proofWord(1, from.key1())
                .proofWord(2, from.key2())
                .proofWord(3, from.key3())
                .proofWord(4, from.signature0())
                .proofWord(5, from.signature1())
                .proofWord(6, from.signature2())
                .proofWord(7, from.signature3())
                .proofWord(8, from.signature4())
                .proofWord(9, from.signature5())
                .proofWord(10, from.signature6())
                .proofWord(11, from.signature7());
    }
}
