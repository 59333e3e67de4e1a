package ai.bytesandbrains.engine.search;

import ai.bytesandbrains.engine.overlay.PeerId;

import java.util.List;

/// What a search found, as an ordinary value.
///
/// @param hits the nearest first; equal distances by smaller id
/// @param peersChosen how many peers it wanted to ask
/// @param peersAsked how many it sent the query to
/// @param peersAnswered how many answered in time, with hits or without
/// @param peersRefused how many answered that they do not take this query
/// @param peersProbed how many were asked who has what is near, and said nothing
/// @param vectorsWanted how many hits were to be measured again on their vectors
/// @param vectorsMissing how many of those vectors did not come in time, or not at all
/// @param misstated how many hits have another distance than their peers said, by more than
///     rounding and codes explain; their distance is the true one
/// @param separation how well the profiles of peers told them apart, from 0.5 to 1; NaN if unknown
/// @param elapsedNs from the caller's hand-over to the result
public record SearchResult(
        List<Hit> hits,
        int peersChosen,
        int peersAsked,
        int peersAnswered,
        int peersRefused,
        int peersProbed,
        int vectorsWanted,
        int vectorsMissing,
        int misstated,
        float separation,
        long elapsedNs) {

    /// Below this, data is spread so evenly that it does not matter whom one asks.
    public static final float SCATTERED_BELOW = 0.62f;

    /// Copies the list.
    public SearchResult {
        hits = List.copyOf(hits);
    }

    /// {@return whether a chosen peer's answer is missing, or a vector that was wanted}
    public boolean isPartial() {
        return peersAnswered < peersChosen || vectorsMissing > 0;
    }

    /// {@return whether data is spread at random over the peers, as far as the node can tell: there
    /// is nothing to choose peers by, and only asking many of them finds what is near}
    public boolean isScattered() {
        return separation < SCATTERED_BELOW;
    }

    /// {@return how many peers received anything because of this search}
    public int peersContacted() {
        return peersAsked + peersProbed;
    }

    /// {@return how many peers were sent the query and neither answered nor refused in time}
    public int peersTimedOut() {
        return peersAsked - peersAnswered - peersRefused;
    }

    /// A neighbour.
    ///
    /// @param peer who has it
    /// @param id its external id there
    /// @param distance its distance; if it was measured by a code, with what codes underestimate on
    ///     average, so that distances under different codebooks can be compared
    /// @param measured how the distance came about
    public record Hit(PeerId peer, long id, float distance, Measured measured) {

        /// A neighbour whose peer says that its distance is exact.
        ///
        /// @param peer who has it
        /// @param id its external id there
        /// @param distance its distance
        public Hit(PeerId peer, long id, float distance) {
            this(peer, id, distance, Measured.EXACT);
        }
    }
}
