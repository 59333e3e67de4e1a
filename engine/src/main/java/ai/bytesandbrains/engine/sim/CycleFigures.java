package ai.bytesandbrains.engine.sim;

/// The figures of one cycle that are quick to get.
///
/// @param cycle how many cycles had passed
/// @param members nodes that live and are honest
/// @param inDegreeMean mean in-degree
/// @param inDegreeSd standard deviation of the in-degree
/// @param deadLinksPerView mean number of entries of a view whose peer is dead
/// @param deaf members that nobody knows
/// @param attackerShare share of all entries that are attackers
/// @param crossing share of the links between members that go from one half to the other: those of
///     a partition, or of a start in halves
public record CycleFigures(
        int cycle,
        int members,
        double inDegreeMean,
        double inDegreeSd,
        double deadLinksPerView,
        int deaf,
        double attackerShare,
        double crossing) {}
