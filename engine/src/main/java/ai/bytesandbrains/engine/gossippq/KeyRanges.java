package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A sample cut into ranges of keys from 0 to a threshold: where each begins, and digests of the
/// salted hashes of its items, a short one for each range and a long one for all. Two samples with
/// equal long digests under one fresh salt are equal up to the threshold; short ones tell which
/// ranges differ, but for one in 256 of those, which the next salt will tell.
///
/// Ranges are as narrow as keys are dense: whoever begins an exchange cuts its sample into eighths
/// of as many items, and each of them into ranges of equal width. While samples fill, most of what
/// they hold has keys far below the threshold.
///
/// In a summary:
///
///     offset  bytes
///          0      8  the digest of all items
///          8     28  seven cuts: the upper half of the largest key of all eighths but the last
///         36      d  digests of the d lowest ranges; without the others, they may all differ
final class KeyRanges {
    /// The most ranges of a sample: about 16 items in each of the usual one.
    static final int MOST = 512;

    /// The fewest: the other sample may hold many times as many items.
    static final int LEAST = 128;

    /// Short digests are sent by so many.
    static final int DIGESTS = 8;

    private static final int ITEMS = 16;

    /// Parts of as many items.
    static final int PARTS = 8;

    private static final int CUTS_AT = Long.BYTES;
    private static final int DIGESTS_AT = CUTS_AT + (PARTS - 1) * Integer.BYTES;

    /// Bits of a key that a cut leaves out.
    private static final int CUT_SHIFT = 31;

    private static final long CUT_MASK = 0xffff_ffffL;

    private final int[] starts = new int[MOST + 1];
    private final byte[] digests = new byte[MOST];
    private final long[] ends = new long[PARTS];
    private int count;
    private long digest;

    /// How many ranges suit a sample best: a power of two.
    static int count(SubspaceSample sample) {
        int wanted = Math.clamp(sample.size() / ITEMS, LEAST, MOST);
        return Integer.highestOneBit(2 * wanted - 1);
    }

    /// Whether there may be so many ranges.
    static boolean isCount(int count) {
        return count >= LEAST && count <= MOST && Integer.bitCount(count) == 1;
    }

    /// Bytes of a message with so many short digests.
    static int bytes(int digests) {
        return DIGESTS_AT + digests;
    }

    /// How many short digests there are in a message of so many bytes.
    static int digests(int bytes) {
        return bytes - DIGESTS_AT;
    }

    /// Chooses the cuts that suit a sample best.
    ///
    /// @param sample the sample
    /// @param count how many ranges there are to be
    /// @param threshold the largest key
    void choose(SubspaceSample sample, int count, long threshold) {
        this.count = count;
        int size = sample.size();
        for (int part = 0; part < PARTS - 1; part++) {
            int rank = (part + 1) * size / PARTS;
            long key = size == 0 ? 0 : Math.min(sample.keyAt(rank), threshold);
            ends[part] = key >>> CUT_SHIFT << CUT_SHIFT;
        }
        ends[PARTS - 1] = threshold;
    }

    /// Takes over the cuts of a peer, whatever they are: those that do not ascend make ranges
    /// without keys.
    void read(MemorySegment in, int count, long threshold) {
        this.count = count;
        long least = 0;
        for (int part = 0; part < PARTS - 1; part++) {
            long cut = in.get(ItemLayout.INT, CUTS_AT + (long) Integer.BYTES * part) & CUT_MASK;
            least = Math.clamp(cut << CUT_SHIFT, least, threshold);
            ends[part] = least;
        }
        ends[PARTS - 1] = threshold;
    }

    /// Where the cuts are, for [#resume].
    void save(long[] into) {
        System.arraycopy(ends, 0, into, 0, PARTS);
    }

    /// Takes over the cuts of an exchange that was begun before.
    void resume(int count, long[] saved) {
        this.count = count;
        System.arraycopy(saved, 0, ends, 0, PARTS);
    }

    /// Looks at a sample.
    void compute(SubspaceSample sample, long salt) {
        locate(sample);
        digest = 0;
        for (int range = 0; range < count; range++) {
            long sum = 0;
            for (int rank = starts[range]; rank < starts[range + 1]; rank++) {
                sum ^= hash(sample, rank, salt);
            }
            digests[range] = (byte) (sum >>> 56);
            digest ^= sum;
        }
    }

    /// Finds the ranges alone.
    void locate(SubspaceSample sample) {
        int ranges = count / PARTS;
        int rank = 0;
        long from = 0;
        for (int part = 0; part < PARTS; part++) {
            starts[part * ranges] = rank;
            rank = cut(sample, rank, from, ends[part], part * ranges, ranges);
            from = ends[part];
        }
        starts[count] = rank;
    }

    /// Cuts the keys above one and up to another into equal ranges; returns the rank behind them.
    /// Goes through all keys: there are about as many as steps in the searches for all ranges.
    private int cut(SubspaceSample sample, int first, long from, long to, int range, int ranges) {
        long width = (to - from) / ranges + 1;
        int size = sample.size();
        int rank = first;
        long key = from;
        for (int i = 1; i <= ranges; i++) {
            // There may be fewer keys than ranges.
            key = i == ranges || key > to - width ? to : key + width;
            while (rank < size && sample.keyAt(rank) <= key) {
                rank++;
            }
            if (i < ranges) {
                starts[range + i] = rank;
            }
        }
        return rank;
    }

    static long hash(SubspaceSample sample, int rank, long salt) {
        long offset = sample.offsetOf(sample.slotAt(rank));
        return Hash.item(salt, sample.items(), offset, sample.stride());
    }

    /// Writes the long digest, the cuts, and the short digests of the lowest ranges.
    void write(MemorySegment out, int ranges) {
        out.set(ItemLayout.LONG, 0, digest);
        for (int part = 0; part < PARTS - 1; part++) {
            int cut = (int) (ends[part] >>> CUT_SHIFT);
            out.set(ItemLayout.INT, CUTS_AT + (long) Integer.BYTES * part, cut);
        }
        MemorySegment.copy(digests, 0, out, ValueLayout.JAVA_BYTE, DIGESTS_AT, ranges);
    }

    /// Whether a peer's digests say that it has the same up to the threshold.
    boolean isSame(MemorySegment theirs) {
        return theirs.get(ItemLayout.LONG, 0) == digest;
    }

    /// Finds the ranges that differ from a peer's, of those that it sent digests of; if none does,
    /// it is all others that may.
    void compare(MemorySegment theirs, int ranges, RangeSet differing) {
        differing.clear();
        for (int range = 0; range < ranges; range++) {
            if (theirs.get(ValueLayout.JAVA_BYTE, DIGESTS_AT + range) != digests[range]) {
                differing.add(range);
            }
        }
        if (differing.size() == 0) {
            differing.add(ranges, count);
        }
    }

    /// How many ranges there are.
    int count() {
        return count;
    }

    int start(int range) {
        return starts[range];
    }

    int end(int range) {
        return starts[range + 1];
    }

    int size(int range) {
        return starts[range + 1] - starts[range];
    }
}
