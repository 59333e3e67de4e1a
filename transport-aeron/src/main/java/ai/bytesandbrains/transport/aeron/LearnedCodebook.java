package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.codec.Codebook;

/// What a node has learned so far together with the others.
///
/// @param epoch the epoch that the node is in, from 0
/// @param codebook the newest codebook, or null if there is none yet
/// @param isFinal whether it is the final one of the epoch: what codes are made with
/// @param previous the final codebook of the epoch before, for codes that are not encoded anew yet,
///     or null
/// @param rounds rounds from the beginning of the epoch until this was noted
/// @param encoded whether the index that follows has gone over to `codebook`; false without one
public record LearnedCodebook(
        int epoch,
        Codebook codebook,
        boolean isFinal,
        Codebook previous,
        long rounds,
        boolean encoded) {
    /// Nothing yet.
    static final LearnedCodebook NONE = new LearnedCodebook(0, null, false, null, 0, false);
}
