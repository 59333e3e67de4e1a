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

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;

import java.lang.foreign.MemorySegment;

/// The scan of 6-bit codes on the Vector API: a table has 64 bytes, and three lines hold the codes
/// of four subspaces. [VectorLines] says why the code looks as it does.
final class VectorScan6 {
    /// What tells apart the pieces of a table that two vectors hold.
    private static final byte PIECE = (byte) (-(2 * WIDTH) & 63);

    private VectorScan6() {}

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

    /// The fourth index of a group is spread over the upper two bits of its three lines. Shifts are
    /// those of shorts, for there are none of bytes; what they carry over is masked away. Of an
    /// index the lower 6 bits count.
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

    /// As [#wide], piece by piece of each table.
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
                            none.blend(found, v.and(PIECE).compare(EQ, (byte) at))
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
                        none.blend(found, w.and(PIECE).compare(EQ, (byte) at))
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
}
