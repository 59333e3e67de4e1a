package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.PeerId;

import java.util.List;

/// What a find found, as an ordinary value.
///
/// @param found the best first
/// @param peersAsked how many peers were asked
/// @param peersAnswered how many answered in time
/// @param hops how many had to be asked one after the other to hear of the best one
/// @param elapsedNs from the caller's hand-over to the result
public record FindResult(
        List<Found> found, int peersAsked, int peersAnswered, int hops, long elapsedNs) {

    /// Copies the list.
    public FindResult {
        found = List.copyOf(found);
    }

    /// A peer.
    ///
    /// @param peer who
    /// @param distance of its nearest profile, or its farthest if that was wanted
    public record Found(PeerId peer, float distance) {}
}
