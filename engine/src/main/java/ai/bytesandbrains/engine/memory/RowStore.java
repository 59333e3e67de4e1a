package ai.bytesandbrains.engine.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;

/// Off-heap rows of one fixed stride, addressed by `int` slots.
///
/// **Layout.** Rows live in chunks; a chunk holds a power of two of rows, starts on a 64-byte
/// boundary and never moves, so growing adds a chunk and copies nothing. Slots of one chunk are
/// contiguous, which lets a kernel run over [#runLength] rows from one `(segment, offset)`. Stores
/// of floats pad each row to a multiple of 64 bytes; a row is all zeros when it is handed out, so
/// kernels read the padding and need no tails. Beside each row stands one 64-bit tag for the owner
/// of the store (an index keeps the external id there).
///
/// **Slots.** [#allocate] hands out the lowest free slot, so a store that shrinks and grows again
/// stays dense. A freed slot keeps its bytes until it is handed out again: whoever scans runs of
/// slots asks [#isLive] before trusting one.
///
/// **Lifetime.** The store owns a shared arena; whoever created the store closes it. After that
/// every access, also through a segment obtained earlier, throws [IllegalStateException].
///
/// **Threads.** One thread at a time. The thread may change, if the change is ordered.
///
/// **Allocation.** None on the Java heap but when a chunk is added; [#reserve] does that ahead.
public final class RowStore implements AutoCloseable {
    /// Alignment of chunks, and of the rows of float stores, in bytes.
    public static final int ALIGNMENT = 64;

    /// The number of floats that a float row is padded to a multiple of.
    public static final int FLOAT_PADDING = ALIGNMENT / Float.BYTES;

    private static final long CHUNK_BYTES = 1 << 20;
    private static final int MIN_ROWS_PER_CHUNK = Long.SIZE;

    private final Arena arena = Arena.ofShared();
    private final long rowStride;
    private final int chunkShift;
    private final int slotMask;
    private final MemorySegment zeroRow;

    private MemorySegment[] chunks = new MemorySegment[4];
    private MemorySegment[] tags = new MemorySegment[4];
    private int chunkCount;

    /// One bit a slot, set while the slot is handed out.
    private long[] live = new long[MIN_ROWS_PER_CHUNK];

    private int slotLimit;
    private int liveCount;

    /// No word of `live` below this one has a free slot under `slotLimit`.
    private int firstFreeWord;

    private RowStore(long rowStride, int rowsPerChunk) {
        this.rowStride = rowStride;
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
        return of((long) paddedFloats(dimensions) * Float.BYTES);
    }

    /// A store for opaque rows of exactly `rowBytes` bytes, packed without padding: the form for
    /// codes, where every padding byte would be read from memory for nothing.
    ///
    /// @param rowBytes bytes in a row, at least 1
    /// @return an empty store that the caller closes
    /// @throws IllegalArgumentException if `rowBytes` is not positive
    public static RowStore ofBytes(int rowBytes) {
        if (rowBytes <= 0) {
            throw new IllegalArgumentException("rowBytes=" + rowBytes + " must be positive");
        }
        return of(rowBytes);
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

    private static RowStore of(long rowStride) {
        long rows = Long.highestOneBit(Math.max(1, CHUNK_BYTES / rowStride));
        return new RowStore(rowStride, (int) Math.max(rows, MIN_ROWS_PER_CHUNK));
    }

    /// {@return bytes from one row to the next inside a chunk}
    public long rowStride() {
        return rowStride;
    }

    /// {@return rows in a chunk, a power of two}
    public int rowsPerChunk() {
        return slotMask + 1;
    }

    /// {@return number of slots that are handed out now}
    public int liveCount() {
        return liveCount;
    }

    /// {@return one more than the highest slot handed out since the store was made or cleared; the
    /// bound of a scan}
    public int slotLimit() {
        return slotLimit;
    }

    /// {@return whether `slot` is handed out; false for any number that is not a slot}
    ///
    /// @param slot any number
    public boolean isLive(int slot) {
        return slot >= 0 && slot < slotLimit && (live[slot >>> 6] & (1L << slot)) != 0;
    }

    /// Hands out the lowest free slot, its row zeroed and its tag 0.
    ///
    /// @return the slot
    /// @throws IllegalStateException if the store is closed, or 2^31 slots are in use
    public int allocate() {
        ensureOpen();
        int slot = liveCount == slotLimit ? slotLimit : lowestFreeSlot();
        if (slot == slotLimit) {
            if (slot >>> chunkShift == chunkCount) {
                addChunk();
            }
            slotLimit++;
        }
        live[slot >>> 6] |= 1L << slot;
        liveCount++;
        MemorySegment.copy(zeroRow, 0, segmentOf(slot), offsetOf(slot), rowStride);
        setTag(slot, 0);
        return slot;
    }

    /// Gives a slot back; its row will be handed out again.
    ///
    /// @param slot the slot
    /// @throws IllegalArgumentException if the slot is not handed out
    /// @throws IllegalStateException if the store is closed
    public void free(int slot) {
        ensureOpen();
        if (!isLive(slot)) {
            throw new IllegalArgumentException("slot=" + slot + " is not in use");
        }
        live[slot >>> 6] &= ~(1L << slot);
        liveCount--;
        firstFreeWord = Math.min(firstFreeWord, slot >>> 6);
    }

    /// Gives all slots back and keeps the memory.
    ///
    /// @throws IllegalStateException if the store is closed
    public void clear() {
        ensureOpen();
        Arrays.fill(live, 0L);
        slotLimit = 0;
        liveCount = 0;
        firstFreeWord = 0;
    }

    /// Adds chunks until `rows` slots fit without further allocation.
    ///
    /// @param rows how many slots are to fit in all
    /// @throws IllegalStateException if the store is closed
    public void reserve(int rows) {
        ensureOpen();
        while ((long) chunkCount << chunkShift < rows) {
            addChunk();
        }
    }

    /// {@return the chunk that holds `slot`; valid until the store is closed, shared with all slots
    /// of the chunk, to be used with [#offsetOf]}
    ///
    /// @param slot the slot
    /// @throws IndexOutOfBoundsException if `slot` is not below [#slotLimit]
    public MemorySegment segmentOf(int slot) {
        return chunks[Objects.checkIndex(slot, slotLimit) >>> chunkShift];
    }

    /// {@return byte offset of the row of `slot` in its chunk}
    ///
    /// @param slot the slot
    public long offsetOf(int slot) {
        return (slot & slotMask) * rowStride;
    }

    /// {@return how many slots from `slot` on, `slot` included, lie behind each other in one chunk
    /// and below [#slotLimit]; 0 at the limit}
    ///
    /// @param slot the slot
    public int runLength(int slot) {
        return Math.min(slotLimit - slot, slotMask + 1 - (slot & slotMask));
    }

    /// {@return the owner's 64-bit tag of `slot`}
    ///
    /// @param slot the slot
    /// @throws IndexOutOfBoundsException if `slot` is not below [#slotLimit]
    public long tagOf(int slot) {
        return tags[Objects.checkIndex(slot, slotLimit) >>> chunkShift].getAtIndex(
                ValueLayout.JAVA_LONG, slot & slotMask);
    }

    /// Sets the owner's 64-bit tag of `slot`.
    ///
    /// @param slot the slot
    /// @param tag any value
    /// @throws IndexOutOfBoundsException if `slot` is not below [#slotLimit]
    public void setTag(int slot, long tag) {
        tags[Objects.checkIndex(slot, slotLimit) >>> chunkShift].setAtIndex(
                ValueLayout.JAVA_LONG, slot & slotMask, tag);
    }

    /// {@return off-heap bytes that the store holds now, used or not}
    public long bytes() {
        return ((long) chunkCount << chunkShift) * (rowStride + Long.BYTES) + rowStride;
    }

    /// Frees all memory at once. Closing twice is allowed.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private int lowestFreeSlot() {
        int word = firstFreeWord;
        while (live[word] == -1L) {
            word++;
        }
        firstFreeWord = word;
        return Math.min((word << 6) + Long.numberOfTrailingZeros(~live[word]), slotLimit);
    }

    private void addChunk() {
        long slots = (long) (chunkCount + 1) << chunkShift;
        if (slots > Integer.MAX_VALUE) {
            throw new IllegalStateException("rows=" + slots + " is more than int slots can name");
        }
        if (chunkCount == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * chunkCount);
            tags = Arrays.copyOf(tags, 2 * chunkCount);
        }
        if (slots >>> 6 > live.length) {
            live = Arrays.copyOf(live, (int) Math.max(slots >>> 6, 2L * live.length));
        }
        long rows = slotMask + 1L;
        chunks[chunkCount] = arena.allocate(rows * rowStride, ALIGNMENT);
        tags[chunkCount] = arena.allocate(rows * Long.BYTES, ALIGNMENT);
        chunkCount++;
    }

    private void ensureOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the row store is closed");
        }
    }
}
