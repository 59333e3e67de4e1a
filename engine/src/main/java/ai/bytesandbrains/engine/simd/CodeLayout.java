package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Where the bits of product-quantization codes lie: row-wise, as a codec writes them, and in
/// blocks of 64 codes, as the scan kernels read them.
///
/// **Row-wise**, one code after the other. 8 bits: byte m is subspace m. 4 bits: byte p holds
/// subspace 2p in the low and 2p+1 in the high half. 6 bits: a little-endian stream of bits,
/// subspace m from bit 6m on.
///
/// **In blocks.** A block is a sequence of lines of 64 bytes; byte j of every line belongs to code
/// j of the block.
///
///     bits    line
///     8       m: subspace m
///     4       p: subspaces 2p (low half) and 2p+1 (high half)
///     6       three lines hold four subspaces a b c d
///               7 6   5 4 3 2 1 0
///             +-----+-------------+
///             | d10 |      a      |
///             | d32 |      b      |
///             | d54 |      c      |
///             +-----+-------------+
///             one to three subspaces that are left take three lines as well
///
/// Codes of a block that hold nothing are zeros or leftovers: who stores codes knows which count.
/// The row-wise form is that of FAISS (Jegou, Douze, Schmid, IEEE TPAMI 33(1), 2011); blocks are
/// after Andre, Kermarrec, Le Scouarnec, "Cache locality is not enough", VLDB 9(4), 2015.
///
/// Immutable; any thread; allocates nothing. Methods check nothing but what the segments check.
public final class CodeLayout {
    /// Codes in a block.
    public static final int BLOCK = 64;

    /// Bytes of a line: one for each code of the block.
    public static final int LINE_BYTES = 64;

    private static final int SIX = 6;
    private static final int SIX_MASK = 63;
    private static final int GROUP_LINES = 3;

    private final int bits;
    private final int subspaces;
    private final int lines;
    private final int codeBytes;

    /// A layout.
    ///
    /// @param bits 4, 6 or 8
    /// @param subspaces at least 1
    /// @throws IllegalArgumentException if an argument is none of these
    public CodeLayout(int bits, int subspaces) {
        if (bits != 4 && bits != SIX && bits != 8) {
            throw new IllegalArgumentException("bits=" + bits + " must be 4, 6 or 8");
        }
        if (subspaces < 1) {
            throw new IllegalArgumentException("subspaces=" + subspaces + " must be at least 1");
        }
        this.bits = bits;
        this.subspaces = subspaces;
        codeBytes = codeBytes(bits, subspaces);
        lines = bits == SIX ? (subspaces + 3) / 4 * GROUP_LINES : codeBytes;
    }

    /// {@return bytes of a row-wise code}
    ///
    /// @param bits of a subspace
    /// @param subspaces how many
    public static int codeBytes(int bits, int subspaces) {
        return Math.toIntExact(((long) bits * subspaces + 7) / 8);
    }

    /// {@return bits of a subspace: 4, 6 or 8}
    public int bits() {
        return bits;
    }

    /// {@return number of subspaces}
    public int subspaces() {
        return subspaces;
    }

    /// {@return entries of a look-up table for one subspace: `2^bits`}
    public int entries() {
        return 1 << bits;
    }

    /// {@return bytes of a code that is stored row-wise}
    public int codeBytes() {
        return codeBytes;
    }

    /// {@return lines of a block}
    public int linesPerBlock() {
        return lines;
    }

    /// {@return bytes of a block of 64 codes}
    public long blockBytes() {
        return (long) lines * LINE_BYTES;
    }

    /// {@return one value of a row-wise code}
    ///
    /// @param codes holds the code
    /// @param offset byte offset of the code
    /// @param m the subspace
    public int getRow(MemorySegment codes, long offset, int m) {
        return switch (bits) {
            case 8 -> byteAt(codes, offset + m);
            case 4 -> (byteAt(codes, offset + (m >> 1)) >>> (4 * (m & 1))) & 15;
            default -> {
                long at = offset + ((SIX * (long) m) >> 3);
                int shift = (SIX * m) & 7;
                int low = byteAt(codes, at) >>> shift;
                yield (shift <= 2 ? low : low | (byteAt(codes, at + 1) << (8 - shift))) & SIX_MASK;
            }
        };
    }

    /// Sets one value of a row-wise code.
    ///
    /// @param codes holds the code
    /// @param offset byte offset of the code
    /// @param m the subspace
    /// @param value from 0 to `2^bits - 1`
    public void putRow(MemorySegment codes, long offset, int m, int value) {
        switch (bits) {
            case 8 -> codes.set(ValueLayout.JAVA_BYTE, offset + m, (byte) value);
            case 4 ->
                    replace(codes, offset + (m >> 1), 15 << (4 * (m & 1)), value << (4 * (m & 1)));
            default -> {
                long at = offset + ((SIX * (long) m) >> 3);
                int shift = (SIX * m) & 7;
                replace(codes, at, SIX_MASK << shift, value << shift);
                if (shift > 2) {
                    replace(codes, at + 1, SIX_MASK >>> (8 - shift), value >>> (8 - shift));
                }
            }
        }
    }

    /// {@return one value of a code in a block}
    ///
    /// @param blocks holds the block
    /// @param block byte offset of the block
    /// @param slot number of the code in its block, from 0 to 63
    /// @param m the subspace
    public int get(MemorySegment blocks, long block, int slot, int m) {
        long at = block + slot;
        return switch (bits) {
            case 8 -> byteAt(blocks, at + (long) m * LINE_BYTES);
            case 4 -> (byteAt(blocks, at + (long) (m >> 1) * LINE_BYTES) >>> (4 * (m & 1))) & 15;
            default -> {
                long line = at + sixLine(m);
                yield inFourth(m)
                        ? (byteAt(blocks, line) >>> SIX)
                                | ((byteAt(blocks, line + LINE_BYTES) >>> SIX) << 2)
                                | ((byteAt(blocks, line + 2 * LINE_BYTES) >>> SIX) << 4)
                        : byteAt(blocks, line) & SIX_MASK;
            }
        };
    }

    /// Sets one value of a code in a block.
    ///
    /// @param blocks holds the block
    /// @param block byte offset of the block
    /// @param slot number of the code in its block, from 0 to 63
    /// @param m the subspace
    /// @param value from 0 to `2^bits - 1`
    public void put(MemorySegment blocks, long block, int slot, int m, int value) {
        long at = block + slot;
        switch (bits) {
            case 8 -> blocks.set(ValueLayout.JAVA_BYTE, at + (long) m * LINE_BYTES, (byte) value);
            case 4 -> {
                int shift = 4 * (m & 1);
                replace(blocks, at + (long) (m >> 1) * LINE_BYTES, 15 << shift, value << shift);
            }
            default -> {
                long line = at + sixLine(m);
                if (inFourth(m)) {
                    replace(blocks, line, 0xc0, value << SIX);
                    replace(blocks, line + LINE_BYTES, 0xc0, (value >>> 2) << SIX);
                    replace(blocks, line + 2 * LINE_BYTES, 0xc0, (value >>> 4) << SIX);
                } else {
                    replace(blocks, line, SIX_MASK, value);
                }
            }
        }
    }

    /// Stores one row-wise code in a block. Bits beyond the last subspace are not kept.
    ///
    /// @param codes holds the code
    /// @param offset byte offset of the code
    /// @param blocks holds the block
    /// @param block byte offset of the block
    /// @param slot number of the code in its block, from 0 to 63
    public void store(
            MemorySegment codes, long offset, MemorySegment blocks, long block, int slot) {
        long to = block + slot;
        if (bits != SIX) {
            int last = codeBytes - 1;
            for (int i = 0; i < last; i++, to += LINE_BYTES) {
                blocks.set(ValueLayout.JAVA_BYTE, to, codes.get(ValueLayout.JAVA_BYTE, offset + i));
            }
            int tail = byteAt(codes, offset + last);
            boolean half = bits == 4 && (subspaces & 1) == 1;
            blocks.set(ValueLayout.JAVA_BYTE, to, (byte) (half ? tail & 15 : tail));
            return;
        }
        long from = offset;
        int m = 0;
        for (; m + 3 < subspaces; m += 4, from += 3, to += GROUP_LINES * LINE_BYTES) {
            int group =
                    byteAt(codes, from)
                            | (byteAt(codes, from + 1) << 8)
                            | (byteAt(codes, from + 2) << 16);
            set(blocks, to, (group & SIX_MASK) | ((group >>> 18) << SIX));
            set(blocks, to + LINE_BYTES, ((group >>> 6) & SIX_MASK) | ((group >>> 20) << SIX));
            set(blocks, to + 2 * LINE_BYTES, ((group >>> 12) & SIX_MASK) | ((group >>> 22) << SIX));
        }
        for (; m < subspaces; m++, to += LINE_BYTES) {
            set(blocks, to, getRow(codes, offset, m));
        }
    }

    /// Stores row-wise codes in consecutive places of consecutive blocks.
    ///
    /// @param codes holds the codes
    /// @param offset byte offset of the first code
    /// @param stride bytes from one code to the next
    /// @param count number of codes
    /// @param blocks holds the blocks, one after the other
    /// @param block byte offset of the block that the first code goes to
    /// @param slot the place of the first code in it, from 0 to 63
    public void storeMany(
            MemorySegment codes,
            long offset,
            long stride,
            int count,
            MemorySegment blocks,
            long block,
            int slot) {
        for (int i = 0; i < count; i++) {
            long place = (long) slot + i;
            long to = block + (place >>> 6) * blockBytes();
            store(codes, offset + i * stride, blocks, to, (int) (place & 63));
        }
    }

    /// Copies a code of a block out, row-wise. Bits beyond the last subspace become zeros.
    ///
    /// @param blocks holds the block
    /// @param block byte offset of the block
    /// @param slot number of the code in its block, from 0 to 63
    /// @param codes receives [#codeBytes] bytes
    /// @param offset byte offset in `codes`
    public void load(MemorySegment blocks, long block, int slot, MemorySegment codes, long offset) {
        long from = block + slot;
        if (bits != SIX) {
            for (int i = 0; i < codeBytes; i++, from += LINE_BYTES) {
                codes.set(
                        ValueLayout.JAVA_BYTE, offset + i, blocks.get(ValueLayout.JAVA_BYTE, from));
            }
            return;
        }
        for (int i = 0; i < codeBytes; i++) {
            codes.set(ValueLayout.JAVA_BYTE, offset + i, (byte) 0);
        }
        for (int m = 0; m < subspaces; m++) {
            putRow(codes, offset, m, get(blocks, block, slot, m));
        }
    }

    /// Whether subspace m of 6 bits is the fourth of a group, spread over its three lines.
    private boolean inFourth(int m) {
        return (m & 3) == 3;
    }

    /// Byte offset in a block of the (first) line of subspace m of 6 bits.
    private static long sixLine(int m) {
        int within = m & 3;
        return (long) LINE_BYTES * (GROUP_LINES * (m >> 2) + (within == 3 ? 0 : within));
    }

    private static int byteAt(MemorySegment segment, long offset) {
        return segment.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
    }

    private static void set(MemorySegment segment, long offset, int value) {
        segment.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
    }

    private static void replace(MemorySegment segment, long offset, int mask, int value) {
        set(segment, offset, (byteAt(segment, offset) & ~mask) | (value & mask));
    }
}
