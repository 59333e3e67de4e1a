package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;

/// Scans of product-quantization codes in the block form of [CodeLayout] with tables of bytes, as
/// [ScanTable] builds them.
///
/// Every kernel writes one mask for each block: bit j is set if the sum of the table entries of
/// code j is at most the threshold. Sums are exact integers, so all implementations and widths
/// write the same masks. Codes of a block that hold nothing are scanned like the others: the caller
/// clears their bits.
///
/// Source of the idea of tables in registers: Andre, Kermarrec, Le Scouarnec, "Cache locality is
/// not enough: high-performance nearest neighbor search with product quantization fast scan", VLDB
/// 9(4), 2015.
public interface ScanKernels {
    /// No entry may be so large that a sum exceeds this.
    int MAX_SUM = Short.MAX_VALUE;

    /// Queries that [#scan4Group] scans with.
    int GROUP = 4;

    /// Scans codes of 8 bits.
    ///
    /// @param tables holds 256 unsigned bytes for each line
    /// @param tablesOffset byte offset of the tables
    /// @param lines lines of a block
    /// @param threshold from -1 (nothing passes) to [#MAX_SUM] (everything does)
    /// @param blocks holds the blocks
    /// @param blocksOffset byte offset of the first block
    /// @param count number of consecutive blocks
    /// @param masks receives `count` masks from index 0
    void scan8(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blocksOffset,
            int count,
            long[] masks);

    /// Scans codes of 4 bits.
    ///
    /// @param tables holds 128 bytes for each line: the 16 entries of its low halves four times,
    ///     then those of its high halves four times; entries are at most 127
    /// @param tablesOffset byte offset of the tables
    /// @param tablesStride bytes from the tables of one line to those of the next
    /// @param lines lines of a block
    /// @param threshold from -1 (nothing passes) to [#MAX_SUM] (everything does)
    /// @param blocks holds the blocks
    /// @param blocksOffset byte offset of the first block
    /// @param count number of consecutive blocks
    /// @param masks receives `count` masks from index 0
    void scan4(
            MemorySegment tables,
            long tablesOffset,
            long tablesStride,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blocksOffset,
            int count,
            long[] masks);

    /// Scans codes of 4 bits for [#GROUP] queries at once: the work on the codes themselves is
    /// shared.
    ///
    /// @param tables holds for each line the 128 bytes of each query, one query after the other, as
    ///     in [#scan4]
    /// @param tablesOffset byte offset of the tables
    /// @param lines lines of a block
    /// @param thresholds one for each query, as in [#scan4]
    /// @param blocks holds the blocks
    /// @param blocksOffset byte offset of the first block
    /// @param count number of consecutive blocks
    /// @param masks receives `count` masks for each query, one query after the other
    void scan4Group(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int[] thresholds,
            MemorySegment blocks,
            long blocksOffset,
            int count,
            long[] masks);

    /// Scans codes of 6 bits.
    ///
    /// @param tables holds 64 bytes for each subspace, those that fill up the last group of four
    ///     included, whose entries are zeros; entries are at most 127
    /// @param tablesOffset byte offset of the tables
    /// @param lines lines of a block, a multiple of 3
    /// @param threshold from -1 (nothing passes) to [#MAX_SUM] (everything does)
    /// @param blocks holds the blocks
    /// @param blocksOffset byte offset of the first block
    /// @param count number of consecutive blocks
    /// @param masks receives `count` masks from index 0
    void scan6(
            MemorySegment tables,
            long tablesOffset,
            int lines,
            int threshold,
            MemorySegment blocks,
            long blocksOffset,
            int count,
            long[] masks);
}
