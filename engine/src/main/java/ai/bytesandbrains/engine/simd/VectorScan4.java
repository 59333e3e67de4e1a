package ai.bytesandbrains.engine.simd;

import static ai.bytesandbrains.engine.simd.VectorLines.BYTES;
import static ai.bytesandbrains.engine.simd.VectorLines.HALF;
import static ai.bytesandbrains.engine.simd.VectorLines.LINE;
import static ai.bytesandbrains.engine.simd.VectorLines.ORDER;
import static ai.bytesandbrains.engine.simd.VectorLines.SHORTS;
import static ai.bytesandbrains.engine.simd.VectorLines.WIDTH;

import static jdk.incubator.vector.ByteVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;

import java.lang.foreign.MemorySegment;

/// The scan of 4-bit codes on the Vector API: a table is 16 bytes, repeated to the length of a
/// line, and a line holds the codes of two subspaces. [VectorLines] says why the code looks as it
/// does.
final class VectorScan4 {
    private VectorScan4() {}

    /// {@return the slots of one block whose sums are at most the threshold, even bytes in the
    /// lower half}
    ///
    /// @param tablesStride bytes from the two tables of a line to those of the next
    /// @param block byte offset of the block
    static long scan(
            MemorySegment tables,
            long tablesOffset,
            long tablesStride,
            int lines,
            int threshold,
            MemorySegment blocks,
            long block) {
        long mask = 0;
        for (int at = 0; at < LINE; at += WIDTH) {
            long line = block + at;
            long strip = strip(tables, tablesOffset, tablesStride, lines, threshold, blocks, line);
            mask |= strip << (at / 2);
        }
        return mask;
    }

    /// Scans one block for [ScanKernels#GROUP] queries, whose masks are `count` words apart.
    ///
    /// @param block byte offset of the block
    /// @param masks receives the bits of query g in word `to + g * count`, zero before
    static void scan(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int[] thresholds,
            MemorySegment blocks,
            long block,
            long[] masks,
            int to,
            int count) {
        for (int at = 0; at < LINE; at += WIDTH) {
            group(tables, tablesOffset, lines, thresholds, blocks, block, at, masks, to, count);
        }
    }

    /// Tables repeat every 16 bytes, so what else is in an index does not matter.
    private static long strip(
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

    /// As [#strip], for four queries: what is done to a line is done once.
    private static void group(
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
            table += 2 * LINE * ScanKernels.GROUP;
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
}
