package ai.bytesandbrains.bench.fuzz;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.util.SplittableRandom;

/// Frames that are almost right, quite wrong, or noise. Allocates nothing.
final class Mutation {

    /// The longest that any frame gets by being damaged.
    static final int MORE = 400;

    private static final int LONGER = 100;
    private static final int HEAD = 160;
    private static final int[] AWKWARD = {
        0, 1, 2, 3, 7, 8, 63, 64, 65, 127, 128, 255, 256, 32_767, 32_768, 65_534, 65_535
    };

    private final SplittableRandom random;

    Mutation(final SplittableRandom random) {
        this.random = random;
    }

    /// Damages a frame.
    ///
    /// @param frame a sound one, longer than a header
    /// @param length in bytes
    /// @param before another one
    /// @param lengthBefore in bytes
    /// @param into takes the damaged frame; has room for the longer of both and [#MORE]
    /// @return its length
    int damage(
            final DirectBuffer frame,
            final int length,
            final DirectBuffer before,
            final int lengthBefore,
            final MutableDirectBuffer into) {
        into.putBytes(0, frame, 0, length);
        return switch (random.nextInt(10)) {
            case 0 -> noise(into, 0, random.nextInt(MORE));
            case 1 -> sized(into, random.nextInt(length));
            case 2 -> random.nextInt(length);
            case 3 -> sized(into, noise(into, length, random.nextInt(LONGER)));
            case 4 -> sized(into, noise(into, Frames.BODY, random.nextInt(MORE - Frames.BODY)));
            case 5 -> splice(before, lengthBefore, length, into);
            case 6 -> changed(into, 0, Frames.BODY, length);
            default -> changed(into, Frames.BODY, length, length);
        };
    }

    /// Random bytes from a place on; returns where they end.
    private int noise(final MutableDirectBuffer into, final int from, final int length) {
        for (int i = 0; i < length; i++) {
            into.putByte(from + i, (byte) random.nextInt());
        }
        return from + length;
    }

    private static int sized(final MutableDirectBuffer into, final int length) {
        Frames.length(into, length);
        return length;
    }

    /// The end of another frame behind the beginning of this one.
    private int splice(
            final DirectBuffer before,
            final int lengthBefore,
            final int length,
            final MutableDirectBuffer into) {
        final int from = random.nextInt(lengthBefore);
        final int at = Frames.BODY + random.nextInt(length - Frames.BODY + 1);
        into.putBytes(at, before, from, lengthBefore - from);
        return sized(into, at + lengthBefore - from);
    }

    private int changed(
            final MutableDirectBuffer into, final int from, final int to, final int length) {
        for (int i = random.nextInt(4); i >= 0 && from < to; i--) {
            final int at = from + random.nextInt(to - from);
            switch (random.nextInt(5)) {
                case 0 -> into.putByte(at, (byte) random.nextInt());
                case 1 -> into.putByte(at, (byte) (into.getByte(at) ^ 1 << random.nextInt(8)));
                case 2 -> into.putByte(at, (byte) awkward());
                default -> {
                    final int inHead = Math.min(at, from + HEAD);
                    if (inHead <= to - Short.BYTES) {
                        into.putShort(inHead, (short) awkward(), LITTLE_ENDIAN);
                    }
                }
            }
        }
        return length;
    }

    private int awkward() {
        return AWKWARD[random.nextInt(AWKWARD.length)];
    }
}
