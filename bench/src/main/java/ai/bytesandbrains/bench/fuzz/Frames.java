package ai.bytesandbrains.bench.fuzz;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Where the fields of a frame's header are, taken from the schema by hand: whoever damages frames
/// shares no code with those who read them.
final class Frames {

    /// Where a message's own fields begin.
    static final int BODY = 56;

    private static final int TEMPLATE = 2;
    private static final int LENGTH = 12;
    private static final int SENDER = 24;
    private static final int RECEIVER = 32;
    private static final int SEQUENCE = 48;

    private Frames() {}

    /// {@return the kind of a whole frame}
    static int template(final DirectBuffer frame) {
        return frame.getShort(TEMPLATE, LITTLE_ENDIAN) & 0xffff;
    }

    /// Says in the header how long the frame is, if it has so much of a header.
    static void length(final MutableDirectBuffer frame, final int length) {
        if (length >= LENGTH + Integer.BYTES) {
            frame.putInt(LENGTH, length, LITTLE_ENDIAN);
        }
    }

    static void sequence(final MutableDirectBuffer frame, final int length, final long sequence) {
        if (length >= SEQUENCE + Long.BYTES) {
            frame.putLong(SEQUENCE, sequence, LITTLE_ENDIAN);
        }
    }

    /// Makes a frame one that its receiver has sent.
    ///
    /// @param toSender to its sender, or to himself
    static void reflect(final MutableDirectBuffer frame, final boolean toSender) {
        final long sender = frame.getLong(SENDER, LITTLE_ENDIAN);
        frame.putLong(SENDER, frame.getLong(RECEIVER, LITTLE_ENDIAN), LITTLE_ENDIAN);
        if (toSender) {
            frame.putLong(RECEIVER, sender, LITTLE_ENDIAN);
        }
    }
}
