package ai.bytesandbrains.engine.simd;

import static ai.bytesandbrains.engine.simd.VectorLines.BYTES;
import static ai.bytesandbrains.engine.simd.VectorLines.HALF;
import static ai.bytesandbrains.engine.simd.VectorLines.LINE;
import static ai.bytesandbrains.engine.simd.VectorLines.ORDER;
import static ai.bytesandbrains.engine.simd.VectorLines.SHORTS;
import static ai.bytesandbrains.engine.simd.VectorLines.WIDE;
import static ai.bytesandbrains.engine.simd.VectorLines.WIDTH;

import static jdk.incubator.vector.ByteVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;

import java.lang.foreign.MemorySegment;

/// The scan of 8-bit codes on the Vector API: a table has 256 bytes. [VectorLines] says why the
/// code looks as it does.
final class VectorScan8 {
    /// What tells apart the pieces of a table that two vectors hold.
    private static final byte PIECE = (byte) -(2 * WIDTH);

    private VectorScan8() {}

    /// {@return the slots of one block whose sums are at most the threshold, even bytes in the
    /// lower half}
    ///
    /// @param block byte offset of the block
    static long scan(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long block) {
        return WIDE
                ? wide(tables, tablesOffset, lines, threshold, blocks, block)
                : narrow(tables, tablesOffset, lines, threshold, blocks, block);
    }

    /// A table is four vectors: two look-ups in two vectors each, told apart by the sign.
    private static long wide(
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

    private static long narrow(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long block) {
        long mask = 0;
        for (int at = 0; at < LINE; at += WIDTH) {
            mask |= strip(tables, tablesOffset, lines, threshold, blocks, block + at) << (at / 2);
        }
        return mask;
    }

    /// A look-up in each piece of the table, of which one counts.
    private static long strip(
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
}
