package ai.bytesandbrains.engine.gossip;

/// What became of a join.
///
/// @param outcome how it ended
/// @param answers how many seed peers let the node in meanwhile
/// @param refusals how many answers said that the seed peer had too much to do
/// @param elapsedNs nanoseconds from begin to end
public record JoinResult(JoinOutcome outcome, int answers, int refusals, long elapsedNs) {

    /// {@return whether the node has a view}
    public boolean isJoined() {
        return outcome == JoinOutcome.JOINED;
    }
}
