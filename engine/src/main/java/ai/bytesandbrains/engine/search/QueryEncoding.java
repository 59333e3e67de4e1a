package ai.bytesandbrains.engine.search;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// How the components of a query are written in a message. All bytes are little-endian.
public enum QueryEncoding {
    /// Four bytes a component, exact.
    FLOAT32(1, Float.BYTES),
    /// One byte a component and one scale for all, the largest magnitude being 127: a quarter of
    /// the bytes. The cosine between a query of some hundred dimensions and its int8 form is above
    /// 0.9999.
    INT8(2, Byte.BYTES);

    /// Times 127 it is still finite.
    private static final float LARGEST_SCALE = Math.nextDown(Float.MAX_VALUE / Byte.MAX_VALUE);

    private static final float SMALLEST_EXACT = Float.MIN_NORMAL / Byte.MAX_VALUE;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfFloat WIRE_FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int code;
    private final int bytesPerComponent;

    QueryEncoding(int code, int bytesPerComponent) {
        this.code = code;
        this.bytesPerComponent = bytesPerComponent;
    }

    /// {@return the number on the wire, which never changes}
    public int code() {
        return code;
    }

    /// Finds an encoding by its number.
    ///
    /// @param code the number on the wire
    /// @return the encoding, or null if there is none with this number
    public static QueryEncoding ofCode(int code) {
        return switch (code) {
            case 1 -> FLOAT32;
            case 2 -> INT8;
            default -> null;
        };
    }

    /// {@return the length of an encoded query in bytes}
    ///
    /// @param dimensions its components
    public int encodedBytes(int dimensions) {
        return dimensions * bytesPerComponent;
    }

    /// Encodes a query of finite components; allocates nothing.
    ///
    /// @param floats holds the query in native byte order
    /// @param floatsAt where, in bytes
    /// @param dimensions its components
    /// @param into receives [#encodedBytes] bytes
    /// @param at where, in bytes
    /// @return the scale
    float encode(MemorySegment floats, long floatsAt, int dimensions, MemorySegment into, long at) {
        if (this == FLOAT32) {
            for (int i = 0; i < dimensions; i++) {
                into.set(WIRE_FLOAT, at + 4L * i, floats.get(FLOAT, floatsAt + 4L * i));
            }
            return 1;
        }
        float largest = 0;
        for (int i = 0; i < dimensions; i++) {
            largest = Math.max(largest, Math.abs(floats.get(FLOAT, floatsAt + 4L * i)));
        }
        float scale = scaleFor(largest);
        for (int i = 0; i < dimensions; i++) {
            int rounded = Math.round(floats.get(FLOAT, floatsAt + 4L * i) / scale);
            int clamped = Math.clamp(rounded, -Byte.MAX_VALUE, Byte.MAX_VALUE);
            into.set(ValueLayout.JAVA_BYTE, at + i, (byte) clamped);
        }
        return scale;
    }

    private static float scaleFor(float largest) {
        if (largest == 0) {
            // Still a usable scale; whether such a query has a meaning is for the space to say.
            return 1;
        }
        float scale = largest / Byte.MAX_VALUE;
        // Too small to be exact, it is rounded up, so that the largest component still fits.
        return scale < SMALLEST_EXACT ? Math.nextUp(scale) : Math.min(scale, LARGEST_SCALE);
    }

    /// Decodes a query; allocates nothing.
    ///
    /// @param encoded holds [#encodedBytes] bytes
    /// @param at where, in bytes
    /// @param scale what [#encode] returned
    /// @param dimensions the components
    /// @param into receives the floats in native byte order
    /// @param intoAt where, in bytes
    void decode(
            MemorySegment encoded,
            long at,
            float scale,
            int dimensions,
            MemorySegment into,
            long intoAt) {
        for (int i = 0; i < dimensions; i++) {
            float component =
                    this == FLOAT32
                            ? encoded.get(WIRE_FLOAT, at + 4L * i)
                            : encoded.get(ValueLayout.JAVA_BYTE, at + i) * scale;
            into.set(FLOAT, intoAt + 4L * i, component);
        }
    }
}
