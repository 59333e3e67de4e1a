package ai.bytesandbrains.engine.space;

import ai.bytesandbrains.engine.memory.RowStore;
import ai.bytesandbrains.engine.simd.ByteKernels;
import ai.bytesandbrains.engine.simd.Kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Hamming distance of packed bits: how many differ, a whole number that a float holds exactly.
///
/// **Vectors.** [#dimensions] counts bits; a vector is [#vectorBytes] = `dimensions / 8` bytes,
/// rounded up. Bit `d` is bit `d % 8` of byte `d / 8`, the lowest bit first (NumPy's
/// `packbits(bitorder="little")`). The bits of the last byte beyond the dimensions have to be zero
/// and are refused otherwise: bits in the other order would else be lost without a word.
///
/// Every vector has a place in this space, the zero vector too. There are no `float[]` forms: they
/// throw; [#distance(byte\[\], byte\[\])] takes arrays.
public final class HammingSpace implements EmbeddingSpace {
    private static final ByteKernels KERNELS = Kernels.bytes();
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final int bits;
    private final int vectorBytes;
    private final int paddedBytes;

    /// A space of vectors of so many bits.
    ///
    /// @param bits bits in a vector, 1 to [EmbeddingSpace#MAX_DIMENSIONS]
    /// @throws IllegalArgumentException if `bits` is out of that range
    public HammingSpace(int bits) {
        this.bits = Vectors.checkDimensions(bits);
        vectorBytes = (bits + Byte.SIZE - 1) / Byte.SIZE;
        paddedBytes = (vectorBytes + ByteKernels.BIT_PADDING - 1) & -ByteKernels.BIT_PADDING;
    }

    @Override
    public int dimensions() {
        return bits;
    }

    @Override
    public long vectorBytes() {
        return vectorBytes;
    }

    @Override
    public Metric metric() {
        return Metric.HAMMING;
    }

    @Override
    public float distance(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        checkPadding("a", a, aOffset);
        checkPadding("b", b, bOffset);
        int sum = 0;
        for (int i = 0; i < vectorBytes; i++) {
            int x = a.get(ValueLayout.JAVA_BYTE, aOffset + i);
            int y = b.get(ValueLayout.JAVA_BYTE, bOffset + i);
            sum += Integer.bitCount((x ^ y) & 0xff);
        }
        return sum;
    }

    /// {@return distance of two vectors in arrays; a convenience that may allocate}
    ///
    /// @param a one vector
    /// @param b another vector
    /// @throws IllegalArgumentException if a length is not `vectorBytes()`, or bits beyond the
    ///     dimensions are set
    public float distance(byte[] a, byte[] b) {
        checkArray("a", a);
        checkArray("b", b);
        return distance(MemorySegment.ofArray(a), 0, MemorySegment.ofArray(b), 0);
    }

    /// {@inheritDoc}
    ///
    /// Those of a vector, padded to a multiple of 8.
    @Override
    public long rowBytes() {
        return paddedBytes;
    }

    @Override
    public void storeRow(
            MemorySegment vector, long vectorOffset, MemorySegment row, long rowOffset) {
        checkPadding("vector", vector, vectorOffset);
        copy(vector, vectorOffset, "row", row, rowOffset);
    }

    @Override
    public long preparedBytes() {
        return paddedBytes;
    }

    @Override
    public void prepare(
            MemorySegment query, long queryOffset, MemorySegment prepared, long preparedOffset) {
        checkPadding("query", query, queryOffset);
        copy(query, queryOffset, "prepared", prepared, preparedOffset);
    }

    @Override
    public float distancePrepared(
            MemorySegment prepared, long preparedOffset, MemorySegment row, long rowOffset) {
        Vectors.checkPrepared(this, prepared, preparedOffset, row, rowOffset);
        int sum = 0;
        for (int at = 0; at < paddedBytes; at += Long.BYTES) {
            long q = prepared.get(LONG, preparedOffset + at);
            sum += Long.bitCount(q ^ row.get(LONG, rowOffset + at));
        }
        return sum;
    }

    @Override
    public void distancesPrepared(
            MemorySegment prepared,
            long preparedOffset,
            RowStore rows,
            int first,
            int count,
            float[] out) {
        Vectors.checkRun(this, prepared, preparedOffset, rows, first, count, out);
        KERNELS.hammingRows(
                prepared,
                preparedOffset,
                rows.segmentOf(first),
                rows.offsetOf(first),
                rows.rowStride(),
                count,
                paddedBytes,
                out);
    }

    private void copy(
            MemorySegment from, long fromOffset, String name, MemorySegment into, long intoOffset) {
        Vectors.checkRows(name, into, intoOffset, 0, 1, paddedBytes);
        MemorySegment.copy(from, fromOffset, into, intoOffset, vectorBytes);
        for (int i = vectorBytes; i < paddedBytes; i++) {
            into.set(ValueLayout.JAVA_BYTE, intoOffset + i, (byte) 0);
        }
    }

    private void checkArray(String name, byte[] vector) {
        if (vector.length != vectorBytes) {
            throw new IllegalArgumentException(
                    "%s.length=%d must be %d for dimensions=%d"
                            .formatted(name, vector.length, vectorBytes, bits));
        }
    }

    private void checkPadding(String name, MemorySegment vector, long offset) {
        Vectors.checkVector(name, vector, offset, this);
        int used = bits % Byte.SIZE;
        int last = vector.get(ValueLayout.JAVA_BYTE, offset + vectorBytes - 1) & 0xff;
        if (used != 0 && last >>> used != 0) {
            throw new IllegalArgumentException(
                    "%s[%d]=0x%02x has bits beyond dimensions=%d"
                            .formatted(name, vectorBytes - 1, last, bits));
        }
    }
}
