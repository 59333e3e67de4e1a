package ai.bytesandbrains.engine.index;

import ai.bytesandbrains.engine.codec.ProductQuantizer;
import ai.bytesandbrains.engine.simd.Kernels;
import ai.bytesandbrains.engine.simd.ScanKernels;
import ai.bytesandbrains.engine.simd.ScanTable;

import java.lang.foreign.MemorySegment;

/// One of the queries that go over the codes together: its tables, and what it has found.
///
/// A kernel with byte tables says which codes may be near enough; those are measured with the float
/// tables, in plain code. Until there is a worst distance to compare with, all codes are measured.
final class CodeLane {
    private static final ScanKernels KERNELS = Kernels.scans();

    private final ProductQuantizer quantizer;
    private final MemorySegment floats;
    private final ScanTable table;
    private final Candidates found;
    private final long[] masks;
    private boolean quantized;

    /// `floats` has room for the quantizer's table, `bytes` for those of [ScanTable].
    CodeLane(
            ProductQuantizer quantizer,
            CodeBlocks blocks,
            MemorySegment floats,
            MemorySegment bytes,
            int maxBlocks) {
        this.quantizer = quantizer;
        this.floats = floats;
        this.table = new ScanTable(blocks.layout(), bytes, 0);
        this.found = new Candidates(maxBlocks);
        this.masks = new long[maxBlocks];
    }

    Candidates found() {
        return found;
    }

    void prepare(MemorySegment query, long offset) {
        quantizer.adcTable(query, offset, floats, 0);
        table.build(floats, 0);
    }

    /// Begins a scan; what it finds goes where `found` was told.
    void start() {
        quantized = false;
    }

    /// Scans a run and keeps what it finds back until the run is known to be sound.
    void scan(Runs runs, MemorySegment segment, long offset) {
        float bound = found.bound();
        if (Float.isNaN(bound)) {
            for (int i = 0; i < runs.blocks(); i++) {
                masks[i] = -1L;
            }
        } else {
            if (!quantized || table.worthQuantizing(bound)) {
                table.quantize(bound);
                quantized = true;
            }
            table.scan(KERNELS, table.threshold(bound), segment, offset, runs.blocks(), masks);
        }
        measure(runs, segment, offset, bound);
    }

    private void measure(Runs runs, MemorySegment segment, long offset, float bound) {
        long blockBytes = table.layout().blockBytes();
        for (int i = 0; i < runs.blocks(); i++) {
            int first = runs.firstSlot() + i * Long.SIZE;
            for (long rest = masks[i] & runs.bits(i); rest != 0; rest &= rest - 1) {
                int j = Long.numberOfTrailingZeros(rest);
                float distance = table.distance(segment, offset + i * blockBytes, j);
                if (!(distance > bound)) {
                    long id = runs.idAt(first + j);
                    if (runs.accepts(id, first + j)) {
                        found.add(first + j, id, distance);
                    }
                }
            }
        }
    }

    /// Measures all codes of a block that was copied, and hands on what it finds.
    void measureCopy(Runs runs, int first, long bits, MemorySegment block, long[] ids) {
        float bound = found.bound();
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            int j = Long.numberOfTrailingZeros(rest);
            float distance = table.distance(block, 0, j);
            if (!(distance > bound) && runs.accepts(ids[j], first + j)) {
                found.add(first + j, ids[j], distance);
            }
        }
        found.keep();
    }
}
