package ai.bytesandbrains.engine.simd;

import static jdk.incubator.vector.ByteVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// The code scans on the Vector API: look-ups are byte permutations of tables in registers.
///
/// Entries are bytes, sums are shorts. A vector of bytes is added as shorts to `even`, whose low
/// halves sum the even bytes and whose high halves are spoilt by the odd ones, and shifted right by
/// 8 to `odd`; in the end `even -= odd << 8` mends the former. At 512 bits a line is one vector; at
/// less, a block is scanned strip by strip, and a table takes several vectors.
///
/// **Shape of the code.** Loops over lines are not counted ones (`do ... while (j != lines)`): C2
/// puts a costly range check before counted loops with long offsets, which these short loops do not
/// earn back. They are neither unrolled by hand nor cut into small methods: after some fifty vector
/// operations C2 is past its node limit and inlines no method any more but those that the JDK marks
/// as always inlined, and a vector that is passed to a method that is not inlined is an object.
final class VectorScans implements ScanKernels {
    private static final VectorSpecies<Byte> BYTES = VectorShapes.BYTES;
    private static final VectorSpecies<Short> SHORTS = VectorShapes.SHORTS;
    private static final int WIDTH = BYTES.length();
    private static final int LINE = CodeLayout.LINE_BYTES;
    private static final boolean WIDE = WIDTH == LINE;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final long EVEN_BITS = 0x5555_5555_5555_5555L;

    /// What tells apart the pieces of a table that two vectors hold.
    private static final byte PIECE = (byte) -(2 * WIDTH);

    private static final byte PIECE_OF_64 = (byte) (PIECE & 63);

    VectorScans() {}

    @Override
    public void scan8(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blocksOffset,
            int count,
            long[] masks) {
        long block = blocksOffset;
        for (int i = 0; i < count; i++, block += (long) lines * LINE) {
            masks[i] =
                    WIDE
                            ? wide8(tables, tablesOffset, lines, threshold, blocks, block)
                            : narrow8(tables, tablesOffset, lines, threshold, blocks, block);
        }
    }

    /// A table is four vectors: two look-ups in two vectors each, told apart by the sign.
    private static long wide8(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blockOffset) {
        ShortVector even = ShortVector.zero(SHORTS);
        ShortVector odd = ShortVector.zero(SHORTS);
        long table = tablesOffset;
        long line = blockOffset;
        int j = 0;
        do {
            ByteVector v = fromMemorySegment(BYTES, blocks, line, ORDER);
            ByteVector low =
                    v.selectFrom(
                            fromMemorySegment(BYTES, tables, table, ORDER),
                            fromMemorySegment(BYTES, tables, table + 64, ORDER));
            ByteVector high =
                    v.selectFrom(
                            fromMemorySegment(BYTES, tables, table + 128, ORDER),
                            fromMemorySegment(BYTES, tables, table + 192, ORDER));
            ShortVector s = low.blend(high, v.compare(LT, (byte) 0)).reinterpretAsShorts();
            even = even.add(s);
            odd = odd.add(s.lanewise(LSHR, 8));
            table += 256;
            line += LINE;
            j += 1;
        } while (j != lines);
        even = even.sub(odd.lanewise(LSHL, 8));
        long evenBits = even.compare(LE, (short) threshold).toLong();
        long oddBits = odd.compare(LE, (short) threshold).toLong();
        return interleave(evenBits, oddBits);
    }

    private static long narrow8(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long block) {
        long mask = 0;
        for (int at = 0; at < LINE; at += WIDTH) {
            mask |= strip8(tables, tablesOffset, lines, threshold, blocks, block + at) << at;
        }
        return mask;
    }

    /// A look-up in each piece of the table, of which one counts.
    private static long strip8(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blockOffset) {
        ShortVector even = ShortVector.zero(SHORTS);
        ShortVector odd = ShortVector.zero(SHORTS);
        long table = tablesOffset;
        long line = blockOffset;
        int j = 0;
        do {
            ByteVector v = fromMemorySegment(BYTES, blocks, line, ORDER);
            ByteVector piece = v.and(PIECE);
            for (int at = 0; at < 256; at += 2 * WIDTH) {
                ByteVector found =
                        v.selectFrom(
                                fromMemorySegment(BYTES, tables, table + at, ORDER),
                                fromMemorySegment(BYTES, tables, table + at + WIDTH, ORDER));
                ByteVector none = found.sub(found);
                ShortVector s =
                        none.blend(found, piece.compare(EQ, (byte) at)).reinterpretAsShorts();
                even = even.add(s);
                odd = odd.add(s.lanewise(LSHR, 8));
            }
            table += 256;
            line += LINE;
            j += 1;
        } while (j != lines);
        even = even.sub(odd.lanewise(LSHL, 8));
        long evenBits = even.compare(LE, (short) threshold).toLong();
        long oddBits = odd.compare(LE, (short) threshold).toLong();
        return interleave(evenBits, oddBits);
    }

    @Override
    public void scan4(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blocksOffset,
            int count,
            long[] masks) {
        long block = blocksOffset;
        for (int i = 0; i < count; i++, block += (long) lines * LINE) {
            long mask = 0;
            for (int at = 0; at < LINE; at += WIDTH) {
                mask |= strip4(tables, tablesOffset, lines, threshold, blocks, block + at) << at;
            }
            masks[i] = mask;
        }
    }

    /// Tables repeat every 16 bytes, so what else is in an index does not matter.
    private static long strip4(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blockOffset) {
        ShortVector even = ShortVector.zero(SHORTS);
        ShortVector odd = ShortVector.zero(SHORTS);
        long table = tablesOffset;
        long line = blockOffset;
        int j = 0;
        do {
            ByteVector v = fromMemorySegment(BYTES, blocks, line, ORDER);
            ByteVector w = v.reinterpretAsShorts().lanewise(LSHR, 4).reinterpretAsBytes();
            ShortVector s =
                    v.selectFrom(fromMemorySegment(BYTES, tables, table, ORDER))
                            .add(w.selectFrom(fromMemorySegment(BYTES, tables, table + 64, ORDER)))
                            .reinterpretAsShorts();
            even = even.add(s);
            odd = odd.add(s.lanewise(LSHR, 8));
            table += 2 * LINE;
            line += LINE;
            j += 1;
        } while (j != lines);
        even = even.sub(odd.lanewise(LSHL, 8));
        long evenBits = even.compare(LE, (short) threshold).toLong();
        long oddBits = odd.compare(LE, (short) threshold).toLong();
        return interleave(evenBits, oddBits);
    }

    @Override
    public void scan6(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blocksOffset,
            int count,
            long[] masks) {
        long block = blocksOffset;
        for (int i = 0; i < count; i++, block += (long) lines * LINE) {
            masks[i] =
                    WIDE
                            ? wide6(tables, tablesOffset, lines, threshold, blocks, block)
                            : narrow6(tables, tablesOffset, lines, threshold, blocks, block);
        }
    }

    /// The fourth index of a group is spread over the upper two bits of its three lines. Shifts are
    /// those of shorts, for there are none of bytes; what they carry over is masked away. Of an
    /// index the lower 6 bits count.
    private static long wide6(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blockOffset) {
        ShortVector even = ShortVector.zero(SHORTS);
        ShortVector odd = ShortVector.zero(SHORTS);
        long table = tablesOffset;
        long line = blockOffset;
        int j = 0;
        do {
            ByteVector x = fromMemorySegment(BYTES, blocks, line, ORDER);
            ByteVector y = fromMemorySegment(BYTES, blocks, line + LINE, ORDER);
            ByteVector z = fromMemorySegment(BYTES, blocks, line + 2 * LINE, ORDER);
            ByteVector w =
                    x.reinterpretAsShorts()
                            .lanewise(LSHR, 6)
                            .and((short) 0x0303)
                            .or(y.reinterpretAsShorts().lanewise(LSHR, 4).and((short) 0x0c0c))
                            .or(z.reinterpretAsShorts().lanewise(LSHR, 2).and((short) 0x3030))
                            .reinterpretAsBytes();
            ShortVector s =
                    x.selectFrom(fromMemorySegment(BYTES, tables, table, ORDER))
                            .add(y.selectFrom(fromMemorySegment(BYTES, tables, table + 64, ORDER)))
                            .reinterpretAsShorts();
            even = even.add(s);
            odd = odd.add(s.lanewise(LSHR, 8));
            s =
                    z.selectFrom(fromMemorySegment(BYTES, tables, table + 128, ORDER))
                            .add(w.selectFrom(fromMemorySegment(BYTES, tables, table + 192, ORDER)))
                            .reinterpretAsShorts();
            even = even.add(s);
            odd = odd.add(s.lanewise(LSHR, 8));
            table += 4 * LINE;
            line += 3 * LINE;
            j += 3;
        } while (j != lines);
        even = even.sub(odd.lanewise(LSHL, 8));
        long evenBits = even.compare(LE, (short) threshold).toLong();
        long oddBits = odd.compare(LE, (short) threshold).toLong();
        return interleave(evenBits, oddBits);
    }

    private static long narrow6(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long block) {
        long mask = 0;
        for (int at = 0; at < LINE; at += WIDTH) {
            mask |= strip6(tables, tablesOffset, lines, threshold, blocks, block + at) << at;
        }
        return mask;
    }

    /// As [#wide6], piece by piece of each table.
    private static long strip6(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blockOffset) {
        ShortVector even = ShortVector.zero(SHORTS);
        ShortVector odd = ShortVector.zero(SHORTS);
        long table = tablesOffset;
        long line = blockOffset;
        int j = 0;
        do {
            for (int at = 0; at < 64; at += 2 * WIDTH) {
                for (int k = 0; k < 3; k++) {
                    ByteVector v = fromMemorySegment(BYTES, blocks, line + (long) k * LINE, ORDER);
                    long t = table + (long) k * LINE + at;
                    ByteVector found =
                            v.selectFrom(
                                    fromMemorySegment(BYTES, tables, t, ORDER),
                                    fromMemorySegment(BYTES, tables, t + WIDTH, ORDER));
                    ByteVector none = found.sub(found);
                    ShortVector s =
                            none.blend(found, v.and(PIECE_OF_64).compare(EQ, (byte) at))
                                    .reinterpretAsShorts();
                    even = even.add(s);
                    odd = odd.add(s.lanewise(LSHR, 8));
                }
                ByteVector x = fromMemorySegment(BYTES, blocks, line, ORDER);
                ByteVector y = fromMemorySegment(BYTES, blocks, line + LINE, ORDER);
                ByteVector z = fromMemorySegment(BYTES, blocks, line + 2 * LINE, ORDER);
                ByteVector w =
                        x.reinterpretAsShorts()
                                .lanewise(LSHR, 6)
                                .and((short) 0x0303)
                                .or(y.reinterpretAsShorts().lanewise(LSHR, 4).and((short) 0x0c0c))
                                .or(z.reinterpretAsShorts().lanewise(LSHR, 2).and((short) 0x3030))
                                .reinterpretAsBytes();
                long t = table + 3 * LINE + at;
                ByteVector found =
                        w.selectFrom(
                                fromMemorySegment(BYTES, tables, t, ORDER),
                                fromMemorySegment(BYTES, tables, t + WIDTH, ORDER));
                ByteVector none = found.sub(found);
                ShortVector s =
                        none.blend(found, w.and(PIECE_OF_64).compare(EQ, (byte) at))
                                .reinterpretAsShorts();
                even = even.add(s);
                odd = odd.add(s.lanewise(LSHR, 8));
            }
            table += 4 * LINE;
            line += 3 * LINE;
            j += 3;
        } while (j != lines);
        even = even.sub(odd.lanewise(LSHL, 8));
        long evenBits = even.compare(LE, (short) threshold).toLong();
        long oddBits = odd.compare(LE, (short) threshold).toLong();
        return interleave(evenBits, oddBits);
    }

    /// Bits of the even and of the odd bytes, in the order of the bytes.
    private static long interleave(long even, long odd) {
        return (even | odd) == 0 ? 0 : Long.expand(even, EVEN_BITS) | Long.expand(odd, ~EVEN_BITS);
    }
}
