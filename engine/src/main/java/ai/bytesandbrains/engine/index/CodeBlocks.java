package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.memory.SlotTable;
import ai.bytesandbrains.engine.simd.CodeLayout;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Codes in the block form that scans read, addressed by the slots of a [SlotTable]: the codes of a
/// block of slots lie transposed in one block of [CodeLayout].
///
/// Blocks live in chunks of a power of two of blocks that never move. Who writes and who reads
/// beside the writer keeps to what [SlotTable] says.
final class CodeBlocks implements AutoCloseable {
    private static final long CHUNK_BYTES = 1 << 20;

    private final Arena arena = Arena.ofShared();
    private final CodeLayout layout;
    private final int chunkShift;

    /// Replaced when it has to grow, so that a reader sees filled arrays only.
    private volatile MemorySegment[] chunks = new MemorySegment[4];

    private int chunkCount;

    CodeBlocks(CodeLayout layout) {
        this.layout = layout;
        this.chunkShift = chunkShift(layout);
    }

    private static int chunkShift(CodeLayout layout) {
        return Long.SIZE
                - 1
                - Long.numberOfLeadingZeros(Math.max(1, CHUNK_BYTES / layout.blockBytes()));
    }

    static long bytesFor(CodeLayout layout, long entries) {
        long perChunk = (long) SlotTable.BLOCK << chunkShift(layout);
        return (entries + perChunk - 1) / perChunk * (layout.blockBytes() << chunkShift(layout));
    }

    CodeLayout layout() {
        return layout;
    }

    long bytes() {
        return chunkCount * (layout.blockBytes() << chunkShift);
    }

    /// Blocks of a chunk, a power of two.
    int blocksInChunk() {
        return 1 << chunkShift;
    }

    /// Makes room for `slots` slots.
    void reserve(int slots) {
        int blocks = SlotTable.blocks(slots);
        while ((long) chunkCount << chunkShift < blocks) {
            MemorySegment chunk =
                    arena.allocate(layout.blockBytes() << chunkShift, RowStore.ALIGNMENT);
            MemorySegment[] all = chunks;
            if (chunkCount == all.length) {
                all = Arrays.copyOf(all, 2 * chunkCount);
            }
            all[chunkCount++] = chunk;
            chunks = all;
        }
    }

    MemorySegment segmentOf(int block) {
        return chunks[block >>> chunkShift];
    }

    long offsetOf(int block) {
        return (block & ((1 << chunkShift) - 1)) * layout.blockBytes();
    }

    /// Stores a row-wise code under a slot.
    void store(MemorySegment code, long offset, int slot) {
        int block = slot / SlotTable.BLOCK;
        layout.store(code, offset, segmentOf(block), offsetOf(block), slot % SlotTable.BLOCK);
    }

    /// Copies the code of a slot out, row-wise.
    void load(int slot, MemorySegment code, long offset) {
        int block = slot / SlotTable.BLOCK;
        layout.load(segmentOf(block), offsetOf(block), slot % SlotTable.BLOCK, code, offset);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
