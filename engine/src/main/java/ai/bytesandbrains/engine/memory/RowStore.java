package ai.bytesandbrains.engine.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/// Off-heap rows of one fixed stride, addressed by `int` slots.
///
/// **Layout.** Rows live in chunks; a chunk holds a power of two of rows, starts on a 64-byte
/// boundary and never moves, so growing adds a chunk and copies nothing. Slots of one chunk are
/// contiguous, which lets a kernel run over [#runLength] rows from one `(segment, offset)`. Stores
/// of floats pad each row to a multiple of 64 bytes; a row is all zeros when [#allocate] hands it
/// out, so kernels read the padding and need no tails.
///
/// **Slots** are administered by a [SlotTable], which also keeps one 64-bit tag for each (an index
/// keeps the external id there). A store has a table of its own, or shares one with other stores;
/// then whoever administers the slots calls [#reserve] before writing a row.
///
/// **Lifetime.** The store owns a shared arena; whoever created the store closes it. After that
/// every access, also through a segment obtained earlier, throws [IllegalStateException]. A shared
/// table is closed by whoever created that.
///
/// **Threads.** One writer; any number of readers beside it if rows are written as [SlotTable] says
/// and read as it says. [#allocate] and its like are for one thread alone.
///
/// **Allocation.** None on the Java heap but when a chunk is added; [#reserve] does that ahead.
public final class RowStore implements AutoCloseable {
    /// Alignment of chunks, and of the rows of float stores, in bytes.
    public static final int ALIGNMENT = 64;

    /// The number of floats that a float row is padded to a multiple of.
    public static final int FLOAT_PADDING = ALIGNMENT / Float.BYTES;

    private static final long CHUNK_BYTES = 1 << 20;
    private static final int MIN_ROWS_PER_CHUNK = SlotTable.BLOCK;

    private final Arena arena = Arena.ofShared();
    private final long rowStride;
    private final int chunkShift;
    private final int slotMask;
    private final MemorySegment zeroRow;
    private final SlotTable slots;
    private final boolean ownSlots;

    /// Replaced when it has to grow, so that a reader sees filled arrays only.
    private volatile MemorySegment[] chunks = new MemorySegment[4];

    private int chunkCount;

    private RowStore(long rowStride, int rowsPerChunk, SlotTable slots, boolean ownSlots) {
        this.rowStride = rowStride;
        this.slots = slots;
        this.ownSlots = ownSlots;
        this.chunkShift = Integer.numberOfTrailingZeros(rowsPerChunk);
        this.slotMask = rowsPerChunk - 1;
        this.zeroRow = arena.allocate(rowStride, ALIGNMENT);
    }

    /// A store for vectors of `dimensions` floats, each row padded with zeros to [#FLOAT_PADDING]
    /// floats.
    ///
    /// @param dimensions floats in a row, at least 1
    /// @return an empty store that the caller closes
    /// @throws IllegalArgumentException if `dimensions` is not positive
    public static RowStore ofFloats(int dimensions) {
        return ofBytes(paddedFloats(dimensions) * Float.BYTES);
    }

    /// A store for opaque rows of exactly `rowBytes` bytes, packed without padding: the form for
    /// codes, where every padding byte would be read from memory for nothing.
    ///
    /// @param rowBytes bytes in a row, at least 1
    /// @return an empty store that the caller closes
    /// @throws IllegalArgumentException if `rowBytes` is not positive
    public static RowStore ofBytes(int rowBytes) {
        checkRowBytes(rowBytes);
        return new RowStore(rowBytes, rowsPerChunk(rowBytes), new SlotTable(), true);
    }

    /// A store for rows of exactly `rowBytes` bytes under the slots of a table that others
    /// administer.
    ///
    /// @param rowBytes bytes in a row, at least 1
    /// @param slots the table; stays open when the store is closed
    /// @return an empty store that the caller closes
    /// @throws IllegalArgumentException if `rowBytes` is not positive
    public static RowStore ofBytes(int rowBytes, SlotTable slots) {
        checkRowBytes(rowBytes);
        Objects.requireNonNull(slots, "slots");
        return new RowStore(rowBytes, rowsPerChunk(rowBytes), slots, false);
    }

    /// A store of one block: [SlotTable#BLOCK] zeroed rows, all handed out, in one chunk. A reader
    /// copies rows there that are written under its eyes.
    ///
    /// @param rowBytes bytes in a row, at least 1
    /// @return a full store that the caller closes
    /// @throws IllegalArgumentException if `rowBytes` is not positive
    public static RowStore ofOneBlock(int rowBytes) {
        checkRowBytes(rowBytes);
        RowStore block = new RowStore(rowBytes, SlotTable.BLOCK, new SlotTable(), true);
        for (int i = 0; i < SlotTable.BLOCK; i++) {
            block.allocate();
        }
        return block;
    }

    private static void checkRowBytes(int rowBytes) {
        if (rowBytes <= 0) {
            throw new IllegalArgumentException("rowBytes=" + rowBytes + " must be positive");
        }
    }

    /// {@return `dimensions` rounded up to the next multiple of [#FLOAT_PADDING]}
    ///
    /// @param dimensions floats in a vector, at least 1
    /// @throws IllegalArgumentException if `dimensions` is not positive or above 2^24
    public static int paddedFloats(int dimensions) {
        if (dimensions <= 0 || dimensions > 1 << 24) {
            throw new IllegalArgumentException(
                    "dimensions=" + dimensions + " must be between 1 and " + (1 << 24));
        }
        return (dimensions + FLOAT_PADDING - 1) & -FLOAT_PADDING;
    }

    private static int rowsPerChunk(long rowStride) {
        long rows = Long.highestOneBit(Math.max(1, CHUNK_BYTES / rowStride));
        return (int) Math.max(rows, MIN_ROWS_PER_CHUNK);
    }

    /// {@return off-heap bytes that a store for `rows` rows of `rowBytes` bytes holds, the slot
    /// table not counted}
    ///
    /// @param rowBytes bytes in a row, at least 1
    /// @param rows number of rows
    /// @throws IllegalArgumentException if `rowBytes` is not positive, or `rows` negative or above
    ///     2^31 - 1
    public static long bytesFor(int rowBytes, long rows) {
        checkRowBytes(rowBytes);
        if (rows < 0 || rows > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "rows=" + rows + " must be between 0 and " + Integer.MAX_VALUE);
        }
        long perChunk = rowsPerChunk(rowBytes);
        return (rows + perChunk - 1) / perChunk * perChunk * rowBytes + rowBytes;
    }

    /// {@return bytes from one row to the next inside a chunk}
    public long rowStride() {
        return rowStride;
    }

    /// {@return rows in a chunk, a power of two}
    public int rowsPerChunk() {
        return slotMask + 1;
    }

    /// {@return the table that administers the slots}
    public SlotTable slots() {
        return slots;
    }

    /// {@return number of slots that are handed out now}
    public int liveCount() {
        return slots.liveCount();
    }

    /// {@return one more than the highest slot handed out since the store was made or cleared; the
    /// bound of a scan}
    public int slotLimit() {
        return slots.limit();
    }

    /// {@return whether `slot` is handed out; false for any number that is not a slot}
    ///
    /// @param slot any number
    public boolean isLive(int slot) {
        return slots.isLive(slot);
    }

    /// Hands out the lowest free slot, its row zeroed and its tag 0.
    ///
    /// @return the slot
    /// @throws IllegalStateException if the store is closed, or 2^31 slots are in use
    public int allocate() {
        ensureOpen();
        int slot = slots.next();
        slots.reserve(slot + 1);
        reserve(slot + 1);
        slots.beginWrite(slot);
        MemorySegment.copy(zeroRow, 0, segmentOf(slot), offsetOf(slot), rowStride);
        slots.commit(slot, 0);
        return slot;
    }

    /// Gives a slot back; its row keeps its bytes until it is handed out again.
    ///
    /// @param slot the slot
    /// @throws IllegalArgumentException if the slot is not handed out
    /// @throws IllegalStateException if the store is closed
    public void free(int slot) {
        ensureOpen();
        slots.free(slot);
    }

    /// Gives all slots back and keeps the memory.
    ///
    /// @throws IllegalStateException if the store is closed
    public void clear() {
        ensureOpen();
        slots.clear();
    }

    /// Adds chunks until `rows` rows fit without further allocation.
    ///
    /// @param rows how many rows are to fit in all
    /// @throws IllegalArgumentException if `rows` is negative
    /// @throws IllegalStateException if the store is closed
    public void reserve(int rows) {
        if (rows < 0) {
            throw new IllegalArgumentException("rows=" + rows + " must not be negative");
        }
        while ((long) chunkCount << chunkShift < rows) {
            addChunk();
        }
    }

    /// {@return the chunk that holds `slot`; valid until the store is closed, shared with all slots
    /// of the chunk, to be used with [#offsetOf]}
    ///
    /// @param slot a slot that there is memory for
    /// @throws IndexOutOfBoundsException if there is no memory for `slot`
    public MemorySegment segmentOf(int slot) {
        MemorySegment[] all = chunks;
        MemorySegment chunk = all[Objects.checkIndex(slot >>> chunkShift, all.length)];
        if (chunk == null) {
            throw new IndexOutOfBoundsException("slot=" + slot + " was never handed out");
        }
        return chunk;
    }

    /// {@return byte offset of the row of `slot` in its chunk}
    ///
    /// @param slot the slot
    public long offsetOf(int slot) {
        return (slot & slotMask) * rowStride;
    }

    /// {@return how many slots from `slot` on, `slot` included, lie behind each other in one chunk
    /// and below the highest limit there ever was; 0 at that limit}
    ///
    /// @param slot the slot
    public int runLength(int slot) {
        return Math.min(slots.highWater() - slot, slotMask + 1 - (slot & slotMask));
    }

    /// {@return the owner's 64-bit tag of `slot`}
    ///
    /// @param slot the slot
    /// @throws IndexOutOfBoundsException if `slot` was never handed out
    public long tagOf(int slot) {
        return slots.idAt(slot);
    }

    /// Sets the owner's 64-bit tag of `slot`.
    ///
    /// @param slot a slot that is handed out
    /// @param tag any value
    /// @throws IndexOutOfBoundsException if `slot` is not below [#slotLimit]
    public void setTag(int slot, long tag) {
        slots.setId(slot, tag);
    }

    /// {@return off-heap bytes that the rows hold now, used or not; the slot table not counted}
    public long bytes() {
        return ((long) chunkCount << chunkShift) * rowStride + rowStride;
    }

    /// Frees all memory at once. Closing twice is allowed.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        if (ownSlots) {
            slots.close();
        }
    }

    private void addChunk() {
        ensureOpen();
        long rows = slotMask + 1L;
        if ((chunkCount + 1) * rows > Integer.MAX_VALUE) {
            throw new IllegalStateException(
                    "rows=" + (chunkCount + 1) * rows + " is more than int slots can name");
        }
        MemorySegment chunk = arena.allocate(rows * rowStride, ALIGNMENT);
        MemorySegment[] all = chunks;
        if (chunkCount == all.length) {
            all = Arrays.copyOf(all, 2 * chunkCount);
        }
        all[chunkCount++] = chunk;
        chunks = all;
    }

    private void ensureOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the row store is closed");
        }
    }
}
