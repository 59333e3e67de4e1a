package ai.bytesandbrains.codecs.sbe;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;

/// Part of a buffer as little-endian words, for what every frame and every peer in it has.
///
/// Each access through a buffer checks its own bounds, and as the compiler cannot tell whether the
/// buffer lies on the heap, it reads everything else anew after each. Here a range is checked once,
/// by [#at], and what is in it is then read and written as plain memory. A place that did not come
/// from [#at], or is not in the range it was asked for, reads other people's memory: offsets into a
/// range are constants of the schema, or multiples of a length that was asked for.
///
/// Single-threaded. Allocates nothing, but when bytes are copied to or from a buffer on the heap
/// that is not the last one.
final class Words {

    private static final boolean SWAPS = ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN;

    /// Buffers outside the heap, by address.
    @SuppressWarnings("restricted")
    private static final MemorySegment NATIVE = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Null for a buffer outside the heap.
    private byte[] array;

    private MemorySegment arraySegment;
    private byte[] arrayOfSegment;
    private long first;
    private int length;

    /// Wraps part of a buffer, for as long as that is where it is now.
    ///
    /// @return this
    /// @throws IndexOutOfBoundsException if that part is not inside the buffer
    Words wrap(DirectBuffer buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.capacity());
        array = buffer.byteArray();
        first = buffer.addressOffset() + offset;
        this.length = length;
        return this;
    }

    /// {@return where a range begins, for the other methods: it and what lies behind it, up to its
    /// end, may be read and written}
    ///
    /// @throws IndexOutOfBoundsException if it is not inside what was wrapped
    long at(int offset, int bytes) {
        return first + Objects.checkFromIndexSize(offset, bytes, length);
    }

    long getLong(long place) {
        long value = array == null ? UnsafeApi.getLong(place) : UnsafeApi.getLong(array, place);
        return SWAPS ? Long.reverseBytes(value) : value;
    }

    int getInt(long place) {
        int value = array == null ? UnsafeApi.getInt(place) : UnsafeApi.getInt(array, place);
        return SWAPS ? Integer.reverseBytes(value) : value;
    }

    int getByte(long place) {
        byte value = array == null ? UnsafeApi.getByte(place) : UnsafeApi.getByte(array, place);
        return value & 0xff;
    }

    void putLong(long place, long value) {
        long word = SWAPS ? Long.reverseBytes(value) : value;
        if (array == null) {
            UnsafeApi.putLong(place, word);
        } else {
            UnsafeApi.putLong(array, place, word);
        }
    }

    void putInt(long place, int value) {
        int word = SWAPS ? Integer.reverseBytes(value) : value;
        if (array == null) {
            UnsafeApi.putInt(place, word);
        } else {
            UnsafeApi.putInt(array, place, word);
        }
    }

    void putShort(long place, int value) {
        putByte(place, value);
        putByte(place + 1, value >>> Byte.SIZE);
    }

    void putByte(long place, int value) {
        if (array == null) {
            UnsafeApi.putByte(place, (byte) value);
        } else {
            UnsafeApi.putByte(array, place, (byte) value);
        }
    }

    /// Copies a range out.
    ///
    /// @throws IndexOutOfBoundsException if it is not inside what was wrapped, or has no room there
    void copy(int offset, int bytes, MemorySegment into, long intoOffset) {
        long from = at(offset, bytes) - segmentBase();
        MemorySegment.copy(segment(), from, into, intoOffset, bytes);
    }

    /// Copies a range in.
    ///
    /// @throws IndexOutOfBoundsException if it is not inside what was wrapped, or not there
    void fill(int offset, int bytes, MemorySegment from, long fromOffset) {
        long to = at(offset, bytes) - segmentBase();
        MemorySegment.copy(from, fromOffset, segment(), to, bytes);
    }

    private long segmentBase() {
        return array == null ? 0 : BufferUtil.ARRAY_BASE_OFFSET;
    }

    @SuppressWarnings("ReferenceEquality") // Another array is another place, whatever is in it.
    private MemorySegment segment() {
        if (array == null) {
            return NATIVE;
        }
        if (arrayOfSegment != array) {
            arrayOfSegment = array;
            arraySegment = MemorySegment.ofArray(array);
        }
        return arraySegment;
    }
}
