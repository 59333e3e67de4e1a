package ai.bytesandbrains.codecs.sbe;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Bytes of variable length behind a 16-bit count, proven to lie inside their frame, read where
/// they are (the generated decoder only copies them).
final class VarBytes {

    private static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private DirectBuffer buffer;
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
        this.buffer = buffer;
        first = at + Short.BYTES;
        count = buffer.getShort(at, LITTLE_ENDIAN) & 0xffff;
        return count <= limit - first;
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
            return buffer.getLong(first + from, LITTLE_ENDIAN);
        }
        long last = 0;
        for (int i = length - 1; i >= 0; i--) {
            last = (last << 8) | (buffer.getByte(first + from + i) & 0xff);
        }
        return last;
    }

    /// Eight of the bytes, the first one lowest, zeros behind the last.
    long wordAt(int word) {
        int from = word * Long.BYTES;
        return wordAt(from, count - from);
    }

    void copy(MemorySegment into, long offset) {
        int at = 0;
        for (; count - at >= Long.BYTES; at += Long.BYTES) {
            into.set(WORD, offset + at, buffer.getLong(first + at, LITTLE_ENDIAN));
        }
        for (; at < count; at++) {
            into.set(ValueLayout.JAVA_BYTE, offset + at, buffer.getByte(first + at));
        }
    }
}
