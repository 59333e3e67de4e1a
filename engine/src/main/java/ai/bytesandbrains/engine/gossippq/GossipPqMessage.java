package ai.bytesandbrains.engine.gossippq;

import java.lang.foreign.MemorySegment;

/// A message of the protocol, as a view: inbound over a received frame, outbound over the sender's
/// state. Valid only during the call that hands it over. Which fields mean something depends on
/// the kind; the others are 0.
///
/// | kind | fields | body |
/// |---|---|---|
/// | SUMMARY | space, codebook, flags, subspace, number = items, threshold, count = ranges, 128,
/// 256 or 512 | the digest of all items, 8 bytes, seven cuts of their keys, 4 bytes each, and a
/// byte for each of the lowest ranges, a multiple of eight |
/// | SAME | codebook, flags, subspace | |
/// | RANGE | codebook, flags, subspace, threshold, number = ranges, count = hashes | which ranges,
/// a bit for each there is, then for each its number of hashes, 1 byte or 2, and the hashes, 1 byte
/// each in ranges of up to 64, 2 bytes in others |
/// | ITEMS | flags, subspace, count = items | the items ([ItemLayout]), then a bit for each hash of
/// the range message, 1 = wanted |
/// | ANNOUNCE | space, codebook, flags | |
/// | FETCH | codebook, number = first chunk, ranges = which of the 64 from there | |
/// | CHUNK | codebook, number = which | [GossipPq#CHUNK_BYTES] bytes, the last one fewer |
///
/// Numbers of a body are little-endian.
public interface GossipPqMessage {
    /// Flag: the sender's codebook of its epoch is final.
    int FROZEN = 1;

    /// Flag: the sender's data have moved away from the codebook.
    int DRIFTED = 2;

    /// Flag: the items have weights.
    int WEIGHTED = 4;

    /// Flag: the sender of an announcement wants one in return.
    int ASKS = 8;

    /// {@return what it is}
    GossipPqKind kind();

    /// {@return the number that ties the messages of an exchange together, and their salt}
    long requestId();

    /// {@return the sender's epoch, from 0}
    int epoch();

    /// {@return what the sender's network and configuration hash to in this epoch}
    long space();

    /// {@return the first 8 bytes of the id of the sender's codebook, 0 with [#codebookLow] if it
    /// has none for the epoch}
    long codebookHigh();

    /// {@return the last 8 bytes of that id}
    long codebookLow();

    /// {@return flags, see the constants}
    int flags();

    /// {@return which subspace}
    int subspace();

    /// {@return a number, see the kinds}
    int number();

    /// {@return the largest key of a full sample, or `Long.MAX_VALUE`}
    long threshold();

    /// {@return a bit for each chunk}
    long ranges();

    /// {@return how many ranges there are, or hashes or items in the body}
    int count();

    /// {@return bytes of the body}
    int bodyBytes();

    /// Copies the body.
    ///
    /// @param into receives [#bodyBytes] bytes
    /// @param offset where the first one goes
    void copyBody(MemorySegment into, long offset);

    /// {@return whether two epochs and codebooks are the same}
    ///
    /// @param epoch an epoch
    /// @param high first half of a codebook's id
    /// @param low its other half
    default boolean isOf(int epoch, long high, long low) {
        return epoch() == epoch && codebookHigh() == high && codebookLow() == low;
    }
}
