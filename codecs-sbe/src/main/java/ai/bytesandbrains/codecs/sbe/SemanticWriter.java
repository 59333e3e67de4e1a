package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderEncoder;
import ai.bytesandbrains.codecs.sbe.wire.SemanticEncoder;
import ai.bytesandbrains.codecs.sbe.wire.SemanticEncoder.ProfilesEncoder;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.semantic.SemanticKind;
import ai.bytesandbrains.engine.semantic.SemanticMessage;
import ai.bytesandbrains.engine.semantic.SemanticOverlay;

import org.agrona.MutableDirectBuffer;

import java.lang.foreign.MemorySegment;

/// Encodes the messages of the semantic overlay.
public final class SemanticWriter implements MessageWriter<SemanticMessage> {

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final SemanticEncoder encoder = new SemanticEncoder();
    private final Words words = new Words();
    private final PeerDescriptor descriptor = new PeerDescriptor();
    private final byte[] vector;
    private final MemorySegment vectorSegment;

    /// Makes a writer.
    ///
    /// @param dimensions components of every vector
    public SemanticWriter(int dimensions) {
        vector = new byte[dimensions];
        vectorSegment = MemorySegment.ofArray(vector);
    }

    /// {@return the length of a frame without a list of whom the sender knows, header included, in
    /// bytes}
    ///
    /// @param dimensions components of every vector
    /// @param entries how many profiles it carries
    /// @param queried whether it carries the vector of a find
    public static int frameLength(int dimensions, int entries, boolean queried) {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + SemanticEncoder.BLOCK_LENGTH
                + ProfilesEncoder.HEADER_SIZE
                + entries * entryLength(dimensions)
                + SemanticEncoder.queryHeaderLength()
                + (queried ? dimensions : 0)
                + SemanticEncoder.digestHeaderLength()
                + SemanticEncoder.proofsHeaderLength();
    }

    /// {@return what one profile takes in a frame, in bytes}
    ///
    /// @param dimensions components of its vector
    public static int entryLength(int dimensions) {
        return ProfilesEncoder.sbeBlockLength() + ProfilesEncoder.vectorHeaderLength() + dimensions;
    }

    /// {@return what a list of whom the sender knows takes in a frame, in bytes}
    ///
    /// @param peers how many are in it
    public static int digestLength(int peers) {
        return DigestView.length(peers);
    }

    /// {@return what the proofs of signed descriptors take in a frame, in bytes}
    ///
    /// @param entries how many profiles it carries
    public static int proofsLength(int entries) {
        return (1 + entries) * Descriptors.PROOF;
    }

    @Override
    public int frameLength(SemanticMessage message) {
        message.sender(descriptor);
        return frameLength(vector.length, message.size(), message.kind() == SemanticKind.FIND)
                + digestLength(message.digest().size())
                + (descriptor.isSigned() ? proofsLength(message.size()) : 0);
    }

    @Override
    public void write(
            SemanticMessage message,
            long receiver,
            FrameStamp stamp,
            MutableDirectBuffer buffer,
            int offset) {
        encoder.wrapAndApplyHeader(buffer, offset, header);
        stamp.apply(encoder.frame(), SemanticOverlay.PROTOCOL_ID, receiver, frameLength(message));
        boolean find = message.kind() == SemanticKind.FIND;
        float queryScale = find ? message.query(vectorSegment, 0) : 0;
        encoder.requestId(message.requestId());
        message.sender(descriptor);
        Descriptors.write(descriptor, words, encoder.sender());
        encoder.queryScale(queryScale)
                .dimensions(vector.length)
                .wanted(find ? message.wanted() : 0)
                .kind(
                        ai.bytesandbrains.codecs.sbe.wire.SemanticKind.get(
                                (short) message.kind().code()))
                .farthest((short) (find && message.isFarthest() ? 1 : 0));
        writeProfiles(message);
        if (find) {
            // The entries went through the same scratch.
            message.query(vectorSegment, 0);
        }
        encoder.putQuery(vector, 0, find ? vector.length : 0);
        int length = digestLength(message.digest().size());
        int digestAt = encoder.limit() + SemanticEncoder.digestHeaderLength();
        if (length > 0) {
            DigestView.write(message.digest(), buffer, digestAt);
        }
        encoder.putDigest(buffer, digestAt, length);
        writeProofs(message, buffer);
    }

    /// Proofs stand behind everything else, so that nodes of unsigned networks carry none.
    private void writeProofs(SemanticMessage message, MutableDirectBuffer buffer) {
        message.sender(descriptor);
        int length = descriptor.isSigned() ? proofsLength(message.size()) : 0;
        int at = encoder.limit() + SemanticEncoder.proofsHeaderLength();
        if (length > 0) {
            words.wrap(buffer, at, length);
            Descriptors.writeProof(descriptor, words, 0);
            for (int i = 0; i < message.size(); i++) {
                message.peerAt(i, descriptor);
                if (!descriptor.isSigned()) {
                    // Issued in 1970: nobody takes it.
                    descriptor.signed(0, 0);
                }
                Descriptors.writeProof(descriptor, words, (1 + i) * Descriptors.PROOF);
            }
        }
        encoder.putProofs(buffer, at, length);
    }

    private void writeProfiles(SemanticMessage message) {
        int size = message.size();
        ProfilesEncoder profiles = encoder.profilesCount(size);
        for (int i = 0; i < size; i++) {
            profiles.next();
            message.peerAt(i, descriptor);
            Descriptors.write(descriptor, words, profiles.peer());
            profiles.version(message.versionAt(i))
                    .scale(message.vectorAt(i, vectorSegment, 0))
                    .number((short) message.profileAt(i))
                    .weight((short) message.weightAt(i))
                    .putVector(vector, 0, vector.length);
        }
    }
}
