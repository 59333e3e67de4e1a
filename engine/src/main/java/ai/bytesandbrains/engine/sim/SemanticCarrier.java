package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.semantic.PeerDigest;
import ai.bytesandbrains.engine.semantic.SemanticConfig;
import ai.bytesandbrains.engine.semantic.SemanticKind;
import ai.bytesandbrains.engine.semantic.SemanticMessage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// Messages of the semantic overlay in the simulator's own form, in which peers are node numbers:
///
/// ```
///   0  request id 8
///   8  kind 4, entries 2, peers in the digest 2
///  16  wanted 4, farthest 4
///  24  query: scale f4, components (padded to 8)           of a find only
///      entries x { node 4, age 4, profile 2, weight 2, version 4, scale f4, components (padded to
///      8) }
///      digest: bits of the part 2, part 2, unused 4, peers x { id 8, age 4, profiles 2, versions 2
///      }
/// ```
final class SemanticCarrier implements Carrier<SemanticMessage> {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private static final ValueLayout.OfLong UNALIGNED_LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private static final int HEADER = 24;
    private static final int ENTRY_HEADER = 20;
    private static final int DIGEST_HEADER = 8;
    private static final int DIGEST_ENTRY = 16;

    private final Simulation simulation;
    private final int dimensions;
    private final int vectorBytes;
    private final int maxBytes;
    private final PeerDescriptor descriptor = new PeerDescriptor();
    private final Read read = new Read();

    SemanticCarrier(Simulation simulation, SemanticConfig config) {
        this.simulation = simulation;
        dimensions = config.dimensions();
        vectorBytes = dimensions + 7 & -8;
        int entries = config.messageEntries() + SemanticConfig.MAX_PROFILES;
        int bytes = HEADER + Float.BYTES + vectorBytes + entries * (ENTRY_HEADER + vectorBytes);
        int digest = DIGEST_HEADER + config.digestPeers() * DIGEST_ENTRY;
        maxBytes = (bytes + 7 & -8) + digest;
    }

    @Override
    public int maxBytes() {
        return maxBytes;
    }

    @Override
    public int write(long from, long to, SemanticMessage message, MemorySegment into, long offset) {
        into.set(LONG, offset, message.requestId());
        into.set(INT, offset + 8, message.kind().code());
        into.set(SHORT, offset + 12, (short) message.size());
        into.set(SHORT, offset + 14, (short) message.digest().size());
        long at = offset + HEADER;
        if (message.kind() == SemanticKind.FIND) {
            into.set(INT, offset + 16, message.wanted());
            into.set(INT, offset + 20, message.isFarthest() ? 1 : 0);
            into.set(FLOAT, at, message.query(into, at + Float.BYTES));
            at += Float.BYTES + vectorBytes;
        }
        for (int i = 0; i < message.size(); i++) {
            message.peerAt(i, descriptor);
            into.set(INT, at, simulation.numberOf(descriptor));
            into.set(INT, at + 4, descriptor.age());
            into.set(INT, at + 8, message.profileAt(i) | message.weightAt(i) << Short.SIZE);
            into.set(INT, at + 12, message.versionAt(i));
            into.set(FLOAT, at + 16, message.vectorAt(i, into, at + ENTRY_HEADER));
            at += ENTRY_HEADER + vectorBytes;
        }
        at = message.digest().size() > 0 ? writeDigest(message.digest(), into, at) : at;
        return Math.toIntExact(at - offset);
    }

    private static long writeDigest(PeerDigest digest, MemorySegment into, long start) {
        into.set(SHORT, start, (short) digest.partBits());
        into.set(SHORT, start + 2, (short) digest.part());
        long at = start + DIGEST_HEADER;
        for (int i = 0; i < digest.size(); i++) {
            into.set(UNALIGNED_LONG, at, digest.idAt(i));
            into.set(INT, at + 8, digest.ageAt(i));
            into.set(SHORT, at + 12, (short) digest.profilesAt(i));
            into.set(SHORT, at + 14, (short) digest.versionsAt(i));
            at += DIGEST_ENTRY;
        }
        return at;
    }

    @Override
    public SemanticMessage read(long from, long to, MemorySegment bytes, long offset, int length) {
        read.from = from;
        read.bytes = bytes;
        read.offset = offset;
        return read;
    }

    private final class Read implements SemanticMessage {

        private long from;
        private MemorySegment bytes;
        private long offset;
        private final Known digest = new Known();

        @Override
        public SemanticKind kind() {
            return SemanticKind.ofCode(bytes.get(INT, offset + 8));
        }

        @Override
        public long requestId() {
            return bytes.get(LONG, offset);
        }

        @Override
        public int dimensions() {
            return dimensions;
        }

        @Override
        public void sender(PeerDescriptor into) {
            simulation.describe(simulation.nodeOf(from), into);
            into.handle(from);
        }

        @Override
        public int size() {
            return bytes.get(SHORT, offset + 12);
        }

        @Override
        public void peerAt(int index, PeerDescriptor into) {
            long at = entry(index);
            int node = bytes.get(INT, at);
            simulation.describe(node, into);
            into.handle(simulation.handleOf(node));
            into.age(bytes.get(INT, at + 4));
        }

        @Override
        public int profileAt(int index) {
            return bytes.get(INT, entry(index) + 8) & 0xffff;
        }

        @Override
        public int weightAt(int index) {
            return bytes.get(INT, entry(index) + 8) >>> Short.SIZE;
        }

        @Override
        public int versionAt(int index) {
            return bytes.get(INT, entry(index) + 12);
        }

        @Override
        public float vectorAt(int index, MemorySegment into, long at) {
            long entry = entry(index);
            MemorySegment.copy(bytes, entry + ENTRY_HEADER, into, at, dimensions);
            return bytes.get(FLOAT, entry + 16);
        }

        @Override
        public PeerDigest digest() {
            return digest;
        }

        @Override
        public int wanted() {
            return bytes.get(INT, offset + 16);
        }

        @Override
        public boolean isFarthest() {
            return bytes.get(INT, offset + 20) != 0;
        }

        @Override
        public float query(MemorySegment into, long at) {
            MemorySegment.copy(bytes, offset + HEADER + Float.BYTES, into, at, dimensions);
            return bytes.get(FLOAT, offset + HEADER);
        }

        private long entry(int index) {
            return entries() + (long) Objects.checkIndex(index, size()) * entryBytes();
        }

        private long digestAt() {
            return entries() + (long) size() * entryBytes();
        }

        private long entries() {
            long query = kind() == SemanticKind.FIND ? Float.BYTES + vectorBytes : 0;
            return offset + HEADER + query;
        }

        private int entryBytes() {
            return ENTRY_HEADER + vectorBytes;
        }
    }

    /// The list in the message that is read.
    private final class Known implements PeerDigest {

        @Override
        public int size() {
            return read.bytes.get(SHORT, read.offset + 14);
        }

        @Override
        public int partBits() {
            return size() == 0 ? 0 : read.bytes.get(SHORT, read.digestAt());
        }

        @Override
        public int part() {
            return size() == 0 ? 0 : read.bytes.get(SHORT, read.digestAt() + 2);
        }

        @Override
        public long idAt(int index) {
            return read.bytes.get(UNALIGNED_LONG, entry(index));
        }

        @Override
        public int ageAt(int index) {
            return read.bytes.get(INT, entry(index) + 8);
        }

        @Override
        public int profilesAt(int index) {
            return read.bytes.get(SHORT, entry(index) + 12);
        }

        @Override
        public int versionsAt(int index) {
            return read.bytes.get(SHORT, entry(index) + 14) & 0xffff;
        }

        private long entry(int index) {
            long first = read.digestAt() + DIGEST_HEADER;
            return first + (long) Objects.checkIndex(index, size()) * DIGEST_ENTRY;
        }
    }
}
