package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.gossippq.GossipPqConfig;

import java.util.Objects;

/// An experiment with GOSSIP-PQ over gossip peer sampling. Shares are of the nodes, from 0 to 1.
///
/// @param pq the protocol's parameters; a round is one period
/// @param nodes how many nodes
/// @param late how many more nodes come when all others have a final codebook
/// @param faults what the network does to messages
/// @param silent share of the nodes that hears and says nothing in a round, other nodes each round
/// @param churn share of the nodes that is replaced in a round: the newcomer has the rows of who
///     left and counts them as its own
/// @param restart share of the nodes that in a round loses all but its rows and secrets
/// @param splitRounds for how many rounds the network begins as two halves
/// @param seed decides everything left to chance
public record CodebookScenario(
        GossipPqConfig pq,
        int nodes,
        int late,
        Faults faults,
        double silent,
        double churn,
        double restart,
        int splitRounds,
        long seed) {
    private static final int MAX_NODES = 4096;

    /// Checks every field.
    ///
    /// @throws IllegalArgumentException that names the field and its value
    public CodebookScenario {
        Objects.requireNonNull(pq, "pq");
        Objects.requireNonNull(faults, "faults");
        require(
                nodes >= 2 && nodes <= MAX_NODES,
                "nodes=" + nodes + ": expected 2 to " + MAX_NODES);
        require(
                late >= 0 && late <= MAX_NODES - nodes,
                "late=" + late + ": expected 0 to " + (MAX_NODES - nodes));
        requireShare("silent", silent);
        requireShare("churn", churn);
        requireShare("restart", restart);
        require(splitRounds >= 0, "splitRounds=" + splitRounds + ": expected at least 0");
    }

    /// An experiment in which nothing goes wrong.
    ///
    /// @param pq the protocol's parameters
    /// @param nodes how many nodes
    /// @param seed decides everything left to chance
    /// @return the experiment
    public static CodebookScenario of(GossipPqConfig pq, int nodes, long seed) {
        return new CodebookScenario(pq, nodes, 0, Faults.NONE, 0, 0, 0, 0, seed);
    }

    private static void requireShare(String name, double value) {
        require(value >= 0 && value < 1, name + "=" + value + ": expected 0 to less than 1");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
