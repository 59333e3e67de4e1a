package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A sample cut into 512 ranges of keys from 0 to a threshold: where each begins, and digests of
/// the salted hashes of its items, a short one for each range and a long one for all. Two samples
/// with equal long digests under one fresh salt are equal up to the threshold; short ones tell
/// which ranges differ, but for one in 256 of those, which the next salt will tell.
///
/// Half of the ranges lie below a middle and half above, equal in either half. Whoever begins an
/// exchange takes the key in the middle of its sample: while samples are not full, most of what
/// they hold may have keys far below the threshold.
final class KeyRanges {
    /// Ranges of a sample: about 16 items in each of the usual one.
    static final int COUNT = 512;

    /// Bytes of all digests in a message: the long one, then the short ones.
    static final int DIGEST_BYTES = Long.BYTES + COUNT;

    private static final int HALF = COUNT / 2;

    private final int[] starts = new int[COUNT + 1];
    private final byte[] digests = new byte[COUNT];
    private long digest;

    /// The middle that suits a sample best.
    static long middle(SubspaceSample sample) {
        return sample.size() == 0 ? 0 : sample.keyAt(sample.size() / 2);
    }

    /// Looks at a sample.
    void compute(SubspaceSample sample, long middle, long threshold, long salt) {
        locate(sample, middle, threshold);
        digest = 0;
        for (int range = 0; range < COUNT; range++) {
            long sum = 0;
            for (int rank = starts[range]; rank < starts[range + 1]; rank++) {
                sum ^= hash(sample, rank, salt);
            }
            digests[range] = (byte) (sum >>> 56);
            digest ^= sum;
        }
    }

    /// Finds the ranges alone.
    void locate(SubspaceSample sample, long middle, long threshold) {
        int half = cut(sample, 0, 0, Math.min(middle, threshold), 0);
        starts[HALF] = half;
        starts[COUNT] = cut(sample, half, middle, threshold, HALF);
    }

    /// Cuts the keys above one and up to another into equal ranges; returns the rank behind them.
    /// Goes through all keys: there are about as many as steps in the searches for all ranges.
    private int cut(SubspaceSample sample, int first, long from, long to, int range) {
        long width = Math.max(0, to - from) / HALF + 1;
        int size = sample.size();
        int rank = first;
        long key = from;
        for (int i = 1; i <= HALF; i++) {
            // Near the largest key of all there may be fewer keys than ranges.
            key = i == HALF || key > to - width ? to : key + width;
            while (rank < size && sample.keyAt(rank) <= key) {
                rank++;
            }
            if (i < HALF) {
                starts[range + i] = rank;
            }
        }
        return rank;
    }

    static long hash(SubspaceSample sample, int rank, long salt) {
        long offset = sample.offsetOf(sample.slotAt(rank));
        return Hash.item(salt, sample.items(), offset, sample.stride());
    }

    /// Writes the digests.
    void write(MemorySegment out) {
        out.set(ItemLayout.LONG, 0, digest);
        MemorySegment.copy(digests, 0, out, ValueLayout.JAVA_BYTE, Long.BYTES, COUNT);
    }

    /// Whether a peer's digests say that it has the same up to the threshold.
    boolean isSame(MemorySegment theirs) {
        return theirs.get(ItemLayout.LONG, 0) == digest;
    }

    /// Finds the ranges that differ from a peer's.
    void compare(MemorySegment theirs, RangeSet differing) {
        differing.clear();
        for (int range = 0; range < COUNT; range++) {
            if (theirs.get(ValueLayout.JAVA_BYTE, Long.BYTES + range) != digests[range]) {
                differing.add(range);
            }
        }
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
