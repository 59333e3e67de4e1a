package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The body of a range message: what a node has in some ranges of a sample, as short hashes.
///
/// ```
///   which ranges (RangeSet)
///   for each of these, lowest first:
///     1 or 2 bytes  how many hashes; from 128 on the first byte has its highest bit set,
///                   and the second one is the lower half
///                   the hashes, salted by the number of the exchange: 1 byte each in ranges
///                   of up to NARROW hashes, 2 bytes in others
/// ```
///
/// Where there are as few as usual, a byte confuses one item in sixteen with another. These are
/// told apart under the salt of another exchange, which costs less than lists twice as long.
final class HashLists {
    /// The most hashes of a message.
    static final int MAX_HASHES = 2048;

    /// Hashes of a range that are a byte long.
    static final int NARROW = 64;

    /// A larger number of hashes takes two bytes.
    private static final int SHORT_COUNT = 127;

    private static final int LONG_COUNT_BYTES = 2;

    private HashLists() {}

    /// The most bytes of a body.
    static int maxBytes() {
        return RangeSet.bytes(KeyRanges.MOST)
                + LONG_COUNT_BYTES * KeyRanges.MOST
                + MAX_HASHES * Short.BYTES;
    }

    /// Whether a body may be so long.
    static boolean isLength(int bytes, int ranges, int hashes) {
        int least = ranges + hashes;
        return ranges >= 1
                && ranges <= KeyRanges.MOST
                && hashes <= MAX_HASHES
                && bytes >= RangeSet.bytes(KeyRanges.LEAST) + least
                && bytes <= RangeSet.bytes(KeyRanges.MOST) + 2 * least;
    }

    /// Bytes of a number of hashes, the first of which is known.
    static int countBytes(byte first) {
        return first >= 0 ? 1 : LONG_COUNT_BYTES;
    }

    static int count(MemorySegment body, long offset) {
        byte first = body.get(ValueLayout.JAVA_BYTE, offset);
        return first >= 0
                ? first
                : ((first & SHORT_COUNT) << Byte.SIZE)
                        | (body.get(ValueLayout.JAVA_BYTE, offset + 1) & 0xff);
    }

    /// Writes a number of hashes; returns how many bytes it took.
    static int setCount(MemorySegment body, long offset, int count) {
        if (count <= SHORT_COUNT) {
            body.set(ValueLayout.JAVA_BYTE, offset, (byte) count);
            return 1;
        }
        body.set(ValueLayout.JAVA_BYTE, offset, (byte) (count >>> Byte.SIZE | ~SHORT_COUNT));
        body.set(ValueLayout.JAVA_BYTE, offset + 1, (byte) count);
        return LONG_COUNT_BYTES;
    }

    /// Bytes of a hash where there are so many in a range.
    static int width(int count) {
        return count <= NARROW ? Byte.BYTES : Short.BYTES;
    }

    /// The hash of an item.
    static int hash(SubspaceSample sample, int rank, long salt, int width) {
        return (int) (KeyRanges.hash(sample, rank, salt) >>> (Long.SIZE - Byte.SIZE * width));
    }

    static int get(MemorySegment body, long offset, int width) {
        return width == Byte.BYTES
                ? body.get(ValueLayout.JAVA_BYTE, offset) & 0xff
                : body.get(ItemLayout.SHORT, offset) & 0xffff;
    }

    static void set(MemorySegment body, long offset, int width, int hash) {
        if (width == Byte.BYTES) {
            body.set(ValueLayout.JAVA_BYTE, offset, (byte) hash);
        } else {
            body.set(ItemLayout.SHORT, offset, (short) hash);
        }
    }
}
