package ai.bytesandbrains.engine.gossippq;

/// How long bodies of messages are: what an adapter has to check before it lets a message in.
public final class GossipPqBody {
    /// Bytes for what is wanted of the hashes of a range message.
    static final int MAX_WANTED_BYTES = HashLists.MAX_HASHES / Byte.SIZE;

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
        return Math.max(HashLists.maxBytes(), items + MAX_WANTED_BYTES);
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
            case SUMMARY ->
                    KeyRanges.isCount(count)
                            && bytes >= KeyRanges.bytes(0)
                            && bytes <= KeyRanges.bytes(count)
                            && KeyRanges.digests(bytes) % KeyRanges.DIGESTS == 0;
            case SAME, ANNOUNCE, FETCH -> bytes == 0;
            case RANGE -> HashLists.isLength(bytes, message.number(), count);
            case ITEMS -> {
                boolean weighted = (message.flags() & GossipPqMessage.WEIGHTED) != 0;
                int rest = bytes - count * ItemLayout.wireBytes(dimensions, weighted);
                yield count <= maxItems(dimensions) && rest >= 0 && rest <= MAX_WANTED_BYTES;
            }
            case CHUNK -> bytes >= 1 && bytes <= GossipPq.CHUNK_BYTES;
        };
    }
}
