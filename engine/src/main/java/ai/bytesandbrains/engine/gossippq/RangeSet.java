package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Some of the [KeyRanges] of a sample, a bit for each.
final class RangeSet {
    private final long[] words = new long[KeyRanges.MOST / Long.SIZE];

    /// Bytes of a set in a message.
    ///
    /// @param ranges how many ranges there are
    static int bytes(int ranges) {
        return ranges / Byte.SIZE;
    }

    void clear() {
        Arrays.fill(words, 0);
    }

    void add(int range) {
        words[range / Long.SIZE] |= 1L << range;
    }

    /// Adds all ranges from one up to before another.
    void add(int from, int to) {
        for (int range = from; range < to; range++) {
            add(range);
        }
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
        for (int i = range; i < KeyRanges.MOST; i++) {
            if (((words[i / Long.SIZE] >>> i) & 1) != 0) {
                return i;
            }
        }
        return -1;
    }

    void write(MemorySegment out, long offset, int ranges) {
        for (int i = 0; i < ranges / Long.SIZE; i++) {
            out.set(ItemLayout.LONG, offset + 8L * i, words[i]);
        }
    }

    void read(MemorySegment in, long offset, int ranges) {
        clear();
        for (int i = 0; i < ranges / Long.SIZE; i++) {
            words[i] = in.get(ItemLayout.LONG, offset + 8L * i);
        }
    }
}
