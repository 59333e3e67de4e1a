package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The body of a range message: what a node has in some ranges of a sample, as short hashes.
///
///     offset  bytes
///          0     64  which ranges (RangeSet)
///         64    2 r  how many hashes of each of these r ranges, lowest range first
///   64 + 2 r         the hashes, salted by the number of the exchange: 1 byte each in ranges of up
///   to
///                    NARROW hashes, 2 bytes in others
///
/// Where there are as few as usual, a byte confuses one item in sixteen with another. These are
/// told apart under the salt of another exchange, which costs less than lists twice as long.
final class HashLists {
    /// The most hashes of a message.
    static final int MAX_HASHES = 2048;

    /// Hashes of a range that are a byte long.
    static final int NARROW = 64;

    private static final int COUNT_BYTES = Short.BYTES;

    private HashLists() {}

    /// The most bytes of a body.
    static int maxBytes() {
        return headerBytes(KeyRanges.COUNT) + MAX_HASHES * Short.BYTES;
    }

    /// Whether a body may be so long.
    static boolean isLength(int bytes, int ranges, int hashes) {
        int least = headerBytes(ranges) + hashes;
        return ranges >= 1
                && ranges <= KeyRanges.COUNT
                && hashes <= MAX_HASHES
                && bytes >= least
                && bytes <= least + hashes;
    }

    static int headerBytes(int ranges) {
        return RangeSet.BYTES + ranges * COUNT_BYTES;
    }

    static int count(MemorySegment body, int number) {
        return body.get(ItemLayout.SHORT, countAt(number)) & 0xffff;
    }

    static void setCount(MemorySegment body, int number, int count) {
        body.set(ItemLayout.SHORT, countAt(number), (short) count);
    }

    private static long countAt(int number) {
        return RangeSet.BYTES + (long) number * COUNT_BYTES;
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
