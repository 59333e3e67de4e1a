package ai.bytesandbrains.engine.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The look-up tables of one query for a code scan: the float tables, which say the distance, and
/// byte tables made of them, which say quickly which codes are too far away.
///
/// An entry t of subspace m becomes `min(cap, floor(scale * (t - min(m))))`. Floors and caps only
/// lower a sum, so a code whose exact distance is at most `worst` has a sum of at most `scale *
/// (worst + slop - sum(min))`, where the slop, `2^-22 * M * sum(max |t|)`, covers the rounding of
/// the float sum. A code that passes is measured again by [#distance]: the answer is that of the
/// float tables, to the last bit.
///
/// **Use.** [#build] for a query; measure some blocks with [#distance] alone, until there are k
/// candidates; [#quantize] with the worst of them; scan 16 to 64 blocks at a time with the
/// threshold of [#threshold], measure what passes, refresh the threshold, and quantize anew when
/// [#worthQuantizing] says so.
///
/// One thread at a time. Allocates nothing after construction. NaN and infinite entries count as
/// the least ones: their codes pass and are measured.
public final class ScanTable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    /// Eight entries, the first of them the lowest.
    private static final ValueLayout.OfLong EIGHT =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Tables of 16 entries fill a line of 64 bytes.
    private static final int COPIES = 4;

    /// Rounding of a sum of M floats, relative to the sum of their magnitudes and to M.
    private static final double ULP = 0x1p-22;

    /// Covers the rounding of the doubles here; a sum is a whole number, and half of one is far.
    private static final double MARGIN = 1e-6;

    /// A limit that has shrunk to this part makes finer tables worth their while.
    private static final double SHRUNK = 0.75;

    private final CodeLayout layout;
    private final int subspaces;
    private final int entries;
    private final int cap;
    private final MemorySegment bytes;
    private final long bytesOffset;

    /// Bytes from the tables of one line to those of the next.
    private final long stride;

    private final float[] least;

    private MemorySegment table = MemorySegment.NULL;
    private long tableOffset;
    private double bias;
    private double slop;
    private double range;
    private double limit;
    private double scale;

    /// {@return bytes of the byte tables}
    ///
    /// @param layout of the codes
    public static long bytes(CodeLayout layout) {
        return switch (layout.bits()) {
            case 8 -> 256L * layout.linesPerBlock();
            case 4 -> 2L * CodeLayout.LINE_BYTES * layout.linesPerBlock();
            default -> (long) CodeLayout.LINE_BYTES * layout.linesPerBlock() / 3 * 4;
        };
    }

    /// Tables for codes of one layout.
    ///
    /// @param layout of the codes
    /// @param memory holds the byte tables; native memory, zeros, aligned to 64 bytes; stays the
    ///     caller's
    /// @param offset of [#bytes(CodeLayout)] bytes in it that belong to this object
    public ScanTable(CodeLayout layout, MemorySegment memory, long offset) {
        this(layout, memory, offset, bytes(layout) / layout.linesPerBlock());
    }

    private ScanTable(CodeLayout layout, MemorySegment memory, long offset, long stride) {
        this.layout = layout;
        this.stride = stride;
        subspaces = layout.subspaces();
        entries = layout.entries();
        cap = Math.min(layout.bits() == 8 ? 255 : 127, ScanKernels.MAX_SUM / subspaces);
        bytes = memory;
        bytesOffset = offset;
        least = new float[subspaces];
    }

    /// {@return tables that share memory with those of other queries, as [ScanKernels#scan4Group]
    /// has it}
    ///
    /// @param layout of the codes
    /// @param memory holds the byte tables of [ScanKernels#GROUP] queries from its beginning on;
    ///     otherwise as in the constructor
    /// @param place which of the queries, from 0
    public static ScanTable inGroup(CodeLayout layout, MemorySegment memory, int place) {
        if (layout.bits() != 4) {
            return new ScanTable(layout, memory, bytes(layout) * place);
        }
        long line = 2L * CodeLayout.LINE_BYTES;
        return new ScanTable(layout, memory, line * place, line * ScanKernels.GROUP);
    }

    /// {@return the layout of the codes}
    public CodeLayout layout() {
        return layout;
    }

    /// Takes the float tables of a query. [#quantize] has to follow before a scan.
    ///
    /// @param floats holds `subspaces * 2^bits` floats, subspace by subspace; is read until the
    ///     next call
    /// @param offset byte offset of the first, a multiple of 4
    public void build(MemorySegment floats, long offset) {
        table = floats;
        tableOffset = offset;
        bias = 0;
        range = 0;
        double magnitude = 0;
        for (int m = 0; m < subspaces; m++) {
            long line = offset + 4L * m * entries;
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < entries; i++) {
                float entry = floats.get(FLOAT, line + 4L * i);
                low = Math.min(low, entry);
                high = Math.max(high, entry);
            }
            least[m] = low;
            bias += low;
            range = Math.max(range, (double) high - low);
            magnitude += Math.max(Math.abs(low), Math.abs(high));
        }
        slop = ULP * subspaces * magnitude;
        limit = Double.POSITIVE_INFINITY;
    }

    /// Makes the byte tables, as fine as the worst distance allows: an entry that alone makes a
    /// code too far needs no exact value.
    ///
    /// @param worst the largest distance that is still of interest; NaN or infinite if any is
    public void quantize(float worst) {
        limit = limit(worst);
        double span = limit > 0 ? Math.min(range, limit) : range;
        scale = span > 0 && span <= Double.MAX_VALUE ? cap / span : 0;
        for (int m = 0; m < subspaces; m++) {
            switch (layout.bits()) {
                case 8 -> quantizeLine(m, bytesOffset + 256L * m);
                case 4 -> quantizeSixteen(m, bytesOffset + (m >> 1) * stride + 64L * (m & 1));
                default -> quantizeLine(m, bytesOffset + 64L * m);
            }
        }
    }

    private void quantizeLine(int m, long to) {
        for (int i = 0; i < entries; i += 8) {
            bytes.set(EIGHT, to + i, quantizeEight(m, i));
        }
    }

    private void quantizeSixteen(int m, long to) {
        long low = quantizeEight(m, 0);
        long high = quantizeEight(m, 8);
        for (int copy = 0; copy < COPIES; copy++) {
            bytes.set(EIGHT, to + 16L * copy, low);
            bytes.set(EIGHT, to + 16L * copy + 8, high);
        }
    }

    private long quantizeEight(int m, int first) {
        long line = tableOffset + 4L * (m * entries + first);
        double low = least[m];
        long eight = 0;
        for (int i = 0; i < 8; i++) {
            double x = scale * (table.get(FLOAT, line + 4L * i) - low);
            // A NaN becomes 0, the conversion rounds towards zero, which is down.
            eight |= (long) Math.min((int) x, cap) << (8 * i);
        }
        return eight;
    }

    private double limit(float worst) {
        double most = worst + slop - bias;
        return Double.isNaN(most) ? Double.POSITIVE_INFINITY : most;
    }

    /// {@return the largest sum of byte entries that a code of at most this distance can have; -1
    /// if there can be none}
    ///
    /// @param worst the largest distance that is still of interest; NaN or infinite if any is
    public int threshold(float worst) {
        double most = limit(worst);
        if (most < 0) {
            return -1;
        }
        double sum = scale * most;
        return sum >= ScanKernels.MAX_SUM || Double.isNaN(sum)
                ? ScanKernels.MAX_SUM
                : (int) (sum + MARGIN);
    }

    /// {@return whether the worst distance has come down so far that [#quantize] would make the
    /// scan more selective}
    ///
    /// @param worst the largest distance that is still of interest
    public boolean worthQuantizing(float worst) {
        double most = limit(worst);
        return most > 0 && most < SHRUNK * Math.min(range, limit);
    }

    /// Scans consecutive blocks.
    ///
    /// @param kernels to scan with
    /// @param threshold of [#threshold]
    /// @param blocks holds the blocks
    /// @param offset byte offset of the first block
    /// @param count number of blocks; 16 to 64 make a good call
    /// @param masks receives one mask for each block: the codes that have to be measured
    public void scan(
            ScanKernels kernels,
            int threshold,
            MemorySegment blocks,
            long offset,
            int count,
            long[] masks) {
        int lines = layout.linesPerBlock();
        switch (layout.bits()) {
            case 8 ->
                    kernels.scan8(
                            bytes, bytesOffset, lines, threshold, blocks, offset, count, masks);
            case 4 ->
                    kernels.scan4(
                            bytes,
                            bytesOffset,
                            stride,
                            lines,
                            threshold,
                            blocks,
                            offset,
                            count,
                            masks);
            default ->
                    kernels.scan6(
                            bytes, bytesOffset, lines, threshold, blocks, offset, count, masks);
        }
    }

    /// {@return the distance of one code: the sum of float entries over ascending subspaces}
    ///
    /// @param blocks holds the block
    /// @param block byte offset of the block
    /// @param slot number of the code in its block
    public float distance(MemorySegment blocks, long block, int slot) {
        return switch (layout.bits()) {
            case 8 -> distance8(blocks, block + slot);
            case 4 -> distance4(blocks, block + slot);
            default -> distance6(blocks, block, slot);
        };
    }

    private float distance8(MemorySegment blocks, long first) {
        float sum = 0;
        for (int m = 0; m < subspaces; m++) {
            int code = byteAt(blocks, first + (long) m * CodeLayout.LINE_BYTES);
            sum += table.get(FLOAT, tableOffset + 4L * (256L * m + code));
        }
        return sum;
    }

    private float distance4(MemorySegment blocks, long first) {
        float sum = 0;
        for (int m = 0; m < subspaces; m++) {
            int pair = byteAt(blocks, first + (long) (m >> 1) * CodeLayout.LINE_BYTES);
            int code = (pair >>> (4 * (m & 1))) & 15;
            sum += table.get(FLOAT, tableOffset + 4L * (16L * m + code));
        }
        return sum;
    }

    private float distance6(MemorySegment blocks, long block, int slot) {
        float sum = 0;
        for (int m = 0; m < subspaces; m++) {
            int code = layout.get(blocks, block, slot, m);
            sum += table.get(FLOAT, tableOffset + 4L * (64L * m + code));
        }
        return sum;
    }

    private static int byteAt(MemorySegment segment, long offset) {
        return segment.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
    }
}
