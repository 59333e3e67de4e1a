package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The code scans in plain Java, one code after the other.
class ScalarScans implements ScanKernels {
    private static final int BLOCK = CodeLayout.BLOCK;
    private static final int LINE = CodeLayout.LINE_BYTES;

    /// Stateless; one instance serves all.
    ScalarScans() {}

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
            long mask = 0;
            for (int slot = 0; slot < BLOCK; slot++) {
                int sum = 0;
                for (int j = 0; j < lines; j++) {
                    int code = byteAt(blocks, block + (long) j * LINE + slot);
                    sum += byteAt(tables, tablesOffset + 256L * j + code);
                }
                mask |= sum <= threshold ? 1L << slot : 0;
            }
            masks[i] = mask;
        }
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
        scan4(
                tables,
                tablesOffset,
                tablesStride,
                lines,
                threshold,
                blocks,
                blocksOffset,
                count,
                masks,
                0);
    }

    private static void scan4(
            MemorySegment tables,
            long tablesOffset,
            long tablesStride,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blocksOffset,
            int count,
            long[] masks,
            int to) {
        long block = blocksOffset;
        for (int i = 0; i < count; i++, block += (long) lines * LINE) {
            long mask = 0;
            for (int slot = 0; slot < BLOCK; slot++) {
                int sum = 0;
                for (int j = 0; j < lines; j++) {
                    int pair = byteAt(blocks, block + (long) j * LINE + slot);
                    long table = tablesOffset + j * tablesStride;
                    sum += byteAt(tables, table + (pair & 15));
                    sum += byteAt(tables, table + LINE + (pair >>> 4));
                }
                mask |= sum <= threshold ? 1L << slot : 0;
            }
            masks[to + i] = mask;
        }
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
        for (int q = 0; q < GROUP; q++) {
            scan4(
                    tables,
                    tablesOffset + 2L * LINE * q,
                    2L * LINE * GROUP,
                    lines,
                    thresholds[q],
                    blocks,
                    blocksOffset,
                    count,
                    masks,
                    q * count);
        }
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
            long mask = 0;
            for (int slot = 0; slot < BLOCK; slot++) {
                int sum = sum6(tables, tablesOffset, lines, blocks, block + slot);
                mask |= sum <= threshold ? 1L << slot : 0;
            }
            masks[i] = mask;
        }
    }

    private static int sum6(
            MemorySegment tables, long offset, int lines, MemorySegment blocks, long first) {
        int sum = 0;
        long table = offset;
        long at = first;
        for (int j = 0; j < lines; j += 3, at += 3 * LINE, table += 4 * LINE) {
            int a = byteAt(blocks, at);
            int b = byteAt(blocks, at + LINE);
            int c = byteAt(blocks, at + 2 * LINE);
            int d = (a >>> 6) | ((b >>> 6) << 2) | ((c >>> 6) << 4);
            sum += byteAt(tables, table + (a & 63));
            sum += byteAt(tables, table + LINE + (b & 63));
            sum += byteAt(tables, table + 2 * LINE + (c & 63));
            sum += byteAt(tables, table + 3 * LINE + d);
        }
        return sum;
    }

    private static int byteAt(MemorySegment segment, long offset) {
        return segment.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
    }
}
