package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.AddressKind;
import ai.bytesandbrains.codecs.sbe.wire.DescriptorProofDecoder;
import ai.bytesandbrains.codecs.sbe.wire.DescriptorProofEncoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorDecoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorEncoder;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

/// Peer descriptors between the engine's cursor and the wire.
final class Descriptors {

    /// The length of a descriptor without a proof.
    static final int BARE = PeerDescriptorEncoder.ENCODED_LENGTH;

    /// The length of a descriptor with a proof.
    static final int SIGNED = BARE + DescriptorProofEncoder.ENCODED_LENGTH;

    /// The version of the schema that brought proofs.
    static final int PROOF_VERSION = 2;

    private Descriptors() {}

    static void write(PeerDescriptor from, PeerDescriptorEncoder to) {
        to
                .id0(from.shortId())
                .id1(from.id1())
                .id2(from.id2())
                .id3(from.id3())
                .ipHigh(from.ipHigh())
                .ipLow(from.ipLow())
                .stream(from.stream())
                .port(from.port())
                .addressKind(AddressKind.get((short) from.addressKind()))
                .reserved((short) 0)
                .age(from.age())
                .reserved2(0);
    }

    static void read(PeerDescriptorDecoder from, PeerDescriptor to) {
        to.id(from.id0(), from.id1(), from.id2(), from.id3())
                .address(
                        from.addressKindRaw(),
                        from.ipHigh(),
                        from.ipLow(),
                        from.port(),
                        from.stream())
                .age(from.age());
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
