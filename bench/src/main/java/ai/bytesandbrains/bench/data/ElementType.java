package ai.bytesandbrains.bench.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// What one value of a data file is. The conversions read `count` values that lie behind each other
/// in a row and allocate nothing.
enum ElementType {
    U8(1) {
        @Override
        double get(final MemorySegment row, final long at, final ByteOrder order) {
            return row.get(ValueLayout.JAVA_BYTE, at) & 0xff;
        }
    },
    I8(1) {
        @Override
        double get(final MemorySegment row, final long at, final ByteOrder order) {
            return row.get(ValueLayout.JAVA_BYTE, at);
        }
    },
    I16(2) {
        @Override
        double get(final MemorySegment row, final long at, final ByteOrder order) {
            return row.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order), at);
        }
    },
    I32(4) {
        @Override
        double get(final MemorySegment row, final long at, final ByteOrder order) {
            return row.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(order), at);
        }
    },
    I64(8) {
        @Override
        double get(final MemorySegment row, final long at, final ByteOrder order) {
            return row.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order), at);
        }
    },
    F16(2) {
        @Override
        double get(final MemorySegment row, final long at, final ByteOrder order) {
            return Float.float16ToFloat(
                    row.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order), at));
        }
    },
    F32(4) {
        @Override
        double get(final MemorySegment row, final long at, final ByteOrder order) {
            return row.get(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order), at);
        }

        @Override
        void toFloats(
                final MemorySegment row,
                final long from,
                final ByteOrder order,
                final MemorySegment floats,
                final long to,
                final int count) {
            MemorySegment.copy(
                    row,
                    ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order),
                    from,
                    floats,
                    ValueLayout.JAVA_FLOAT_UNALIGNED,
                    to,
                    count);
        }
    },
    F64(8) {
        @Override
        double get(final MemorySegment row, final long at, final ByteOrder order) {
            return row.get(ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(order), at);
        }
    };

    private final int bytes;

    ElementType(final int bytes) {
        this.bytes = bytes;
    }

    /// Bytes of a value.
    int bytes() {
        return bytes;
    }

    /// One value. A double holds all of them but the largest 64-bit numbers exactly.
    abstract double get(MemorySegment row, long at, ByteOrder order);

    /// Writes `count` values as floats in native byte order, rounded to the nearest.
    void toFloats(
            final MemorySegment row,
            final long from,
            final ByteOrder order,
            final MemorySegment floats,
            final long to,
            final int count) {
        for (int i = 0; i < count; i++) {
            final float value = (float) get(row, from + (long) i * bytes, order);
            floats.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value);
        }
    }

    /// Whether the values are whole numbers, such as ids.
    boolean isWhole() {
        return this != F16 && this != F32 && this != F64;
    }
}
