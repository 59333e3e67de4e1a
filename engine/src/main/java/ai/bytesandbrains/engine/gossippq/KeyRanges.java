package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;

/// A sample cut into 256 equal ranges of keys from 0 to a threshold: where each begins, and digests
/// of the salted hashes of its items, a short one for each range and a long one for all. Two
/// samples with equal long digests under one fresh salt are equal up to the threshold; short ones
/// tell which ranges differ, but for one in 65,536 of those, which the next salt will tell.
final class KeyRanges {
    /// Ranges of a sample: about 32 items in each of the usual one.
    static final int COUNT = 256;

    /// Bytes of all digests in a message: the long one, then the short ones.
    static final int DIGEST_BYTES = Long.BYTES + COUNT * Short.BYTES;

    private final int[] starts = new int[COUNT + 1];
    private final short[] digests = new short[COUNT];
    private long digest;

    /// Looks at a sample.
    void compute(SubspaceSample sample, long threshold, long salt) {
        locate(sample, threshold);
        digest = 0;
        for (int range = 0; range < COUNT; range++) {
            long sum = 0;
            for (int rank = starts[range]; rank < starts[range + 1]; rank++) {
                sum ^= hash(sample, rank, salt);
            }
            digests[range] = (short) (sum >>> 48);
            digest ^= sum;
        }
    }

    /// Finds the ranges alone.
    void locate(SubspaceSample sample, long threshold) {
        long width = threshold / COUNT + 1;
        int end = threshold == Long.MAX_VALUE ? sample.size() : sample.rankOf(threshold + 1);
        for (int range = 1; range < COUNT; range++) {
            starts[range] = Math.min(end, sample.rankOf(range * width));
        }
        starts[COUNT] = end;
    }

    static long hash(SubspaceSample sample, int rank, long salt) {
        long offset = sample.offsetOf(sample.slotAt(rank));
        return Hash.item(salt, sample.items(), offset, sample.stride());
    }

    /// Writes the digests.
    void write(MemorySegment out) {
        out.set(ItemLayout.LONG, 0, digest);
        for (int range = 0; range < COUNT; range++) {
            out.set(ItemLayout.SHORT, digestAt(range), digests[range]);
        }
    }

    /// Whether a peer's digests say that it has the same up to the threshold.
    boolean isSame(MemorySegment theirs) {
        return theirs.get(ItemLayout.LONG, 0) == digest;
    }

    /// Finds the ranges that differ from a peer's.
    void compare(MemorySegment theirs, RangeSet differing) {
        differing.clear();
        for (int range = 0; range < COUNT; range++) {
            if (theirs.get(ItemLayout.SHORT, digestAt(range)) != digests[range]) {
                differing.add(range);
            }
        }
    }

    private static long digestAt(int range) {
        return Long.BYTES + (long) range * Short.BYTES;
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
