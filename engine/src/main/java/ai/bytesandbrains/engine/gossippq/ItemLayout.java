package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// An item of a sample: the part of a vector that lies in one subspace, or the centroid of several,
/// quantized. Little-endian, in memory padded with zeros to a multiple of 8 bytes:
///
///     offset  bytes
///          0      4  origin: who contributed it; not 0
///          4      4  index: which of the origin's, in an order only the origin knows
///          8      2  weight: how many vectors it stands for, from 1 to 65,535
///         10      2  scale, float16, finite and not negative
///         12      d  components, int8, not -128; each is worth this times the scale
///
/// On the wire the padding is left out, and so is the weight where all items of a message count 1.
public final class ItemLayout {
    /// Where the origin is.
    public static final int ORIGIN = 0;

    /// Where the index is.
    public static final int INDEX = 4;

    /// Where the weight is.
    public static final int WEIGHT = 8;

    /// Where the scale is.
    public static final int SCALE = 10;

    /// Where the components are.
    public static final int COMPONENTS = 12;

    /// The largest weight.
    public static final int MAX_WEIGHT = 0xffff;

    /// The largest component.
    static final int MAX_COMPONENT = 127;

    static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int WEIGHT_BYTES = 2;

    private ItemLayout() {}

    /// {@return bytes from one item to the next in memory}
    ///
    /// @param dimensions components of an item
    static int stride(int dimensions) {
        return (COMPONENTS + dimensions + Long.BYTES - 1) & -Long.BYTES;
    }

    /// {@return bytes of an item on the wire}
    ///
    /// @param dimensions components of an item
    /// @param weighted whether it has a weight
    public static int wireBytes(int dimensions, boolean weighted) {
        return COMPONENTS + dimensions - (weighted ? 0 : WEIGHT_BYTES);
    }

    /// Quantizes a part of a vector.
    ///
    /// @return false if it cannot be an item: not finite, or too large for half-precision scales
    static boolean write(
            int origin,
            int index,
            int weight,
            MemorySegment part,
            long partOffset,
            int dimensions,
            MemorySegment out,
            long offset) {
        float largest = 0;
        for (int d = 0; d < dimensions; d++) {
            largest = Math.max(largest, Math.abs(part.get(FLOAT, partOffset + 4L * d)));
        }
        short half = Float.floatToFloat16(largest / MAX_COMPONENT);
        float scale = Float.float16ToFloat(half);
        if (!(scale < Float.POSITIVE_INFINITY)) {
            return false;
        }
        int stride = stride(dimensions);
        out.set(LONG, offset + stride - Long.BYTES, 0);
        out.set(INT, offset + ORIGIN, origin);
        out.set(INT, offset + INDEX, index);
        out.set(SHORT, offset + WEIGHT, (short) weight);
        out.set(SHORT, offset + SCALE, half);
        for (int d = 0; d < dimensions; d++) {
            float x = part.get(FLOAT, partOffset + 4L * d);
            int rounded = scale == 0 ? 0 : Math.round(x / scale);
            byte value = (byte) Math.clamp(rounded, -MAX_COMPONENT, MAX_COMPONENT);
            out.set(BYTE, offset + COMPONENTS + d, value);
        }
        return true;
    }

    /// Writes the wire form of an item.
    static void toWire(
            MemorySegment item,
            long offset,
            int dimensions,
            boolean weighted,
            MemorySegment out,
            long outOffset) {
        MemorySegment.copy(item, offset, out, outOffset, WEIGHT);
        long from = offset + (weighted ? WEIGHT : SCALE);
        int bytes = wireBytes(dimensions, weighted) - WEIGHT;
        MemorySegment.copy(item, from, out, outOffset + WEIGHT, bytes);
    }

    /// Reads the wire form of an item.
    ///
    /// @return false if it is none: an origin or a weight of zero, a scale that is not a finite
    ///     number from zero on, or a component of -128
    static boolean fromWire(
            MemorySegment wire,
            long wireOffset,
            int dimensions,
            boolean weighted,
            MemorySegment out,
            long offset) {
        int stride = stride(dimensions);
        out.set(LONG, offset + stride - Long.BYTES, 0);
        MemorySegment.copy(wire, wireOffset, out, offset, WEIGHT);
        out.set(SHORT, offset + WEIGHT, (short) 1);
        long to = offset + (weighted ? WEIGHT : SCALE);
        int bytes = wireBytes(dimensions, weighted) - WEIGHT;
        MemorySegment.copy(wire, wireOffset + WEIGHT, out, to, bytes);
        return isSound(out, offset, dimensions);
    }

    private static boolean isSound(MemorySegment item, long offset, int dimensions) {
        float scale = scale(item, offset);
        if (origin(item, offset) == 0
                || weight(item, offset) == 0
                || item.get(SHORT, offset + SCALE) < 0
                || !(scale < Float.POSITIVE_INFINITY)) {
            return false;
        }
        for (int d = 0; d < dimensions; d++) {
            if (item.get(BYTE, offset + COMPONENTS + d) == Byte.MIN_VALUE) {
                return false;
            }
        }
        return true;
    }

    static int origin(MemorySegment items, long offset) {
        return items.get(INT, offset + ORIGIN);
    }

    static int weight(MemorySegment items, long offset) {
        return items.get(SHORT, offset + WEIGHT) & 0xffff;
    }

    static float scale(MemorySegment items, long offset) {
        return Float.float16ToFloat(items.get(SHORT, offset + SCALE));
    }

    static float component(MemorySegment items, long offset, float scale, int d) {
        return scale * items.get(BYTE, offset + COMPONENTS + d);
    }

    /// The key of an item: a number in [0, 2^63) that everyone can compute, uniform for weight 1
    /// and the smaller the larger the weight. `1 - (1 - u)^(1 / w)` of a uniform u, as 63 bits.
    ///
    /// Source: Cohen, Kaplan, "Tighter estimation using bottom k sketches", VLDB 2008; the exact
    /// arithmetic of [StrictMath] makes it the same everywhere.
    static long key(long seed, MemorySegment items, long offset) {
        long hash = Hash.add(seed, items.get(LONG, offset + ORIGIN));
        int weight = weight(items, offset);
        if (weight == 1) {
            return hash >>> 1;
        }
        double u = (hash >>> 11) * 0x1.0p-53;
        return (long) (-StrictMath.expm1(StrictMath.log1p(-u) / weight) * 0x1.0p63);
    }

    /// The likelihood that an item of this weight has a key below a threshold.
    static double inclusion(int weight, long threshold) {
        double tau = threshold * 0x1.0p-63;
        return weight == 1 ? tau : -StrictMath.expm1(weight * StrictMath.log1p(-tau));
    }
}
