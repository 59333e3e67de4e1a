package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.Pause;
import ai.bytesandbrains.engine.memory.SlotTable;

/// The way of one reader through the slots: runs of neighbouring blocks that hold something the
/// filter may let pass, their bits, and the check that nobody wrote them meanwhile.
final class Runs {
    private final SlotTable slots;
    private final long[] sequences;
    private final long[] bits;

    private RowFilter filter = RowFilter.ALL;
    private SlotBitmap bitmap;

    /// Whether a slot whose bit is set passes without more ado.
    private boolean noQuestions = true;

    private int limit;
    private int blockLimit;
    private int nextBlock;
    private int firstBlock;
    private int blocks;
    private long scanned;

    /// Runs of up to `maxBlocks` blocks.
    Runs(SlotTable slots, int maxBlocks) {
        this.slots = slots;
        this.sequences = new long[maxBlocks];
        this.bits = new long[maxBlocks];
    }

    /// Begins a scan over all slots there are now.
    void start(RowFilter which) {
        startAt(which, 0, slots.limit());
    }

    /// Begins a scan over the slots from a block's first to `end`, a limit taken before.
    void startAt(RowFilter which, int block, int end) {
        filter = which;
        bitmap = which instanceof SlotBitmap map ? map : null;
        noQuestions = bitmap != null || which.equals(RowFilter.ALL);
        limit = end;
        blockLimit = SlotTable.blocks(end);
        nextBlock = block;
        scanned = 0;
    }

    /// Goes to the next run; false at the end.
    ///
    /// @param blocksInChunk a power of two that runs must not cross a multiple of
    /// @param maxBlocks blocks of a run at most
    boolean next(int blocksInChunk, int maxBlocks) {
        int block = nextBlock;
        while (block < blockLimit && wanted(block) == 0) {
            block++;
        }
        firstBlock = block;
        int end = Math.min(blockLimit, (block & -blocksInChunk) + blocksInChunk);
        end = Math.min(end, block + maxBlocks);
        int most = bitmap == null ? end - block : passedInARow(block, end);
        slots.noteSequences(block, most, sequences);
        slots.liveWords(block, most, limit, bits);
        int count = 0;
        while (count < most && passing(count) != 0) {
            scanned += Long.bitCount(bits[count]);
            count++;
        }
        blocks = count;
        nextBlock = block + count;
        // The last block of the scan can have been emptied between the two looks at it.
        return count > 0 || (block < blockLimit && next(blocksInChunk, maxBlocks));
    }

    /// Entries in the runs since the scan began: live, and not left out by a bitmap.
    long scanned() {
        return scanned;
    }

    int firstBlock() {
        return firstBlock;
    }

    /// Whether a block is part of the scan.
    boolean isWithin(int block) {
        return block < blockLimit;
    }

    int blocks() {
        return blocks;
    }

    int firstSlot() {
        return firstBlock * SlotTable.BLOCK;
    }

    /// Slots of the run; only the last block of a scan can be cut.
    int count() {
        return Math.min(blocks * SlotTable.BLOCK, limit - firstSlot());
    }

    /// The slots of block `i` of the run that are live and not left out by a bitmap.
    long bits(int i) {
        return bits[i];
    }

    boolean accepts(long id, int slot) {
        return noQuestions || filter.accepts(id, slot);
    }

    long idAt(int slot) {
        return slots.idAt(slot);
    }

    /// Whether nothing in the run was written since [#next].
    boolean unchanged() {
        return slots.unchanged(firstBlock, blocks, sequences);
    }

    /// Whether nothing in block `i` of the run was written since [#next].
    boolean unchanged(int i) {
        return slots.unchanged(firstBlock + i, sequences[i]);
    }

    /// Looks at block `i` again, and waits for that until nobody writes it.
    void look(int i) {
        int block = firstBlock + i;
        long sequence = slots.sequence(block);
        while ((sequence & 1) != 0) {
            Pause.briefly();
            sequence = slots.sequence(block);
        }
        sequences[i] = sequence;
        bits[i] = wanted(block);
    }

    /// How many blocks from `block` on the bitmap does not leave out altogether.
    private int passedInARow(int block, int end) {
        int to = block;
        while (to < end && bitmap.word(to) != 0) {
            to++;
        }
        return to - block;
    }

    /// Takes what the bitmap leaves out off the bits of block `i` of the run.
    private long passing(int i) {
        if (bitmap != null) {
            bits[i] &= bitmap.word(firstBlock + i);
        }
        return bits[i];
    }

    private long wanted(int block) {
        long live = slots.liveWord(block, limit);
        return bitmap == null ? live : live & bitmap.word(block);
    }
}
