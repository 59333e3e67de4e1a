package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.soak.SoakPlan;
import ai.bytesandbrains.bench.soak.SoakRun;
import ai.bytesandbrains.bench.soak.SoakTally;

/// The figures of one `bb soak`.
///
/// @param ok whether nobody was silent or wrong and nothing was left over
/// @param transport `ipc` or `udp`
/// @param nodes processes
/// @param seconds how long they were harmed
/// @param kills processes killed and started again
/// @param stops processes that stood still and went on
/// @param driverKills media drivers killed and started again
/// @param longestReturnMs from a new driver's start until every node answered through it
/// @param longestRecoveryMs from a harm until the node answered again
/// @param complete queries that every chosen peer answered
/// @param partial queries that say that an answer is missing
/// @param unreachable queries to a node that was killed or stood still
/// @param silent queries that a node which was up did not answer
/// @param wrong answers without the right neighbour
/// @param p50Us median of searches, complete and partial
/// @param p99Us 99th percentile
/// @param maxUs the longest
/// @param leftOver buffers, processes and directories that should have gone
public record SoakReport(
        boolean ok,
        String transport,
        int nodes,
        double seconds,
        int kills,
        int stops,
        int driverKills,
        double longestReturnMs,
        double longestRecoveryMs,
        long complete,
        long partial,
        long unreachable,
        long silent,
        long wrong,
        double p50Us,
        double p99Us,
        double maxUs,
        int leftOver)
        implements Report {

    static SoakReport of(
            final SoakPlan plan,
            final SoakRun run,
            final SoakTally tally,
            final int leftOver,
            final long elapsedNs) {
        return new SoakReport(
                tally.silent() == 0 && tally.wrong() == 0 && leftOver == 0,
                plan.udp() ? "udp" : "ipc",
                plan.nodes(),
                elapsedNs / 1e9,
                run.kills(),
                run.stops(),
                run.driverKills(),
                run.longestReturnNs() / 1e6,
                run.longestRecoveryNs() / 1e6,
                tally.complete(),
                tally.partial(),
                tally.unreachable(),
                tally.silent(),
                tally.wrong(),
                tally.times().getValueAtPercentile(50) / 1e3,
                tally.times().getValueAtPercentile(99) / 1e3,
                tally.times().getMaxValue() / 1e3,
                leftOver);
    }

    @Override
    public String table() {
        return new TextTable()
                .heading(
                        "%d processes over %s for %.0f s: %s"
                                .formatted(nodes, transport, seconds, ok ? "sound" : "NOT SOUND"))
                .row("killed and started again", kills)
                .row("stopped for a while", stops)
                .row("drivers killed and started again", driverKills)
                .row("longest until all were back", longestReturnMs, " ms")
                .row("longest until it answered again", longestRecoveryMs, " ms")
                .row("queries answered in full", complete)
                .row("  in part, and saying so", partial)
                .row("  to a node that was down", unreachable)
                .row("  without an answer", silent)
                .row("  with a wrong answer", wrong)
                .row("search, p50", p50Us, " us")
                .row("  p99", p99Us, " us")
                .row("  longest", maxUs, " us")
                .row("left over", leftOver)
                .toString();
    }
}
