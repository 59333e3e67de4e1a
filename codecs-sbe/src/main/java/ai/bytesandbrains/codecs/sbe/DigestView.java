package ai.bytesandbrains.codecs.sbe;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import ai.bytesandbrains.engine.semantic.PeerDigest;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.util.Objects;

/// The list of whom the sender of a message knows, read where it is:
///
/// ```
///   0  bits of the part 1, part 2
///   3  peers x { short id 8, age 2, versions 2, profiles 1 }
/// ```
final class DigestView implements PeerDigest {

    private static final int PART = 1;
    private static final int PEERS = 3;
    private static final int AGE = 8;
    private static final int VERSIONS = 10;
    private static final int PROFILES = 12;
    private static final int PEER_BYTES = 13;

    private DirectBuffer buffer;
    private int at;
    private int size;

    /// {@return the bytes of a list, without their count}
    ///
    /// @param peers how many are in it
    static int length(int peers) {
        return peers == 0 ? 0 : PEERS + peers * PEER_BYTES;
    }

    static void write(PeerDigest digest, MutableDirectBuffer into, int offset) {
        into.putByte(offset, (byte) digest.partBits());
        into.putShort(offset + PART, (short) digest.part(), LITTLE_ENDIAN);
        for (int i = 0; i < digest.size(); i++) {
            int peer = offset + PEERS + i * PEER_BYTES;
            into.putLong(peer, digest.idAt(i), LITTLE_ENDIAN);
            into.putShort(peer + AGE, (short) digest.ageAt(i), LITTLE_ENDIAN);
            into.putShort(peer + VERSIONS, (short) digest.versionsAt(i), LITTLE_ENDIAN);
            into.putByte(peer + PROFILES, (byte) digest.profilesAt(i));
        }
    }

    void clear() {
        size = 0;
    }

    /// Wraps bytes that lie inside their frame.
    ///
    /// @param most the most peers in a list
    /// @return whether they are a list
    boolean wrap(DirectBuffer buffer, int offset, int length, int most) {
        this.buffer = buffer;
        at = offset;
        size = length < PEERS ? 0 : (length - PEERS) / PEER_BYTES;
        return length == length(size) && size <= most;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int partBits() {
        return size == 0 ? 0 : buffer.getByte(at) & 0xff;
    }

    @Override
    public int part() {
        return size == 0 ? 0 : buffer.getShort(at + PART, LITTLE_ENDIAN) & 0xffff;
    }

    @Override
    public long idAt(int index) {
        return buffer.getLong(peer(index), LITTLE_ENDIAN);
    }

    @Override
    public int ageAt(int index) {
        return buffer.getShort(peer(index) + AGE, LITTLE_ENDIAN) & 0xffff;
    }

    @Override
    public int profilesAt(int index) {
        return buffer.getByte(peer(index) + PROFILES) & 0xff;
    }

    @Override
    public int versionsAt(int index) {
        return buffer.getShort(peer(index) + VERSIONS, LITTLE_ENDIAN) & 0xffff;
    }

    private int peer(int index) {
        return at + PEERS + Objects.checkIndex(index, size) * PEER_BYTES;
    }
}
