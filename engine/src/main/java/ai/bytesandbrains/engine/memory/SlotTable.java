package ai.bytesandbrains.engine.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;

/// Who lives in which slot: live bits, 64-bit ids and the free list of a table of `int` slots, for
/// one writer and any number of readers.
///
/// The table knows nothing of what is stored under a slot: row stores and code stores keep that in
/// memory of their own, addressed by the same slots, and one table can stand for several of them.
///
/// **Blocks.** 64 slots are a block. A block has a live word (one bit a slot) and a sequence word
/// that is odd while the writer changes something in the block and grows by two with each change.
///
/// **Writer.** [#next] names the lowest free slot, so a table that shrinks and grows again stays
/// dense; [#beginWrite], then the contents of the slot, then [#commit]. A slot keeps its place
/// until [#free].
///
/// **Readers** take [#limit] once and read no slot at or above it. For a run of blocks they take
/// [#noteSequences], read contents, ids and live words, and believe what they read if [#unchanged]
/// says so; a block that was written meanwhile is read again. Slots that were never published
/// before are written without touching the sequence word: appending does not disturb readers. This
/// is a sequence lock as in Boehm, "Can Seqlocks Get Along with Programming Language Memory
/// Models?", MSPC 2012.
///
/// **Lifetime.** Whoever created the table closes it; after that every access throws
/// [IllegalStateException]. **Allocation.** None on the Java heap but when a page is added.
public final class SlotTable implements AutoCloseable {
    /// Slots of a block.
    public static final int BLOCK = Long.SIZE;

    private static final int BLOCK_SHIFT = 6;
    private static final int PAGE_SHIFT = 12;
    private static final int PAGE_SLOTS = 1 << PAGE_SHIFT;
    private static final int PAGE_BLOCKS_SHIFT = PAGE_SHIFT - BLOCK_SHIFT;
    private static final int PAGE_BLOCKS = 1 << PAGE_BLOCKS_SHIFT;

    /// A page: for each block its sequence and its live word, then the ids of all slots.
    private static final long BLOCK_HEADER_BYTES = 2L * Long.BYTES;

    private static final long IDS_OFFSET = PAGE_BLOCKS * BLOCK_HEADER_BYTES;
    private static final long PAGE_BYTES = IDS_OFFSET + (long) PAGE_SLOTS * Long.BYTES;
    private static final int MAX_SLOTS = Integer.MAX_VALUE - PAGE_SLOTS;

    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final Arena arena = Arena.ofShared();

    /// Replaced when it has to grow, so that a reader sees filled arrays only.
    private volatile MemorySegment[] pages = new MemorySegment[2];

    private int pageCount;

    /// Volatile for readers; only the writer writes.
    private volatile int limit;

    private volatile int liveCount;
    private volatile long frees;

    /// The highest limit that was ever published: slots below it may be under a reader's eyes.
    private volatile int highWater;

    /// No live word of a block below this one has a free slot under `limit`.
    private int firstFreeBlock;

    /// An empty table.
    public SlotTable() {}

    /// {@return blocks that hold `slots` slots}
    ///
    /// @param slots number of slots, not negative
    public static int blocks(int slots) {
        return (slots + BLOCK - 1) >>> BLOCK_SHIFT;
    }

    /// {@return off-heap bytes of a table of `slots` slots}
    ///
    /// @param slots number of slots
    /// @throws IllegalArgumentException if it is negative or above 2^32
    public static long bytesFor(long slots) {
        if (slots < 0 || slots > 1L << Integer.SIZE) {
            throw new IllegalArgumentException("slots=" + slots + " must be between 0 and 2^32");
        }
        return (slots + PAGE_SLOTS - 1) / PAGE_SLOTS * PAGE_BYTES;
    }

    /// {@return off-heap bytes that the table holds now, used or not}
    public long bytes() {
        return pageCount * PAGE_BYTES;
    }

    /// {@return number of live slots; for any thread}
    public int liveCount() {
        return liveCount;
    }

    /// {@return one more than the highest slot in use since the table was made or cleared; for any
    /// thread, and whoever reads it sees the contents of all slots below it}
    public int limit() {
        return limit;
    }

    /// {@return the highest limit there ever was; for any thread}
    public int highWater() {
        return highWater;
    }

    /// {@return how many slots were freed so far: while it stands still no id can have moved to
    /// another slot; for any thread}
    public long frees() {
        return frees;
    }

    // ---- the writer's side

    /// {@return the slot to be used next: the lowest free one}
    public int next() {
        int end = limit;
        if (liveCount == end) {
            return end;
        }
        int block = firstFreeBlock;
        while (liveWord(block) == -1L) {
            block++;
        }
        firstFreeBlock = block;
        return Math.min((block << BLOCK_SHIFT) + Long.numberOfTrailingZeros(~liveWord(block)), end);
    }

    /// Adds pages until `slots` slots fit without further allocation.
    ///
    /// @param slots how many slots are to fit in all
    /// @throws IllegalArgumentException if `slots` is negative or so many cannot be named
    /// @throws IllegalStateException if the table is closed
    public void reserve(int slots) {
        ensureOpen();
        checkSlots(slots);
        while (pageCount << PAGE_SHIFT < slots) {
            MemorySegment page = arena.allocate(PAGE_BYTES, RowStore.ALIGNMENT);
            MemorySegment[] all = pages;
            if (pageCount == all.length) {
                all = Arrays.copyOf(all, 2 * pageCount);
            }
            all[pageCount++] = page;
            pages = all;
        }
    }

    private static void checkSlots(int slots) {
        if (slots < 0 || slots > MAX_SLOTS) {
            throw new IllegalArgumentException(
                    "slots=" + slots + " must be between 0 and " + MAX_SLOTS);
        }
    }

    /// Announces that the contents of a slot are about to change. The caller writes them and then
    /// calls [#commit].
    ///
    /// @param slot a live slot, or [#next] after [#reserve]
    /// @throws IndexOutOfBoundsException if there is no memory for the slot
    public void beginWrite(int slot) {
        Objects.checkIndex(slot, pageCount << PAGE_SHIFT);
        if (slot < highWater) {
            MemorySegment page = page(slot);
            long at = headerOffset(slot >>> BLOCK_SHIFT);
            WORD.setOpaque(page, at, (long) WORD.get(page, at) + 1);
            VarHandle.storeStoreFence();
        }
    }

    /// Ends what [#beginWrite] began: the slot is live and belongs to `id`.
    ///
    /// @param slot the slot
    /// @param id whom it belongs to
    /// @throws IndexOutOfBoundsException if there is no memory for the slot
    public void commit(int slot, long id) {
        Objects.checkIndex(slot, pageCount << PAGE_SHIFT);
        MemorySegment page = page(slot);
        WORD.set(page, idOffset(slot), id);
        long at = headerOffset(slot >>> BLOCK_SHIFT);
        long before = (long) WORD.get(page, at + Long.BYTES);
        WORD.setRelease(page, at + Long.BYTES, before | 1L << slot);
        if ((before & 1L << slot) == 0) {
            setLiveCount(liveCount + 1);
        }
        if (slot < highWater) {
            WORD.setRelease(page, at, (long) WORD.get(page, at) + 1);
        }
        if (slot >= limit) {
            if (slot >= highWater) {
                highWater = slot + 1;
            }
            limit = slot + 1;
        }
    }

    /// Gives a slot back; its contents stay until it is used again.
    ///
    /// @param slot the slot
    /// @throws IllegalArgumentException if the slot is not live
    /// @throws IllegalStateException if the table is closed
    public void free(int slot) {
        ensureOpen();
        if (!isLive(slot)) {
            throw new IllegalArgumentException("slot=" + slot + " is not in use");
        }
        beginWrite(slot);
        MemorySegment page = page(slot);
        long at = headerOffset(slot >>> BLOCK_SHIFT);
        WORD.setOpaque(
                page, at + Long.BYTES, (long) WORD.get(page, at + Long.BYTES) & ~(1L << slot));
        setFrees(frees + 1);
        WORD.setRelease(page, at, (long) WORD.get(page, at) + 1);
        setLiveCount(liveCount - 1);
        firstFreeBlock = Math.min(firstFreeBlock, slot >>> BLOCK_SHIFT);
    }

    /// Changes the id of a live slot.
    ///
    /// @param slot the slot
    /// @param id whom it belongs to from now on
    /// @throws IndexOutOfBoundsException if `slot` is not below [#limit]
    public void setId(int slot, long id) {
        Objects.checkIndex(slot, limit);
        beginWrite(slot);
        commit(slot, id);
    }

    /// Gives all slots back and keeps the memory.
    ///
    /// @throws IllegalStateException if the table is closed
    public void clear() {
        ensureOpen();
        limit = 0;
        setFrees(frees + 1);
        int blocks = blocks(highWater);
        for (int block = 0; block < blocks; block++) {
            MemorySegment page = pages[block >>> PAGE_BLOCKS_SHIFT];
            long at = headerOffset(block);
            long sequence = (long) WORD.get(page, at);
            WORD.setOpaque(page, at, sequence + 1);
            VarHandle.storeStoreFence();
            WORD.setOpaque(page, at + Long.BYTES, 0L);
            WORD.setRelease(page, at, sequence + 2);
        }
        setLiveCount(0);
        firstFreeBlock = 0;
    }

    // ---- for readers as well

    /// {@return whether `slot` is live; false for any number that is not a slot}
    ///
    /// @param slot any number
    public boolean isLive(int slot) {
        return slot >= 0 && slot < limit && (liveWord(slot >>> BLOCK_SHIFT) & (1L << slot)) != 0;
    }

    /// {@return the id of a slot}
    ///
    /// @param slot the slot
    /// @throws IndexOutOfBoundsException if `slot` is not below [#highWater]
    public long idAt(int slot) {
        Objects.checkIndex(slot, highWater);
        return (long) WORD.getOpaque(page(slot), idOffset(slot));
    }

    /// {@return one bit for each slot of a block, set if it is live}
    ///
    /// @param block the block, one that holds a slot below [#highWater]
    public long liveWord(int block) {
        return (long)
                WORD.getAcquire(
                        pages[block >>> PAGE_BLOCKS_SHIFT], headerOffset(block) + Long.BYTES);
    }

    /// {@return the live word of a block without the slots from `limit` on}
    ///
    /// @param block the block
    /// @param limit a limit that [#limit] has returned
    public long liveWord(int block, int limit) {
        int room = limit - (block << BLOCK_SHIFT);
        if (room <= 0) {
            return 0;
        }
        long live = liveWord(block);
        return room >= BLOCK ? live : live & ~(-1L << room);
    }

    /// {@return the sequence word of a block, odd while the block is written}
    ///
    /// @param block the block
    public long sequence(int block) {
        return (long) WORD.getAcquire(pages[block >>> PAGE_BLOCKS_SHIFT], headerOffset(block));
    }

    /// Takes down the sequence words of `count` blocks before their contents are read.
    ///
    /// @param first the first block
    /// @param count number of blocks
    /// @param sequences receives the words from index 0
    public void noteSequences(int first, int count, long[] sequences) {
        MemorySegment[] all = pages;
        for (int done = 0; done < count; ) {
            int block = first + done;
            MemorySegment page = all[block >>> PAGE_BLOCKS_SHIFT];
            int end = Math.min(count, done + untilPageEnd(block));
            for (long at = headerOffset(block); done < end; done++, at += BLOCK_HEADER_BYTES) {
                sequences[done] = (long) WORD.getOpaque(page, at);
            }
        }
        VarHandle.acquireFence();
    }

    /// Reads the live words of `count` blocks as [#liveWord(int, int)] does one by one.
    ///
    /// @param first the first block
    /// @param count number of blocks
    /// @param limit a limit that [#limit] has returned
    /// @param words receives the words from index 0
    public void liveWords(int first, int count, int limit, long[] words) {
        MemorySegment[] all = pages;
        for (int done = 0; done < count; ) {
            int block = first + done;
            MemorySegment page = all[block >>> PAGE_BLOCKS_SHIFT];
            int end = Math.min(count, done + untilPageEnd(block));
            long at = headerOffset(block) + Long.BYTES;
            for (; done < end; done++, at += BLOCK_HEADER_BYTES) {
                words[done] = (long) WORD.getOpaque(page, at);
            }
        }
        VarHandle.acquireFence();
        for (int i = count - 1; i >= 0; i--) {
            int room = limit - ((first + i) << BLOCK_SHIFT);
            if (room >= BLOCK) {
                break;
            }
            words[i] = room <= 0 ? 0 : words[i] & ~(-1L << room);
        }
    }

    /// {@return whether a block is what it was when its sequence word was noted, so that everything
    /// read from it since is from one moment}
    ///
    /// @param block the block
    /// @param noted the word noted before
    public boolean unchanged(int block, long noted) {
        VarHandle.acquireFence();
        return (noted & 1) == 0 && sequence(block) == noted;
    }

    /// {@return whether `count` blocks are what they were when noted; see [#unchanged(int, long)]}
    ///
    /// @param first the first block
    /// @param count number of blocks
    /// @param sequences the words noted before, from index 0
    public boolean unchanged(int first, int count, long[] sequences) {
        VarHandle.acquireFence();
        MemorySegment[] all = pages;
        long difference = 0;
        for (int done = 0; done < count; ) {
            int block = first + done;
            MemorySegment page = all[block >>> PAGE_BLOCKS_SHIFT];
            int end = Math.min(count, done + untilPageEnd(block));
            for (long at = headerOffset(block); done < end; done++, at += BLOCK_HEADER_BYTES) {
                long noted = sequences[done];
                difference |= (noted & 1) | (noted ^ (long) WORD.getOpaque(page, at));
            }
        }
        return difference == 0;
    }

    /// Frees all memory. Closing twice is allowed.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /// Throws if the table is closed.
    ///
    /// @throws IllegalStateException if the table is closed
    public void ensureOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the slot table is closed");
        }
    }

    /// Only the writer writes these two, so a read and a write make a safe increment.
    private void setLiveCount(int count) {
        liveCount = count;
    }

    private void setFrees(long count) {
        frees = count;
    }

    private MemorySegment page(int slot) {
        return pages[slot >>> PAGE_SHIFT];
    }

    private static int untilPageEnd(int block) {
        return PAGE_BLOCKS - (block & (PAGE_BLOCKS - 1));
    }

    private static long headerOffset(int block) {
        return (block & (PAGE_BLOCKS - 1)) * BLOCK_HEADER_BYTES;
    }

    private static long idOffset(int slot) {
        return IDS_OFFSET + (long) (slot & (PAGE_SLOTS - 1)) * Long.BYTES;
    }
}
