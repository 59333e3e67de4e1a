package ai.bytesandbrains.engine.session;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/// Cookies that nobody has to remember: a keyed hash of who a stranger says he is, where he says he
/// listens, and of the time. Whoever can echo one listens there.
///
/// Source: the stateless cookies of Karn, Simpson, "Photuris", RFC 2522, section 3.
final class Cookies {

    /// A cookie holds for this long, and up to as long again: 2^33 ns, 8.6 seconds.
    private static final int EPOCH_SHIFT = 33;

    private static final int WORDS = 10;

    private final Hmac hmac;
    private final byte[] message = new byte[WORDS * Long.BYTES];
    private final ByteBuffer words = ByteBuffer.wrap(message);
    private final byte[] hash = new byte[Hmac.BYTES];
    private final ByteBuffer result = ByteBuffer.wrap(hash);

    Cookies(RandomGenerator random) {
        byte[] secret = new byte[Hmac.BYTES];
        random.nextBytes(secret);
        hmac = new Hmac(secret);
    }

    /// The longest that a cookie holds.
    static long lifetimeNs() {
        return 2L << EPOCH_SHIFT;
    }

    long of(PeerDescriptor peer, long incarnation, long nowNs) {
        return hash(peer, incarnation, nowNs >> EPOCH_SHIFT);
    }

    boolean holds(long cookie, PeerDescriptor peer, long incarnation, long nowNs) {
        long epoch = nowNs >> EPOCH_SHIFT;
        return cookie == hash(peer, incarnation, epoch)
                || cookie == hash(peer, incarnation, epoch - 1);
    }

    private long hash(PeerDescriptor peer, long incarnation, long epoch) {
        words.clear()
                .putLong(peer.shortId())
                .putLong(peer.id1())
                .putLong(peer.id2())
                .putLong(peer.id3())
                .putLong(peer.ipHigh())
                .putLong(peer.ipLow())
                .putLong((long) peer.addressKind() << 32 | peer.port())
                .putLong(peer.stream())
                .putLong(incarnation)
                .putLong(epoch);
        hmac.compute(message, 0, message.length, hash);
        return result.getLong(0);
    }
}
