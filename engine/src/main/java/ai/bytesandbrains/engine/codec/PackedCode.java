package ai.bytesandbrains.engine.codec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The bytes of one product-quantization code: M numbers of 4, 6 or 8 bits as one little-endian
/// stream of bits.
///
///     8 bits   byte m                 number m
///     4 bits   byte p, bits 0-3       number 2p
///              byte p, bits 4-7       number 2p + 1
///     6 bits   three bytes from 3g    numbers 4g .. 4g + 3, the first in the lowest bits
///
/// Bits behind the last number are 0, so equal codes are equal bytes. It is the layout of FAISS.
///
/// All methods are pure, allocate nothing and check nothing but what segments check.
public final class PackedCode {
    private PackedCode() {}

    /// {@return bytes of a code}
    ///
    /// @param bits of a number: 4, 6 or 8
    /// @param subspaces how many numbers (M)
    public static int bytes(int bits, int subspaces) {
        return Math.toIntExact(((long) bits * subspaces + 7) / 8);
    }

    /// {@return number `m` of a code, from 0 to `2^bits - 1`}
    ///
    /// @param code what holds the code
    /// @param offset byte offset of the code
    /// @param bits of a number: 4, 6 or 8
    /// @param m which number, from 0
    public static int get(MemorySegment code, long offset, int bits, int m) {
        int bit = bits * m;
        long at = offset + (bit >>> 3);
        int shift = bit & 7;
        int value = (code.get(ValueLayout.JAVA_BYTE, at) & 0xff) >>> shift;
        if (shift + bits > 8) {
            value |= (code.get(ValueLayout.JAVA_BYTE, at + 1) & 0xff) << (8 - shift);
        }
        return value & ((1 << bits) - 1);
    }

    /// Sets number `m` of a code and leaves the others.
    ///
    /// @param code what holds the code
    /// @param offset byte offset of the code
    /// @param bits of a number: 4, 6 or 8
    /// @param m which number, from 0
    /// @param value from 0 to `2^bits - 1`
    public static void set(MemorySegment code, long offset, int bits, int m, int value) {
        int bit = bits * m;
        long at = offset + (bit >>> 3);
        int shift = bit & 7;
        int mask = (1 << bits) - 1;
        int low = code.get(ValueLayout.JAVA_BYTE, at) & ~(mask << shift);
        code.set(ValueLayout.JAVA_BYTE, at, (byte) (low | value << shift));
        if (shift + bits > 8) {
            int high = code.get(ValueLayout.JAVA_BYTE, at + 1) & ~(mask >>> (8 - shift));
            code.set(ValueLayout.JAVA_BYTE, at + 1, (byte) (high | value >>> (8 - shift)));
        }
    }
}
