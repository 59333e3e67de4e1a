package ai.bytesandbrains.bench.cli;

import java.util.List;

/// The figures of one `bb overlay`.
///
/// @param nodes nodes
/// @param cycles periods
/// @param dimensions components of a profile
/// @param nearRecallAt10 share of the truly nearest 10 peers in near views, at the end
/// @param beam L of the finds
/// @param finds how many finds
/// @param findRecallAt10 share of the truly best 10 peers that finds found
/// @param peersAskedMean peers that a find asked
/// @param peersAnsweredMean peers that answered it
/// @param hopsMean peers asked one after the other to hear of the best
/// @param findMs virtual time of a find, mean
/// @param bytesPerNodeCycle bytes that a node sends in a cycle, without frames
/// @param course how views came to be what they are
/// @param wallSeconds the whole run
/// @param seed seed of the run
/// @param digest equal only for runs in which the same happened, in hexadecimal digits
public record OverlayReport(
        int nodes,
        int cycles,
        int dimensions,
        Double nearRecallAt10,
        int beam,
        int finds,
        Double findRecallAt10,
        Double peersAskedMean,
        Double peersAnsweredMean,
        Double hopsMean,
        Double findMs,
        Double bytesPerNodeCycle,
        List<Moment> course,
        Double wallSeconds,
        long seed,
        String digest)
        implements Report {

    /// The views after some cycles.
    ///
    /// @param cycle cycles so far
    /// @param nearRecallAt10 share of the truly nearest 10 peers in near views
    /// @param bytesPerNodeCycle bytes that a node sent in a cycle so far
    public record Moment(int cycle, Double nearRecallAt10, Double bytesPerNodeCycle) {}

    @Override
    public String table() {
        final TextTable table =
                new TextTable()
                        .heading("overlay")
                        .row("nodes", nodes)
                        .row("dimensions", dimensions)
                        .heading("recall@10 of near views");
        for (final Moment moment : course) {
            table.row("after cycle " + moment.cycle(), moment.nearRecallAt10());
        }
        return table.heading("finds")
                .row("beam", beam)
                .row("finds", finds)
                .row("recall@10", findRecallAt10)
                .row("peers asked", peersAskedMean)
                .row("peers answered", peersAnsweredMean)
                .row("hops", hopsMean)
                .row("virtual time", findMs, " ms")
                .heading("run")
                .row("bytes a node and cycle", bytesPerNodeCycle)
                .row("wall time", wallSeconds, " s")
                .row("seed", seed)
                .row("digest", digest)
                .toString();
    }
}
