package ai.bytesandbrains.codecs.sbe;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;

import java.lang.foreign.MemorySegment;

/// Bytes of variable length behind a 16-bit count, proven to lie inside their frame, read where
/// they are (the generated decoder only copies them).
final class VarBytes {

    private final Words bytes = new Words();
    private int first;
    private int count;

    /// Wraps bytes.
    ///
    /// @param at where their count is; may lie anywhere, being the sum of untrusted lengths
    /// @param limit where the frame ends
    /// @return whether all of them lie inside the frame
    boolean wrap(DirectBuffer buffer, int at, int limit) {
        if (at > limit - Short.BYTES) {
            return false;
        }
        first = at + Short.BYTES;
        count = buffer.getShort(at, LITTLE_ENDIAN) & 0xffff;
        if (count > limit - first) {
            return false;
        }
        bytes.wrap(buffer, first, count);
        return true;
    }

    int count() {
        return count;
    }

    /// Where what follows them begins.
    int end() {
        return first + count;
    }

    /// Eight of the bytes, from anywhere; `length` of them at most are to be read, the others are
    /// zeros.
    long wordAt(int from, int length) {
        if (length >= Long.BYTES) {
            return bytes.getLong(bytes.at(from, Long.BYTES));
        }
        long last = 0;
        for (int i = length - 1; i >= 0; i--) {
            last = (last << 8) | bytes.getByte(bytes.at(from + i, 1));
        }
        return last;
    }

    /// Eight of the bytes, the first one lowest, zeros behind the last.
    long wordAt(int word) {
        int from = word * Long.BYTES;
        return wordAt(from, count - from);
    }

    void copy(MemorySegment into, long offset) {
        bytes.copy(0, count, into, offset);
    }
}
