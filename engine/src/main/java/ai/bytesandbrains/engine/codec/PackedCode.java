package ai.bytesandbrains.engine.codec;

import ai.bytesandbrains.engine.simd.CodeLayout;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// The bytes of product-quantization codes, for those who read or make codes themselves: M numbers
/// of 4, 6 or 8 bits as one little-endian stream of bits.
///
///     8 bits   byte m                 number m
///     4 bits   byte p, bits 0-3       number 2p
///              byte p, bits 4-7       number 2p + 1
///     6 bits   three bytes from 3g    numbers 4g .. 4g + 3, the first in the lowest bits
///
/// Bits behind the last number are 0, so equal codes are equal bytes. It is the layout of FAISS.
///
/// Immutable, safe for any thread, allocates nothing.
public final class PackedCode {
    private final CodeLayout layout;

    /// The packing of `subspaces` numbers of `bits` bits.
    ///
    /// @param bits of a number: 4, 6 or 8
    /// @param subspaces how many numbers (M), from 1
    /// @throws IllegalArgumentException if an argument is none of these
    public PackedCode(int bits, int subspaces) {
        layout = new CodeLayout(bits, subspaces);
    }

    /// {@return bytes of a code}
    public int bytes() {
        return layout.codeBytes();
    }

    /// {@return number `m` of a code, from 0 to `2^bits - 1`}
    ///
    /// @param code what holds the code
    /// @param offset byte offset of the code
    /// @param m which number, from 0
    /// @throws IllegalArgumentException if the code does not lie inside the segment
    /// @throws IndexOutOfBoundsException if there is no such number
    public int get(MemorySegment code, long offset, int m) {
        check(code, offset, m);
        return layout.getRow(code, offset, m);
    }

    /// Sets number `m` of a code and leaves the others.
    ///
    /// @param code what holds the code
    /// @param offset byte offset of the code
    /// @param m which number, from 0
    /// @param value from 0 to `2^bits - 1`
    /// @throws IllegalArgumentException if the code does not lie inside the segment, or `value` is
    ///     out of its range
    /// @throws IndexOutOfBoundsException if there is no such number
    public void set(MemorySegment code, long offset, int m, int value) {
        check(code, offset, m);
        if (value < 0 || value >= layout.entries()) {
            throw new IllegalArgumentException(
                    "value=" + value + " must be between 0 and " + (layout.entries() - 1));
        }
        layout.putRow(code, offset, m, value);
    }

    private void check(MemorySegment code, long offset, int m) {
        Vectors.checkRows("code", code, offset, 0, 1, bytes());
        Objects.checkIndex(m, layout.subspaces());
    }
}
