package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Delegates each scan to what serves it now, see [KernelFamily].
final class SwitchedScans implements ScanKernels {
    private static final int SCAN_8 = 0;
    private static final int SCAN_4 = 1;
    private static final int SCAN_6 = 2;
    private static final int SCAN_4_GROUP = 3;

    /// In the order of the numbers above. Thresholds go from nothing to everything.
    static final List<KernelCase<ScanKernels>> CASES =
            List.of(
                    new KernelCase<>(
                            "scan8",
                            (k, m) -> scan8(k, m, 1 + m.turn % 7, threshold(m), 3),
                            (k, m) -> scan8(k, m, 16, 1_500, 16)),
                    new KernelCase<>(
                            "scan4",
                            (k, m) -> scan4(k, m, 1 + m.turn % 7, threshold(m), 3),
                            (k, m) -> scan4(k, m, 16, 1_500, 16)),
                    new KernelCase<>(
                            "scan6",
                            (k, m) -> scan6(k, m, 3 * (1 + m.turn % 4), threshold(m), 3),
                            (k, m) -> scan6(k, m, 12, 1_500, 16)),
                    new KernelCase<>(
                            "scan4Group",
                            (k, m) -> scan4Group(k, m, 1 + m.turn % 7, 3),
                            (k, m) -> scan4Group(k, m, 16, 16)));

    private final ScanKernels[] serving;

    SwitchedScans(ScanKernels[] serving) {
        this.serving = serving;
    }

    private static int threshold(WarmUpMemory m) {
        return m.turn * 17 - 1;
    }

    private static void scan8(ScanKernels k, WarmUpMemory m, int lines, int most, int blocks) {
        k.scan8(m.bytes, 0, lines, most, m.bytes, 0, blocks, m.longArray);
    }

    private static void scan4(ScanKernels k, WarmUpMemory m, int lines, int most, int blocks) {
        k.scan4(m.bytes, 0, 128, lines, most, m.bytes, 0, blocks, m.longArray);
    }

    private static void scan6(ScanKernels k, WarmUpMemory m, int lines, int most, int blocks) {
        k.scan6(m.bytes, 0, lines, most, m.bytes, 0, blocks, m.longArray);
    }

    /// With whatever thresholds there are.
    private static void scan4Group(ScanKernels k, WarmUpMemory m, int lines, int blocks) {
        k.scan4Group(m.bytes, 0, lines, m.intArray, m.bytes, 0, blocks, m.longArray);
    }

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
        serving[SCAN_8].scan8(
                tables, tablesOffset, lines, threshold, blocks, blocksOffset, count, masks);
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
        serving[SCAN_4].scan4(
                tables,
                tablesOffset,
                tablesStride,
                lines,
                threshold,
                blocks,
                blocksOffset,
                count,
                masks);
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
        serving[SCAN_4_GROUP].scan4Group(
                tables, tablesOffset, lines, thresholds, blocks, blocksOffset, count, masks);
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
        serving[SCAN_6].scan6(
                tables, tablesOffset, lines, threshold, blocks, blocksOffset, count, masks);
    }
}
