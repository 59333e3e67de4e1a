package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Some of the [KeyRanges] of a sample, a bit for each.
final class RangeSet {
    /// Bytes of a set in a message.
    static final int BYTES = KeyRanges.COUNT / Byte.SIZE;

    private final long[] words = new long[KeyRanges.COUNT / Long.SIZE];

    void clear() {
        Arrays.fill(words, 0);
    }

    void add(int range) {
        words[range / Long.SIZE] |= 1L << range;
    }

    int size() {
        int size = 0;
        for (long word : words) {
            size += Long.bitCount(word);
        }
        return size;
    }

    /// The first range of the set from one on, or -1.
    int next(int range) {
        for (int i = range; i < KeyRanges.COUNT; i++) {
            if (((words[i / Long.SIZE] >>> i) & 1) != 0) {
                return i;
            }
        }
        return -1;
    }

    void write(MemorySegment out, long offset) {
        for (int i = 0; i < words.length; i++) {
            out.set(ItemLayout.LONG, offset + 8L * i, words[i]);
        }
    }

    void read(MemorySegment in, long offset) {
        for (int i = 0; i < words.length; i++) {
            words[i] = in.get(ItemLayout.LONG, offset + 8L * i);
        }
    }
}
