package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.codecs.sbe.FrameStamp;
import ai.bytesandbrains.codecs.sbe.MessageWriter;

import org.agrona.MutableDirectBuffer;

/// Writes frames that begin with a number and are no messages.
///
/// @param length of each, in bytes
record NumberWriter(int length) implements MessageWriter<Integer> {

    @Override
    public int frameLength(Integer number) {
        return length;
    }

    @Override
    public void write(
            Integer number,
            long receiver,
            FrameStamp stamp,
            MutableDirectBuffer buffer,
            int offset) {
        buffer.putInt(offset, number);
    }
}
