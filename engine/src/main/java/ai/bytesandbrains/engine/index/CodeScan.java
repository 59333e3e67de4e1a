package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.memory.Pause;
import ai.bytesandbrains.engine.memory.SlotTable;
import ai.bytesandbrains.engine.simd.CodeLayout;
import ai.bytesandbrains.engine.simd.Kernels;
import ai.bytesandbrains.engine.simd.ScanKernels;
import ai.bytesandbrains.engine.simd.ScanTable;

import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/// The scan of one or several queries over all codes, beside a writer: each run of blocks is read
/// from memory once and scanned by every query while it is in the cache, and codes of 4 bits by
/// four queries at a time.
///
/// What was found in a run counts only if no block of it was written meanwhile; a block that was is
/// copied from one moment and measured again.
final class CodeScan {
    /// Queries that share a pass at most: the codes of a run and the tables of these fit into a
    /// second-level cache.
    static final int MAX_LANES = 16;

    private static final int MAX_BLOCKS = 32;
    private static final int FIRST_BLOCKS = 4;
    private static final ScanKernels KERNELS = Kernels.scans();
    private static final int GROUP = ScanKernels.GROUP;

    /// Fewer queries of a group are faster one after the other.
    private static final int FEW = 3;

    private final SlotTable slots;
    private final CodeBlocks blocks;
    private final ProductQuantizer quantizer;
    private final LongFunction<MemorySegment> memory;
    private final Runs runs;
    private final CodeLane[] lanes = new CodeLane[MAX_LANES];

    /// The byte tables of each group of lanes.
    private final MemorySegment[] tables = new MemorySegment[MAX_LANES / GROUP];

    private final int[] thresholds = new int[GROUP];
    private final long[] masks = new long[GROUP * MAX_BLOCKS];
    private final MemorySegment copy;
    private final long[] copiedIds = new long[SlotTable.BLOCK];
    private int fromLane;
    private int toLane;

    /// A scan whose working memory comes from `memory`, by the number of bytes.
    CodeScan(
            SlotTable slots,
            CodeBlocks blocks,
            ProductQuantizer quantizer,
            LongFunction<MemorySegment> memory) {
        this.slots = slots;
        this.blocks = blocks;
        this.quantizer = quantizer;
        this.memory = memory;
        this.runs = new Runs(slots, MAX_BLOCKS);
        this.copy = memory.apply(blocks.layout().blockBytes());
    }

    /// The lane of the `i`-th query of a pass.
    CodeLane lane(int i) {
        if (lanes[i] == null) {
            CodeLayout layout = blocks.layout();
            int group = i / GROUP;
            if (tables[group] == null) {
                tables[group] = memory.apply(GROUP * ScanTable.bytes(layout));
            }
            lanes[i] =
                    new CodeLane(
                            quantizer,
                            memory.apply(quantizer.adcTableBytes()),
                            ScanTable.inGroup(layout, tables[group], i % GROUP),
                            MAX_BLOCKS);
        }
        return lanes[i];
    }

    /// Scans all codes for the lanes from `from` to `to - 1`, which are prepared and know where to
    /// put what they find; of `wanted` entries each, if that is a number of nearest ones.
    void scan(RowFilter filter, int from, int to, int wanted) {
        fromLane = from;
        toLane = to;
        for (int lane = from; lane < to; lane++) {
            lanes[lane].start();
        }
        runs.start(filter);
        // Until there are enough to compare with every code is measured: no more than needed.
        int size = Math.min(MAX_BLOCKS, wanted / SlotTable.BLOCK + 1);
        boolean first = true;
        while (runs.next(blocks.blocksInChunk(), size)) {
            MemorySegment segment = blocks.segmentOf(runs.firstBlock());
            long offset = blocks.offsetOf(runs.firstBlock());
            scanRun(segment, offset);
            if (runs.unchanged()) {
                for (int lane = from; lane < to; lane++) {
                    lanes[lane].found().keep();
                }
            } else {
                mend();
            }
            size = first ? FIRST_BLOCKS : Math.min(2 * size, MAX_BLOCKS);
            first = false;
        }
    }

    /// Codes that the last scan looked at.
    long scanned() {
        return runs.scanned();
    }

    private void scanRun(MemorySegment segment, long offset) {
        boolean together = blocks.layout().bits() == 4;
        int first = fromLane;
        while (first < toLane) {
            int end = Math.min(toLane, first - first % GROUP + GROUP);
            if (together && first % GROUP == 0 && end - first >= FEW) {
                scanGroup(first, end, segment, offset);
            } else {
                for (int lane = first; lane < end; lane++) {
                    lanes[lane].scan(runs, segment, offset, masks);
                    lanes[lane].measure(runs, segment, offset, masks, 0);
                }
            }
            first = end;
        }
    }

    /// For lanes that are not there, nothing passes.
    private void scanGroup(int first, int end, MemorySegment segment, long offset) {
        for (int i = 0; i < GROUP; i++) {
            thresholds[i] = first + i < end ? lanes[first + i].threshold() : -1;
        }
        int count = runs.blocks();
        int lines = blocks.layout().linesPerBlock();
        KERNELS.scan4Group(
                tables[first / GROUP], 0, lines, thresholds, segment, offset, count, masks);
        for (int lane = first; lane < end; lane++) {
            lanes[lane].measure(runs, segment, offset, masks, (lane - first) * count);
        }
    }

    /// Keeps what is sound of the run and does the rest again, block by block.
    private void mend() {
        int changed = 0;
        for (int i = 0; i < runs.blocks(); i++) {
            if (!runs.unchanged(i)) {
                changed |= 1 << i;
            }
        }
        for (int lane = fromLane; lane < toLane; lane++) {
            lanes[lane].found().keepBut(runs.firstSlot(), changed);
        }
        for (int rest = changed; rest != 0; rest &= rest - 1) {
            again(Integer.numberOfTrailingZeros(rest));
        }
    }

    private void again(int i) {
        int block = runs.firstBlock() + i;
        int first = block * SlotTable.BLOCK;
        MemorySegment segment = blocks.segmentOf(block);
        long offset = blocks.offsetOf(block);
        while (true) {
            runs.look(i);
            for (long rest = runs.bits(i); rest != 0; rest &= rest - 1) {
                int j = Long.numberOfTrailingZeros(rest);
                copiedIds[j] = slots.idAt(first + j);
            }
            MemorySegment.copy(segment, offset, copy, 0, copy.byteSize());
            if (runs.unchanged(i)) {
                break;
            }
            Pause.briefly();
        }
        for (int lane = fromLane; lane < toLane; lane++) {
            lanes[lane].measureCopy(runs, first, runs.bits(i), copy, copiedIds);
        }
    }
}
