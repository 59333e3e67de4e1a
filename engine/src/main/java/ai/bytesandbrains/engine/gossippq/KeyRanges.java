package ai.bytesandbrains.engine.gossippq;

/// A sample cut into 64 equal ranges of keys from 0 to a threshold: where each begins, and the XOR
/// of the salted hashes of its items. Two samples with equal digests under one fresh salt are equal
/// up to the threshold.
final class KeyRanges {
    /// Ranges of a sample.
    static final int COUNT = Long.SIZE;

    private final int[] starts = new int[COUNT + 1];
    private final long[] digests = new long[COUNT];

    /// Looks at a sample.
    void compute(SubspaceSample sample, long threshold, long salt) {
        locate(sample, threshold);
        for (int range = 0; range < COUNT; range++) {
            long digest = 0;
            for (int rank = starts[range]; rank < starts[range + 1]; rank++) {
                digest ^= hash(sample, rank, salt);
            }
            digests[range] = digest;
        }
    }

    /// Finds the ranges alone.
    void locate(SubspaceSample sample, long threshold) {
        long width = threshold / COUNT + 1;
        for (int range = 1; range < COUNT; range++) {
            starts[range] = sample.rankOf(range * width);
        }
        starts[COUNT] = threshold == Long.MAX_VALUE ? sample.size() : sample.rankOf(threshold + 1);
        for (int range = COUNT - 1; range > 0; range--) {
            starts[range] = Math.min(starts[range], starts[range + 1]);
        }
    }

    static long hash(SubspaceSample sample, int rank, long salt) {
        long offset = sample.offsetOf(sample.slotAt(rank));
        return Hash.item(salt, sample.items(), offset, sample.stride());
    }

    /// What is sent of a hash to name an item.
    static short shortHash(SubspaceSample sample, int rank, long salt) {
        return (short) (hash(sample, rank, salt) >>> 48);
    }

    long digest(int range) {
        return digests[range];
    }

    int start(int range) {
        return starts[range];
    }

    int size(int range) {
        return starts[range + 1] - starts[range];
    }
}
