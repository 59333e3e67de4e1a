package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;

/// The hashes of the protocol, the same on every machine.
///
/// Source of the permutation: Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014.
final class Hash {
    private static final long GAMMA = 0x9e3779b97f4a7c15L;

    private Hash() {}

    /// A permutation in which every bit of the result depends on every bit of the word.
    static long mix(long word) {
        long z = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /// One more word of a sequence.
    static long add(long hash, long word) {
        return mix((hash ^ word) + GAMMA);
    }

    /// The hash of an item under a salt. The salt is drawn anew for each exchange, so nobody can
    /// prepare items whose hashes collide in the exchanges of others.
    static long item(long salt, MemorySegment items, long offset, int stride) {
        long hash = salt;
        for (int i = 0; i < stride; i += Long.BYTES) {
            hash = add(hash, items.get(ItemLayout.LONG, offset + i));
        }
        return hash;
    }

    /// A permutation of all ints under a key: a Feistel network of four rounds over half words.
    static int shuffle(long key, int value) {
        int left = value >>> 16;
        int right = value & 0xffff;
        for (int round = 0; round < 4; round++) {
            int next = left ^ (int) (add(key, (long) round << 16 | right) & 0xffff);
            left = right;
            right = next;
        }
        return left << 16 | right;
    }
}
