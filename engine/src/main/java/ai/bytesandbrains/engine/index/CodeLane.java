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
    private float bound;
    private boolean quantized;

    /// `floats` has room for the quantizer's table.
    CodeLane(ProductQuantizer quantizer, MemorySegment floats, ScanTable table, int maxBlocks) {
        this.quantizer = quantizer;
        this.floats = floats;
        this.table = table;
        this.found = new Candidates(maxBlocks);
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

    /// Makes the tables ready for a run; the sum up to which its codes are to be measured. As long
    /// as there is nothing to compare with, that is every one, whatever the tables hold.
    int threshold() {
        bound = found.bound();
        if (!Float.isNaN(bound) && (!quantized || table.worthQuantizing(bound))) {
            table.quantize(bound);
            quantized = true;
        }
        return table.threshold(bound);
    }

    /// Says which codes of a run are to be measured.
    void scan(Runs runs, MemorySegment segment, long offset, long[] masks) {
        table.scan(KERNELS, threshold(), segment, offset, runs.blocks(), masks);
    }

    /// Measures codes of a run and keeps what it finds back until the run is known to be sound.
    ///
    /// @param masks from index `from` on, say which: those of [#scan], or of a kernel that was
    ///     given [#threshold]
    void measure(Runs runs, MemorySegment segment, long offset, long[] masks, int from) {
        long blockBytes = table.layout().blockBytes();
        for (int i = 0; i < runs.blocks(); i++) {
            int first = runs.firstSlot() + i * Long.SIZE;
            for (long rest = masks[from + i] & runs.bits(i); rest != 0; rest &= rest - 1) {
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
        float worst = found.bound();
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            int j = Long.numberOfTrailingZeros(rest);
            float distance = table.distance(block, 0, j);
            if (!(distance > worst) && runs.accepts(ids[j], first + j)) {
                found.add(first + j, ids[j], distance);
            }
        }
        found.keep();
    }
}
