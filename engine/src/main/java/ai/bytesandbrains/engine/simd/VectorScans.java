package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The code scans on the Vector API, block by block: look-ups are byte permutations of tables in
/// registers. [VectorLines] says what the scans of 4, 6 and 8 bits have in common.
final class VectorScans implements ScanKernels {
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
        for (int i = 0; i < count; i++, block += (long) lines * VectorLines.LINE) {
            masks[i] = VectorScan8.scan(tables, tablesOffset, lines, threshold, blocks, block);
        }
        VectorLines.interleave(masks, count);
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
        for (int i = 0; i < count; i++, block += (long) lines * VectorLines.LINE) {
            masks[i] =
                    VectorScan4.scan(
                            tables, tablesOffset, tablesStride, lines, threshold, blocks, block);
        }
        VectorLines.interleave(masks, count);
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
        for (int i = 0; i < count; i++, block += (long) lines * VectorLines.LINE) {
            VectorScan4.scan(
                    tables, tablesOffset, lines, thresholds, blocks, block, masks, i, count);
        }
        VectorLines.interleave(masks, GROUP * count);
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
        for (int i = 0; i < count; i++, block += (long) lines * VectorLines.LINE) {
            masks[i] = VectorScan6.scan(tables, tablesOffset, lines, threshold, blocks, block);
        }
        VectorLines.interleave(masks, count);
    }
}
