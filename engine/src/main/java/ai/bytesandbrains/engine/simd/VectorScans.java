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
import java.util.Arrays;

/// The code scans on the Vector API: look-ups are byte permutations of tables in registers.
///
/// Entries are bytes, sums are shorts. A vector of bytes is added as shorts to `even`, whose low
/// halves sum the even bytes and whose high halves are spoilt by the odd ones, and shifted right by
/// 8 to `odd`; in the end `even -= odd << 8` mends the former. At 512 bits a line is one vector; at
/// less, a block is scanned strip by strip, and a table takes several vectors.
///
/// **Shape of the code.** Loops over lines go by address (`do ... while (line != end)`): what C2
/// takes for a counted loop with long offsets gets a costly range check before it, which these
/// short loops do not earn back. They are neither unrolled by hand nor cut into small methods:
/// after some fifty vector operations C2 is past its node limit and inlines no method any more but
/// those that the JDK marks as always inlined, and a vector that is passed to a method that is not
/// inlined is an object. So vector code writes the bits of the even bytes into the lower half of a
/// mask and those of the odd ones into the upper half, and [#interleave] puts them in order.
final class VectorScans implements ScanKernels {
    private static final VectorSpecies<Byte> BYTES = VectorShapes.BYTES;
    private static final VectorSpecies<Short> SHORTS = VectorShapes.SHORTS;
    private static final int WIDTH = BYTES.length();
    private static final int LINE = CodeLayout.LINE_BYTES;
    private static final boolean WIDE = WIDTH == LINE;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final long EVEN_BITS = 0x5555_5555_5555_5555L;
    private static final int HALF = 32;

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
        interleave(masks, count);
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
        long end = blockOffset + (long) lines * LINE;
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
        } while (line != end);
        even = even.sub(odd.lanewise(LSHL, 8));
        long evenBits = even.compare(LE, (short) threshold).toLong();
        long oddBits = odd.compare(LE, (short) threshold).toLong();
        return evenBits | (oddBits << HALF);
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
            mask |= strip8(tables, tablesOffset, lines, threshold, blocks, block + at) << (at / 2);
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
        long end = blockOffset + (long) lines * LINE;
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
        } while (line != end);
        even = even.sub(odd.lanewise(LSHL, 8));
        long evenBits = even.compare(LE, (short) threshold).toLong();
        long oddBits = odd.compare(LE, (short) threshold).toLong();
        return evenBits | (oddBits << HALF);
    }

    @Override
    public void scan4(
            MemorySegment tables,
            long tablesOffset,
            long tablesStride,
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
                mask |=
                        strip4(
                                        tables,
                                        tablesOffset,
                                        tablesStride,
                                        lines,
                                        threshold,
                                        blocks,
                                        block + at)
                                << (at / 2);
            }
            masks[i] = mask;
        }
        interleave(masks, count);
    }

    /// Tables repeat every 16 bytes, so what else is in an index does not matter.
    private static long strip4(
            MemorySegment tables,
            long tablesOffset,
            long tablesStride,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blockOffset) {
        ShortVector even = ShortVector.zero(SHORTS);
        ShortVector odd = ShortVector.zero(SHORTS);
        long table = tablesOffset;
        long line = blockOffset;
        long end = blockOffset + (long) lines * LINE;
        do {
            ByteVector v = fromMemorySegment(BYTES, blocks, line, ORDER);
            ByteVector w = v.reinterpretAsShorts().lanewise(LSHR, 4).reinterpretAsBytes();
            ShortVector s =
                    v.selectFrom(fromMemorySegment(BYTES, tables, table, ORDER))
                            .add(w.selectFrom(fromMemorySegment(BYTES, tables, table + 64, ORDER)))
                            .reinterpretAsShorts();
            even = even.add(s);
            odd = odd.add(s.lanewise(LSHR, 8));
            table += tablesStride;
            line += LINE;
        } while (line != end);
        even = even.sub(odd.lanewise(LSHL, 8));
        long evenBits = even.compare(LE, (short) threshold).toLong();
        long oddBits = odd.compare(LE, (short) threshold).toLong();
        return evenBits | (oddBits << HALF);
    }

    @Override
    public void scan4Group(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int[] thresholds,
            MemorySegment blocks,
            long blocksOffset,
            int count,
            long[] masks) {
        Arrays.fill(masks, 0, GROUP * count, 0);
        long block = blocksOffset;
        for (int i = 0; i < count; i++, block += (long) lines * LINE) {
            for (int at = 0; at < LINE; at += WIDTH) {
                group4(tables, tablesOffset, lines, thresholds, blocks, block, at, masks, i, count);
            }
        }
        interleave(masks, GROUP * count);
    }

    /// As [#strip4], for four queries: what is done to a line is done once.
    private static void group4(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int[] thresholds,
            MemorySegment blocks,
            long blockOffset,
            int at,
            long[] masks,
            int to,
            int count) {
        ShortVector even0 = ShortVector.zero(SHORTS);
        ShortVector odd0 = ShortVector.zero(SHORTS);
        ShortVector even1 = ShortVector.zero(SHORTS);
        ShortVector odd1 = ShortVector.zero(SHORTS);
        ShortVector even2 = ShortVector.zero(SHORTS);
        ShortVector odd2 = ShortVector.zero(SHORTS);
        ShortVector even3 = ShortVector.zero(SHORTS);
        ShortVector odd3 = ShortVector.zero(SHORTS);
        long table = tablesOffset;
        long line = blockOffset + at;
        long end = line + (long) lines * LINE;
        do {
            ByteVector v = fromMemorySegment(BYTES, blocks, line, ORDER);
            ByteVector w = v.reinterpretAsShorts().lanewise(LSHR, 4).reinterpretAsBytes();
            ShortVector s =
                    v.selectFrom(fromMemorySegment(BYTES, tables, table, ORDER))
                            .add(w.selectFrom(fromMemorySegment(BYTES, tables, table + 64, ORDER)))
                            .reinterpretAsShorts();
            even0 = even0.add(s);
            odd0 = odd0.add(s.lanewise(LSHR, 8));
            s =
                    v.selectFrom(fromMemorySegment(BYTES, tables, table + 128, ORDER))
                            .add(w.selectFrom(fromMemorySegment(BYTES, tables, table + 192, ORDER)))
                            .reinterpretAsShorts();
            even1 = even1.add(s);
            odd1 = odd1.add(s.lanewise(LSHR, 8));
            s =
                    v.selectFrom(fromMemorySegment(BYTES, tables, table + 256, ORDER))
                            .add(w.selectFrom(fromMemorySegment(BYTES, tables, table + 320, ORDER)))
                            .reinterpretAsShorts();
            even2 = even2.add(s);
            odd2 = odd2.add(s.lanewise(LSHR, 8));
            s =
                    v.selectFrom(fromMemorySegment(BYTES, tables, table + 384, ORDER))
                            .add(w.selectFrom(fromMemorySegment(BYTES, tables, table + 448, ORDER)))
                            .reinterpretAsShorts();
            even3 = even3.add(s);
            odd3 = odd3.add(s.lanewise(LSHR, 8));
            table += 2 * LINE * GROUP;
            line += LINE;
        } while (line != end);
        int shift = at / 2;
        even0 = even0.sub(odd0.lanewise(LSHL, 8));
        long bits0 = even0.compare(LE, (short) thresholds[0]).toLong();
        masks[to] |= (bits0 | (odd0.compare(LE, (short) thresholds[0]).toLong() << HALF)) << shift;
        even1 = even1.sub(odd1.lanewise(LSHL, 8));
        long bits1 = even1.compare(LE, (short) thresholds[1]).toLong();
        masks[to + count] |=
                (bits1 | (odd1.compare(LE, (short) thresholds[1]).toLong() << HALF)) << shift;
        even2 = even2.sub(odd2.lanewise(LSHL, 8));
        long bits2 = even2.compare(LE, (short) thresholds[2]).toLong();
        masks[to + 2 * count] |=
                (bits2 | (odd2.compare(LE, (short) thresholds[2]).toLong() << HALF)) << shift;
        even3 = even3.sub(odd3.lanewise(LSHL, 8));
        long bits3 = even3.compare(LE, (short) thresholds[3]).toLong();
        masks[to + 3 * count] |=
                (bits3 | (odd3.compare(LE, (short) thresholds[3]).toLong() << HALF)) << shift;
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
        interleave(masks, count);
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
        long end = blockOffset + (long) lines * LINE;
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
        } while (line != end);
        even = even.sub(odd.lanewise(LSHL, 8));
        long evenBits = even.compare(LE, (short) threshold).toLong();
        long oddBits = odd.compare(LE, (short) threshold).toLong();
        return evenBits | (oddBits << HALF);
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
            mask |= strip6(tables, tablesOffset, lines, threshold, blocks, block + at) << (at / 2);
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
        long end = blockOffset + (long) lines * LINE;
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
        } while (line != end);
        even = even.sub(odd.lanewise(LSHL, 8));
        long evenBits = even.compare(LE, (short) threshold).toLong();
        long oddBits = odd.compare(LE, (short) threshold).toLong();
        return evenBits | (oddBits << HALF);
    }

    /// Bits of the even and of the odd bytes, in the order of the bytes.
    private static void interleave(long[] masks, int count) {
        for (int i = 0; i < count; i++) {
            long halves = masks[i];
            if (halves != 0) {
                masks[i] =
                        Long.expand(halves, EVEN_BITS) | Long.expand(halves >>> HALF, ~EVEN_BITS);
            }
        }
    }
}
