package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.DescriptorProofEncoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorDecoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorEncoder;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

/// Peer descriptors between the engine's cursor and the wire, word by word, not field by field:
/// there are ten of them in a message of gossip.
final class Descriptors {

    /// The length of a descriptor without a proof.
    static final int BARE = PeerDescriptorEncoder.ENCODED_LENGTH;

    /// The length of a descriptor with a proof.
    static final int SIGNED = BARE + DescriptorProofEncoder.ENCODED_LENGTH;

    /// The length of a proof.
    static final int PROOF = SIGNED - BARE;

    /// The version of the schema that brought proofs.
    static final int PROOF_VERSION = 2;

    private static final int ID0 = PeerDescriptorEncoder.id0EncodingOffset();
    private static final int ID1 = PeerDescriptorEncoder.id1EncodingOffset();
    private static final int ID2 = PeerDescriptorEncoder.id2EncodingOffset();
    private static final int ID3 = PeerDescriptorEncoder.id3EncodingOffset();
    private static final int IP_HIGH = PeerDescriptorEncoder.ipHighEncodingOffset();
    private static final int IP_LOW = PeerDescriptorEncoder.ipLowEncodingOffset();
    private static final int AGE = PeerDescriptorEncoder.ageEncodingOffset();

    /// Stream, port, kind and a reserved byte: but for that the engine's own word.
    private static final int PLACE = PeerDescriptorEncoder.streamEncodingOffset();

    private static final long PLACE_MASK = (1L << 56) - 1;

    /// The words of a key and of a signature follow each other.
    private static final int KEY0 = DescriptorProofEncoder.key0EncodingOffset();

    private static final int ISSUED_AT = DescriptorProofEncoder.issuedAtMsEncodingOffset();
    private static final int SEQUENCE = DescriptorProofEncoder.sequenceEncodingOffset();

    private Descriptors() {}

    /// Writes one where a generated encoder says.
    static void write(PeerDescriptor from, Words words, PeerDescriptorEncoder to) {
        write(from, words.wrap(to.buffer(), to.offset(), BARE), 0);
    }

    /// Reads one from where a generated decoder says.
    static void read(Words words, PeerDescriptorDecoder from, PeerDescriptor to) {
        read(words.wrap(from.buffer(), from.offset(), BARE), 0, to);
    }

    /// Whether a node could have the identity and be at the address where a generated decoder says.
    static boolean isValid(Words words, PeerDescriptorDecoder of) {
        return validShortId(words.wrap(of.buffer(), of.offset(), BARE), 0) != 0;
    }

    static void write(PeerDescriptor from, Words to, int offset) {
        long at = to.at(offset, BARE);
        to.putLong(at + ID0, from.shortId());
        to.putLong(at + ID1, from.id1());
        to.putLong(at + ID2, from.id2());
        to.putLong(at + ID3, from.id3());
        to.putLong(at + IP_HIGH, from.ipHigh());
        to.putLong(at + IP_LOW, from.ipLow());
        to.putLong(at + PLACE, from.place());
        to.putLong(at + AGE, Integer.toUnsignedLong(from.age()));
    }

    static void read(Words from, int offset, PeerDescriptor to) {
        long at = from.at(offset, BARE);
        to.id(
                        from.getLong(at + ID0),
                        from.getLong(at + ID1),
                        from.getLong(at + ID2),
                        from.getLong(at + ID3))
                .address(
                        from.getLong(at + IP_HIGH),
                        from.getLong(at + IP_LOW),
                        from.getLong(at + PLACE) & PLACE_MASK)
                .age(from.getInt(at + AGE));
    }

    /// The first 64 bits of the identity, or zero if no node could have it and be at this address.
    static long validShortId(Words from, int offset) {
        long at = from.at(offset, BARE);
        boolean valid =
                Address.isValid(
                        from.getLong(at + IP_HIGH),
                        from.getLong(at + IP_LOW),
                        from.getLong(at + PLACE) & PLACE_MASK);
        return valid ? from.getLong(at + ID0) : 0;
    }

    /// Writes what follows a signed one.
    static void writeProof(PeerDescriptor from, Words to, int offset) {
        long at = to.at(offset, PROOF);
        for (int i = 0; i < PeerDescriptor.PROOF_WORDS; i++) {
            to.putLong(at + KEY0 + (long) i * Long.BYTES, from.proofWord(i));
        }
        to.putLong(at + ISSUED_AT, from.issuedAtMs());
        to.putInt(at + SEQUENCE, from.sequence());
    }

    /// Reads what follows a signed one.
    static void readProof(Words from, int offset, PeerDescriptor to) {
        long at = from.at(offset, PROOF);
        to.signed(from.getInt(at + SEQUENCE), from.getLong(at + ISSUED_AT));
        for (int i = 0; i < PeerDescriptor.PROOF_WORDS; i++) {
            to.proofWord(i, from.getLong(at + KEY0 + (long) i * Long.BYTES));
        }
    }
}
