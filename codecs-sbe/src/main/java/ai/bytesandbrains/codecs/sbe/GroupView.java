package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.codecs.sbe.wire.GroupSizeEncodingDecoder;

import org.agrona.DirectBuffer;

import java.util.Objects;

/// A repeating group of fixed-size entries, proven to lie inside its frame, with access by index
/// (the generated decoder only walks).
final class GroupView {

    private final GroupSizeEncodingDecoder dimensions = new GroupSizeEncodingDecoder();
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
        if (at > limit - GroupSizeEncodingDecoder.ENCODED_LENGTH) {
            return false;
        }
        dimensions.wrap(buffer, at);
        this.buffer = buffer;
        first = at + GroupSizeEncodingDecoder.ENCODED_LENGTH;
        stride = dimensions.blockLength();
        count = dimensions.numInGroup();
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
