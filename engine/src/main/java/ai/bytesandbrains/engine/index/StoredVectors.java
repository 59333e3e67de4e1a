package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.memory.SlotTable;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.EmbeddingSpace;
import ai.bytesandbrains.engine.space.Int8Space;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Vectors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The rows of an index, in the stored form of a space and under the slots of a table, and the
/// place where the next one is made.
final class StoredVectors implements AutoCloseable {
    /// Blocks of slots that a thread encodes at a time.
    private static final int ENCODE_BLOCKS = 16;

    private final EmbeddingSpace space;
    private final RowStore rows;

    /// A row is made here, so that a vector that is refused has changed nothing.
    private final MemorySegment staging;

    /// No rows yet.
    ///
    /// @throws IllegalArgumentException if a row of the space has no bytes, or more than 2^31 - 1
    StoredVectors(EmbeddingSpace space, SlotTable slots, Arena arena) {
        this.space = space;
        rows = RowStore.ofBytes(rowBytes(space), slots);
        staging = arena.allocate(space.rowBytes(), RowStore.ALIGNMENT);
    }

    /// Checks that rows of this space can stand beside codes of that metric.
    static void checkBesideCodes(EmbeddingSpace rows, Metric metric, int dimensions) {
        if (rows.metric() != metric
                || rows.dimensions() != dimensions
                || rows.vectorBytes() != (long) Float.BYTES * dimensions) {
            throw new IllegalArgumentException(
                    "rowSpace: metric=%s dimensions=%d vectorBytes=%d must be those of floats with"
                                    .formatted(rows.metric(), rows.dimensions(), rows.vectorBytes())
                            + " metric=%s dimensions=%d".formatted(metric, dimensions));
        }
    }

    static List<MemoryPlan.Part> plan(EmbeddingSpace space, long entries) {
        return List.of(
                new MemoryPlan.Part("rows", RowStore.bytesFor(rowBytes(space), entries)),
                new MemoryPlan.Part("row staging", space.rowBytes()));
    }

    List<MemoryPlan.Part> memory() {
        return List.of(
                new MemoryPlan.Part("rows", rows.bytes()),
                new MemoryPlan.Part("row staging", staging.byteSize()));
    }

    EmbeddingSpace space() {
        return space;
    }

    RowStore rows() {
        return rows;
    }

    void reserve(int slots) {
        rows.reserve(slots);
    }

    /// Checks a vector and makes its row.
    void stage(MemorySegment vector, long offset) {
        Vectors.checkVector("vector", vector, offset, space);
        space.storeRow(vector, offset, staging, 0);
    }

    /// Writes the row that was made last.
    void write(int slot) {
        MemorySegment.copy(staging, 0, rows.segmentOf(slot), rows.offsetOf(slot), rows.rowStride());
    }

    /// Whether a row is the one that was made last.
    boolean equalsStaged(int slot) {
        long offset = rows.offsetOf(slot);
        long end = offset + rows.rowStride();
        MemorySegment segment = rows.segmentOf(slot);
        return MemorySegment.mismatch(segment, offset, end, staging, 0, rows.rowStride()) == -1;
    }

    /// Checks that vectors can be read back from rows.
    ///
    /// @throws IllegalStateException if they cannot
    void checkReadable() {
        if (!(space instanceof Int8Space) && space.rowBytes() < space.vectorBytes()) {
            throw new IllegalStateException(
                    "rowBytes=%d: vectors of vectorBytes=%d cannot be read back from such rows"
                            .formatted(space.rowBytes(), space.vectorBytes()));
        }
    }

    /// Writes the vector that a row stands for.
    void load(int slot, MemorySegment vector, long offset) {
        MemorySegment segment = rows.segmentOf(slot);
        if (space instanceof Int8Space int8) {
            int8.loadRow(segment, rows.offsetOf(slot), vector, offset);
        } else {
            MemorySegment.copy(segment, rows.offsetOf(slot), vector, offset, space.vectorBytes());
        }
    }

    /// Encodes what all rows stand for.
    void encode(Codebook codebook, CodeBlocks blocks, Workers workers) {
        int count = SlotTable.blocks(rows.slots().limit());
        Encoding[] encodings = new Encoding[workers.count()];
        workers.run(
                (count + ENCODE_BLOCKS - 1) / ENCODE_BLOCKS,
                (part, worker) -> {
                    if (encodings[worker] == null) {
                        encodings[worker] = new Encoding(codebook, blocks);
                    }
                    int first = part * ENCODE_BLOCKS;
                    for (int i = first; i < Math.min(count, first + ENCODE_BLOCKS); i++) {
                        encodings[worker].encode(i);
                    }
                });
    }

    /// What one thread encodes with.
    private final class Encoding {
        private final CodeBlocks blocks;
        private final ProductQuantizer quantizer;
        private final long vectorBytes = space.vectorBytes();
        private final MemorySegment vectors =
                Arena.ofAuto().allocate(SlotTable.BLOCK * vectorBytes, RowStore.ALIGNMENT);
        private final MemorySegment codes;
        private final int[] slots = new int[SlotTable.BLOCK];

        Encoding(Codebook codebook, CodeBlocks blocks) {
            this.blocks = blocks;
            quantizer = new ProductQuantizer(codebook);
            codes = Arena.ofAuto().allocate((long) SlotTable.BLOCK * quantizer.codeSize());
        }

        void encode(int block) {
            int count = 0;
            long live = rows.slots().liveWord(block, rows.slots().limit());
            for (long rest = live; rest != 0; rest &= rest - 1) {
                int slot = block * SlotTable.BLOCK + Long.numberOfTrailingZeros(rest);
                load(slot, vectors, count * vectorBytes);
                slots[count++] = slot;
            }
            if (count > 0) {
                int codeSize = quantizer.codeSize();
                quantizer.encodeBatch(vectors, 0, vectorBytes, count, codes, 0, codeSize);
                for (int i = 0; i < count; i++) {
                    blocks.store(codes, (long) i * codeSize, slots[i]);
                }
            }
        }
    }

    @Override
    public void close() {
        rows.close();
    }

    private static int rowBytes(EmbeddingSpace space) {
        long bytes = space.rowBytes();
        if (bytes <= 0 || bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "space.rowBytes=" + bytes + " must be between 1 and " + Integer.MAX_VALUE);
        }
        return (int) bytes;
    }
}
