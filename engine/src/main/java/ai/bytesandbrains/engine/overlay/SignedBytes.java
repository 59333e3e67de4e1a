package ai.bytesandbrains.engine.overlay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The bytes that a signed descriptor's signature is over, big-endian:
///
/// ```
///   0  "bb-descriptor-01"        16
///  16  network                    8
///  24  identity                  32
///  56  address kind 4, stream 4, ip 16, port 4
///  84  sequence 4, issued at 8
/// ```
final class SignedBytes {

    static final int LENGTH = 96;

    private static final byte[] TAG = "bb-descriptor-01".getBytes(StandardCharsets.US_ASCII);

    private final ByteBuffer buffer = ByteBuffer.allocate(LENGTH);

    byte[] of(PeerDescriptor descriptor, long network) {
        buffer.clear()
                .put(TAG)
                .putLong(network)
                .putLong(descriptor.shortId())
                .putLong(descriptor.id1())
                .putLong(descriptor.id2())
                .putLong(descriptor.id3())
                .putInt(descriptor.addressKind())
                .putInt(descriptor.stream())
                .putLong(descriptor.ipHigh())
                .putLong(descriptor.ipLow())
                .putInt(descriptor.port())
                .putInt(descriptor.sequence())
                .putLong(descriptor.issuedAtMs());
        return buffer.array();
    }
}
