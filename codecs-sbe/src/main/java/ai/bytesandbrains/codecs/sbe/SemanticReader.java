package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.GroupSizeEncodingDecoder;
import ai.bytesandbrains.codecs.sbe.wire.MessageHeaderDecoder;
import ai.bytesandbrains.codecs.sbe.wire.PeerDescriptorDecoder;
import ai.bytesandbrains.codecs.sbe.wire.SemanticDecoder;
import ai.bytesandbrains.codecs.sbe.wire.SemanticDecoder.ProfilesDecoder;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.semantic.PeerDigest;
import ai.bytesandbrains.engine.semantic.SemanticConfig;
import ai.bytesandbrains.engine.semantic.SemanticKind;
import ai.bytesandbrains.engine.semantic.SemanticMessage;

import org.agrona.DirectBuffer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/// Decodes the messages of the semantic overlay. Every vector in a message is as long as the
/// message says, so entries are found by index.
public final class SemanticReader implements MessageReader<SemanticMessage> {

    private static final ByteOrder LITTLE_ENDIAN = ByteOrder.LITTLE_ENDIAN;
    private static final int PEER = ProfilesDecoder.peerEncodingOffset();
    private static final int VERSION = ProfilesDecoder.versionEncodingOffset();
    private static final int SCALE = ProfilesDecoder.scaleEncodingOffset();
    private static final int NUMBER = ProfilesDecoder.numberEncodingOffset();
    private static final int WEIGHT = ProfilesDecoder.weightEncodingOffset();

    /// The version of the schema that brought lists of whom the sender knows, and proofs.
    private static final int LISTS_VERSION = SemanticDecoder.digestSinceVersion();

    private static final int LENGTH_BYTES = ProfilesDecoder.vectorHeaderLength();

    private final SemanticDecoder decoder = new SemanticDecoder();
    private final GroupSizeEncodingDecoder group = new GroupSizeEncodingDecoder();
    private final PeerDescriptorDecoder peer = new PeerDescriptorDecoder();
    private final Words words = new Words();
    private final Words proofs = new Words();
    private final View view = new View();
    private final DigestView digest = new DigestView();
    private final byte[] vector;
    private final int maxEntries;
    private DirectBuffer buffer;
    private SemanticKind kind;
    private int dimensions;
    private int count;
    private int first;
    private int block;
    private int stride;
    private int queryAt;
    private boolean signed;

    /// Makes a reader.
    ///
    /// @param dimensions the most components of a vector
    /// @param maxEntries the most profiles in a message
    public SemanticReader(int dimensions, int maxEntries) {
        vector = new byte[dimensions];
        this.maxEntries = maxEntries;
    }

    @Override
    public SemanticMessage message() {
        return view;
    }

    @Override
    public int maxFrameLength() {
        return SemanticWriter.frameLength(vector.length, maxEntries, true)
                + SemanticWriter.digestLength(SemanticConfig.MAX_DIGEST_PEERS)
                + SemanticWriter.proofsLength(maxEntries);
    }

    @Override
    public DropReason wrap(
            MessageHeaderDecoder header, long sender, DirectBuffer buffer, int offset, int length) {
        if (header.templateId() != SemanticDecoder.TEMPLATE_ID) {
            return DropReason.UNKNOWN_KIND;
        }
        int messageBlock = header.blockLength();
        int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        int limit = offset + length;
        int groupAt = body + messageBlock;
        if (messageBlock < SemanticDecoder.BLOCK_LENGTH
                || groupAt > limit - GroupSizeEncodingDecoder.ENCODED_LENGTH) {
            return DropReason.MALFORMED;
        }
        this.buffer = buffer;
        decoder.wrap(buffer, body, messageBlock, header.version());
        kind = SemanticKind.ofCode(decoder.kindRaw());
        if (kind == null) {
            return DropReason.UNKNOWN_KIND;
        }
        dimensions = decoder.dimensions();
        if (dimensions == 0
                || dimensions > vector.length
                || decoder.farthest() > 1
                || !wrapProfiles(groupAt, limit)
                || !wrapQuery(first + count * stride, limit)
                || !wrapLists(header.version(), limit)
                || !Descriptors.isValid(words, decoder.sender())) {
            return DropReason.MALFORMED;
        }
        return decoder.sender().id0() == sender ? null : DropReason.SENDER_MISMATCH;
    }

    @Override
    public boolean sender(PeerDescriptor into) {
        view.sender(into);
        return true;
    }

    private boolean wrapProfiles(int at, int limit) {
        group.wrap(buffer, at);
        count = group.numInGroup();
        block = group.blockLength();
        first = at + GroupSizeEncodingDecoder.ENCODED_LENGTH;
        stride = block + LENGTH_BYTES + dimensions;
        if (count > maxEntries
                || (count > 0 && block < ProfilesDecoder.sbeBlockLength())
                || (long) count * stride > limit - first) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            int entry = first + i * stride;
            peer.wrap(buffer, entry + PEER);
            if (lengthAt(entry + block) != dimensions || !Descriptors.isValid(words, peer)) {
                return false;
            }
        }
        return true;
    }

    private boolean wrapQuery(int at, int limit) {
        if (at > limit - LENGTH_BYTES) {
            return false;
        }
        queryAt = at + LENGTH_BYTES;
        int expected = kind == SemanticKind.FIND ? dimensions : 0;
        return lengthAt(at) == expected && expected <= limit - queryAt;
    }

    /// Whom the sender knows, and proofs.
    private boolean wrapLists(int version, int limit) {
        digest.clear();
        signed = false;
        if (version < LISTS_VERSION) {
            return true;
        }
        int at = queryAt + (kind == SemanticKind.FIND ? dimensions : 0);
        if (at > limit - LENGTH_BYTES) {
            return false;
        }
        int length = lengthAt(at);
        int from = at + LENGTH_BYTES;
        return length <= limit - from
                && digest.wrap(buffer, from, length, SemanticConfig.MAX_DIGEST_PEERS)
                && wrapProofs(from + length, limit);
    }

    private boolean wrapProofs(int at, int limit) {
        if (at > limit - LENGTH_BYTES) {
            return false;
        }
        int length = lengthAt(at);
        int from = at + LENGTH_BYTES;
        signed = length > 0;
        if (!signed) {
            return true;
        }
        if (length != SemanticWriter.proofsLength(count) || length > limit - from) {
            return false;
        }
        proofs.wrap(buffer, from, length);
        return true;
    }

    private int lengthAt(int at) {
        return buffer.getShort(at, LITTLE_ENDIAN) & 0xffff;
    }

    private void copy(int at, MemorySegment into, long offset) {
        buffer.getBytes(at, vector, 0, dimensions);
        MemorySegment.copy(vector, 0, into, ValueLayout.JAVA_BYTE, offset, dimensions);
    }

    private final class View implements SemanticMessage {

        @Override
        public SemanticKind kind() {
            return kind;
        }

        @Override
        public long requestId() {
            return decoder.requestId();
        }

        @Override
        public int dimensions() {
            return dimensions;
        }

        @Override
        public void sender(PeerDescriptor into) {
            Descriptors.read(words, decoder.sender(), into);
            readProof(0, into);
        }

        @Override
        public int size() {
            return count;
        }

        @Override
        public void peerAt(int index, PeerDescriptor into) {
            Descriptors.read(words, peer.wrap(buffer, entry(index) + PEER), into);
            readProof(1 + index, into);
        }

        @Override
        public int profileAt(int index) {
            return buffer.getByte(entry(index) + NUMBER) & 0xff;
        }

        @Override
        public int weightAt(int index) {
            return buffer.getByte(entry(index) + WEIGHT) & 0xff;
        }

        @Override
        public int versionAt(int index) {
            return buffer.getInt(entry(index) + VERSION, LITTLE_ENDIAN);
        }

        @Override
        public float vectorAt(int index, MemorySegment into, long offset) {
            int entry = entry(index);
            copy(entry + block + LENGTH_BYTES, into, offset);
            return buffer.getFloat(entry + SCALE, LITTLE_ENDIAN);
        }

        @Override
        public PeerDigest digest() {
            return digest;
        }

        @Override
        public int wanted() {
            return decoder.wanted();
        }

        @Override
        public boolean isFarthest() {
            return decoder.farthest() != 0;
        }

        @Override
        public float query(MemorySegment into, long offset) {
            if (kind != SemanticKind.FIND) {
                throw new IllegalStateException("kind=" + kind + ": it has no query");
            }
            copy(queryAt, into, offset);
            return decoder.queryScale();
        }

        private void readProof(int index, PeerDescriptor into) {
            if (signed) {
                Descriptors.readProof(proofs, index * Descriptors.PROOF, into);
            }
        }

        private int entry(int index) {
            return first + Objects.checkIndex(index, count) * stride;
        }
    }
}
