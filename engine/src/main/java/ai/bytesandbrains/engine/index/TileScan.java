package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.memory.SlotTable;
import ai.bytesandbrains.engine.simd.Kernels;
import ai.bytesandbrains.engine.simd.TileBound;
import ai.bytesandbrains.engine.simd.TileKernels;
import ai.bytesandbrains.engine.space.EmbeddingSpace;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.LongFunction;

/// The scan of many queries over all rows, beside a writer: a matrix product in tiles of five
/// queries by the 64 rows of a block.
///
/// Tiles round otherwise than the kernels for one query, so they are a filter only: what may be
/// near enough is measured again by the space, and the results are those of single searches to the
/// last bit. A row counts as it was when its block was packed, or, if it is measured again and was
/// written since, as it is then.
final class TileScan {
    private static final TileKernels KERNELS = Kernels.tiles();
    private static final int PACK = TileKernels.QUERIES;

    /// So many bytes of packed queries stay in a second-level cache beside a panel.
    private static final int QUERY_BYTES = 1 << 18;

    private static final int MIN_QUERIES = 4 * PACK;
    private static final int MAX_QUERIES = 48 * PACK;

    private static final int CACHE_LINE_BYTES = 64;

    /// Below this a tile does more than measuring row by row.
    private static final int FEW_ROWS = 4;

    /// Unit vectors are rounded to floats.
    private static final double UNIT_NORM = 1.0001;

    private final EmbeddingSpace space;
    private final TileMetric metric;
    private final RowStore rows;
    private final int blocksInChunk;
    private final int dimensions;
    private final int paddedDimensions;
    private final Runs runs;
    private final RowCopies copies;
    private final MemorySegment prepared;
    private final float[] panel;
    private final float[] start = new float[TileKernels.ROWS];
    private final float[] norms = new float[TileKernels.ROWS];
    private final float[] tile = new float[PACK * TileKernels.ROWS];
    private final long[] masks = new long[PACK];
    private final float[][] packs;
    private final float[][] thresholds;
    private final double[] queryNorms;

    /// What is read ahead: where, and how far from one byte and from one tile to the next.
    private MemorySegment ahead = TileKernels.NOTHING_AHEAD;

    private long from;
    private long step;
    private long advance;

    /// Nobody reads it; a compiler cannot know.
    long touched;

    private Neighbours[] out;
    private int firstOut;
    private int count;
    private double rowNorm;
    private boolean copied;

    /// Working memory comes from `memory`, by the number of bytes.
    TileScan(
            EmbeddingSpace space,
            TileMetric metric,
            RowStore rows,
            LongFunction<MemorySegment> memory) {
        this.space = space;
        this.metric = metric;
        this.rows = rows;
        blocksInChunk = rows.rowsPerChunk() / SlotTable.BLOCK;
        dimensions = space.dimensions();
        paddedDimensions = RowStore.paddedFloats(dimensions);
        runs = new Runs(rows.slots(), 1);
        copies = new RowCopies(rows);
        int most = maxQueries(dimensions);
        prepared = memory.apply(most * space.preparedBytes());
        panel = new float[TileKernels.ROWS * paddedDimensions];
        packs = new float[most / PACK][PACK * dimensions];
        thresholds = new float[most / PACK][PACK];
        queryNorms = new double[most];
    }

    /// Queries of a pass at most, a multiple of [TileKernels#QUERIES].
    static int maxQueries(int dimensions) {
        int fit = QUERY_BYTES / (Float.BYTES * dimensions);
        return Math.clamp(fit - fit % PACK, MIN_QUERIES, MAX_QUERIES);
    }

    /// The nearest of the entries that pass, from a block's first slot to `endSlot`, for
    /// `queryCount` queries, into `results` from index `to`.
    void nearest(
            MemorySegment queries,
            long offset,
            long stride,
            int queryCount,
            SearchOptions options,
            Neighbours[] results,
            int to,
            int firstBlock,
            int endSlot) {
        out = results;
        firstOut = to;
        count = queryCount;
        rowNorm = metric == TileMetric.ONE_LESS_DOT ? UNIT_NORM : 0;
        for (int q = 0; q < count; q++) {
            results[to + q].reset(options.k());
            prepare(queries, offset + q * stride, q);
        }
        int packCount = (count + PACK - 1) / PACK;
        for (int q = count; q < packCount * PACK; q++) {
            leaveOut(q);
        }
        runs.startAt(options.filter(), firstBlock, endSlot);
        while (runs.next(blocksInChunk, 1)) {
            long bits = packBlock();
            lookAhead(packCount);
            for (int pack = 0; pack < packCount && bits != 0; pack++) {
                if (Long.bitCount(bits) > FEW_ROWS) {
                    multiply(pack);
                } else {
                    Arrays.fill(masks, -1L);
                }
                collect(pack, bits);
            }
        }
        for (int q = 0; q < count; q++) {
            results[to + q].stats().addScanned(runs.scanned());
        }
        out = null;
    }

    void close() {
        copies.close();
    }

    /// Has the tiles of this block read the rows of the next one, each its part: in memory the
    /// blocks of a chunk follow one another.
    private void lookAhead(int packCount) {
        int block = runs.firstBlock() + 1;
        boolean follows = block % blocksInChunk != 0 && runs.isWithin(block);
        long part = rows.rowStride() * SlotTable.BLOCK / packCount;
        ahead = follows ? rows.segmentOf(block * SlotTable.BLOCK) : TileKernels.NOTHING_AHEAD;
        from = follows ? rows.offsetOf(block * SlotTable.BLOCK) : 0;
        step = follows ? Math.min(CACHE_LINE_BYTES, part / dimensions) : 0;
        advance = follows ? part : 0;
    }

    private void multiply(int pack) {
        long first = from + pack * advance;
        float[] queries = packs[pack];
        touched +=
                count - pack * PACK <= TileKernels.TWO
                        ? KERNELS.tileOfTwo(
                                queries, panel, dimensions, start, tile, ahead, first, step)
                        : KERNELS.tile(queries, panel, dimensions, start, tile, ahead, first, step);
        KERNELS.masks(tile, thresholds[pack], masks);
    }

    private void prepare(MemorySegment queries, long offset, int q) {
        long at = q * space.preparedBytes();
        space.prepare(queries, offset, prepared, at);
        double squares = 0;
        for (int d = 0; d < dimensions; d++) {
            double x = prepared.get(ValueLayout.JAVA_FLOAT, at + 4L * d);
            squares += x * x;
        }
        queryNorms[q] = Math.sqrt(squares);
        TileKernels.packQuery(prepared, at, dimensions, metric.factor(), q % PACK, packs[q / PACK]);
        thresholds[q / PACK][q % PACK] = Float.POSITIVE_INFINITY;
    }

    /// The place of a query that is not there: nothing passes.
    private void leaveOut(int q) {
        for (int d = 0; d < dimensions; d++) {
            packs[q / PACK][PACK * d + q % PACK] = 0;
        }
        thresholds[q / PACK][q % PACK] = Float.NEGATIVE_INFINITY;
    }

    /// Packs the block at hand from one moment; the bits of its rows.
    private long packBlock() {
        pack(rows, runs.firstSlot(), runs.count());
        copied = !runs.unchanged();
        long bits = runs.bits(0);
        if (copied) {
            bits = copies.copy(runs, 0);
            pack(copies.rows(), 0, SlotTable.BLOCK);
        }
        return bits;
    }

    private void pack(RowStore from, int first, int rowCount) {
        KERNELS.packRows(
                from.segmentOf(first),
                from.offsetOf(first),
                from.rowStride(),
                rowCount,
                paddedDimensions,
                panel);
        if (metric == TileMetric.SQUARED_L2) {
            KERNELS.norms(panel, dimensions, start);
        } else if (metric == TileMetric.NEGATIVE_DOT) {
            KERNELS.norms(panel, dimensions, norms);
            raiseRowNorm();
        }
    }

    /// Thresholds of products hold for rows up to a norm: a longer row makes them anew.
    private void raiseRowNorm() {
        float largest = 0;
        for (float norm : norms) {
            largest = Math.max(largest, norm);
        }
        double raised = TileBound.raised(largest, dimensions);
        if (!(raised <= rowNorm)) {
            rowNorm = raised;
            for (int q = 0; q < count; q++) {
                tighten(q);
            }
        }
    }

    private void tighten(int q) {
        Neighbours best = out[firstOut + q];
        if (best.isFull()) {
            thresholds[q / PACK][q % PACK] =
                    metric.threshold(best.worst(), queryNorms[q], rowNorm, dimensions);
        }
    }

    /// Measures what passes; plain code.
    private void collect(int pack, long bits) {
        for (int i = 0; i < PACK; i++) {
            long near = masks[i] & bits;
            int q = pack * PACK + i;
            if (near != 0 && q < count) {
                measure(q, near);
            }
        }
    }

    private void measure(int q, long near) {
        Neighbours best = out[firstOut + q];
        boolean better = false;
        for (long rest = near; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            RowStore from = copied ? copies.rows() : rows;
            int slot = runs.firstSlot() + i;
            float distance = distance(q, from, copied ? i : slot);
            long id = copied ? copies.idAt(i) : runs.idAt(slot);
            if (!copied && !soundNow(i)) {
                if (!copies.copyRow(runs, 0, i)) {
                    continue;
                }
                distance = distance(q, copies.rows(), i);
                id = copies.idAt(i);
            }
            if (!(distance > best.worst()) && runs.accepts(id, slot)) {
                better |= best.offer(distance, id);
            }
        }
        if (better) {
            tighten(q);
        }
    }

    private float distance(int q, RowStore from, int slot) {
        return space.distancePrepared(
                prepared, q * space.preparedBytes(), from.segmentOf(slot), from.offsetOf(slot));
    }

    /// Whether row `i` of the block is there and was not written since the block was looked at.
    private boolean soundNow(int i) {
        return (runs.bits(0) & 1L << i) != 0 && runs.unchanged(0);
    }
}
