package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.GroupSizeEncodingDecoder;

import org.agrona.DirectBuffer;

import java.nio.ByteOrder;
import java.util.Objects;

/// A repeating group of fixed-size entries, proven to lie inside its frame, with access by index
/// (the generated decoder only walks).
final class GroupView {

    private static final int DIMENSIONS = GroupSizeEncodingDecoder.ENCODED_LENGTH;
    private static final int COUNT_SHIFT =
            Byte.SIZE * GroupSizeEncodingDecoder.numInGroupEncodingOffset();
    private static final int STRIDE_MASK = 0xffff;

    private DirectBuffer buffer;
    private int first;
    private int stride;
    private int count;

    /// Wraps a group.
    ///
    /// @param at where its dimensions begin; may lie anywhere, being the sum of untrusted lengths
    /// @param limit where the frame ends
    /// @param entryLength what this version knows of an entry; a newer one may have more
    /// @return whether all of it lies inside the frame
    boolean wrap(DirectBuffer buffer, int at, int limit, int entryLength) {
        this.buffer = buffer;
        return at <= limit - DIMENSIONS
                && wrap(buffer.getInt(at, ByteOrder.LITTLE_ENDIAN), at, limit, entryLength);
    }

    /// As the other method, of a frame that is wrapped as a whole.
    boolean wrap(Words frame, int at, int limit, int entryLength) {
        return at <= limit - DIMENSIONS
                && wrap(frame.getInt(frame.at(at, DIMENSIONS)), at, limit, entryLength);
    }

    private boolean wrap(int dimensions, int at, int limit, int entryLength) {
        first = at + DIMENSIONS;
        stride = dimensions & STRIDE_MASK;
        count = dimensions >>> COUNT_SHIFT;
        return (count == 0 || stride >= entryLength) && (long) count * stride <= limit - first;
    }

    int stride() {
        return stride;
    }

    DirectBuffer buffer() {
        return buffer;
    }

    int count() {
        return count;
    }

    /// Where what follows it begins.
    int end() {
        return first + count * stride;
    }

    int entry(int index) {
        return first + Objects.checkIndex(index, count) * stride;
    }
}
