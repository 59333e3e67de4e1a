package ai.bytesandbrains.codecs.sbe;

import ai.bytesandbrains.engine.session.Hmac;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.nio.ByteBuffer;

/// Seals frames that leave and checks those that arrive, with the key of the network: the first
/// half of the HMAC-SHA256 of everything before it ends every frame. It proves that whoever sent
/// the frame knows the key, not who he is.
///
/// One thread owns it. Allocates nothing after construction.
public final class FrameSeal {

    /// What a seal adds to a frame, in bytes.
    public static final int BYTES = 16;

    private final Hmac first;
    private final Hmac second;
    private final byte[] frame;
    private final ByteBuffer frameWords;
    private final byte[] hash = new byte[Hmac.BYTES];
    private final ByteBuffer hashWords = ByteBuffer.wrap(hash);

    /// Makes the seal of one node.
    ///
    /// @param key the keys
    /// @param maxFrameLength the longest frame that leaves or is let in, in bytes
    public FrameSeal(NetworkKey key, int maxFrameLength) {
        first = new Hmac(key.first());
        second = key.second() == null ? null : new Hmac(key.second());
        frame = new byte[maxFrameLength];
        frameWords = ByteBuffer.wrap(frame);
    }

    /// Writes the seal into the last bytes of a frame.
    void seal(MutableDirectBuffer buffer, int offset, int length) {
        int sealed = length - BYTES;
        buffer.getBytes(offset, frame, 0, sealed);
        first.compute(frame, 0, sealed, hash);
        buffer.putBytes(offset + sealed, hash, 0, BYTES);
    }

    /// Whether the last bytes of a frame are the seal of what comes before them.
    boolean holds(DirectBuffer buffer, int offset, int length) {
        int sealed = length - BYTES;
        if (sealed <= 0 || length > frame.length) {
            return false;
        }
        buffer.getBytes(offset, frame, 0, length);
        return isSealOf(first, sealed) || (second != null && isSealOf(second, sealed));
    }

    /// Takes the same time wherever the first difference is.
    private boolean isSealOf(Hmac key, int sealed) {
        key.compute(frame, 0, sealed, hash);
        long differences =
                (hashWords.getLong(0) ^ frameWords.getLong(sealed))
                        | (hashWords.getLong(Long.BYTES) ^ frameWords.getLong(sealed + Long.BYTES));
        return differences == 0;
    }
}
