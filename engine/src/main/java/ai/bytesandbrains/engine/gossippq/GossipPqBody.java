package ai.bytesandbrains.engine.gossippq;

/// How long bodies of messages are: what an adapter has to check before it lets a message in.
public final class GossipPqBody {
    /// Bytes of the digests of a summary.
    static final int DIGEST_BYTES = KeyRanges.COUNT * Long.BYTES;

    /// The most hashes of a range message.
    static final int MAX_HASHES = 2048;

    static final int HASH_BYTES = Short.BYTES;

    /// Bytes for what is wanted of the hashes of a range message.
    static final int MAX_WANTED_BYTES = MAX_HASHES / Byte.SIZE;

    /// Items fill a datagram at the most.
    private static final int ITEMS_BYTES = 1152;

    private GossipPqBody() {}

    /// {@return the most items of a message}
    ///
    /// @param dimensions components of an item
    public static int maxItems(int dimensions) {
        int fitting = ITEMS_BYTES / ItemLayout.wireBytes(dimensions, false);
        return Math.clamp(fitting, 1, SubspaceSample.BATCH);
    }

    /// {@return the most bytes of a body}
    ///
    /// @param dimensions components of an item
    public static int maxBytes(int dimensions) {
        int items = maxItems(dimensions) * ItemLayout.wireBytes(dimensions, true);
        int hashes = (KeyRanges.COUNT + MAX_HASHES) * HASH_BYTES;
        return Math.max(hashes, items + MAX_WANTED_BYTES);
    }

    /// {@return whether a message is of the right form for its kind: lengths that add up, counts
    /// and numbers within their bounds}
    ///
    /// @param message any message, its kind not null
    /// @param dimensions components of an item
    /// @param subspaces how many subspaces there are
    public static boolean isSound(GossipPqMessage message, int dimensions, int subspaces) {
        int bytes = message.bodyBytes();
        int count = message.count();
        if (message.epoch() < 0
                || message.number() < 0
                || count < 0
                || message.threshold() < 0
                || message.subspace() < 0
                || message.subspace() >= subspaces) {
            return false;
        }
        return switch (message.kind()) {
            case SUMMARY -> bytes == DIGEST_BYTES;
            case SAME, ANNOUNCE, FETCH -> bytes == 0;
            case RANGE ->
                    count <= MAX_HASHES
                            && message.ranges() != 0
                            && bytes == (Long.bitCount(message.ranges()) + count) * HASH_BYTES;
            case ITEMS -> {
                boolean weighted = (message.flags() & GossipPqMessage.WEIGHTED) != 0;
                int rest = bytes - count * ItemLayout.wireBytes(dimensions, weighted);
                yield count <= maxItems(dimensions) && rest >= 0 && rest <= MAX_WANTED_BYTES;
            }
            case CHUNK -> bytes >= 1 && bytes <= GossipPq.CHUNK_BYTES;
        };
    }
}
