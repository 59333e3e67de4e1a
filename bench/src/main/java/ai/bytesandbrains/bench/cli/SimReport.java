package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.engine.sim.OverlayMetrics;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/// The figures of one `bb sim`, of the views as they were at the end. In JSON the groups are one
/// flat object. A null figure is one that this run did not produce.
///
/// @param setup what was run
/// @param overlay what the views look like
/// @param course what happened on the way
/// @param sampling how good the views are as samples
/// @param cost what it took
/// @param seed seed of the run
/// @param digest equal only for runs in which the same happened, in hexadecimal digits
public record SimReport(
        @JsonUnwrapped Setup setup,
        @JsonUnwrapped Overlay overlay,
        @JsonUnwrapped Course course,
        @JsonUnwrapped Sampling sampling,
        @JsonUnwrapped Cost cost,
        long seed,
        String digest)
        implements Report {

    /// What was run.
    ///
    /// @param nodes nodes at the start
    /// @param cycles periods
    /// @param view c
    /// @param healing H
    /// @param swap S
    /// @param exchange `classic` or `basalt`
    /// @param wire what travelled
    public record Setup(
            int nodes, int cycles, int view, int healing, int swap, String exchange, String wire) {}

    /// What the views look like, of nodes that live and do not attack.
    ///
    /// @param members how many these are
    /// @param inDegreeMean mean number of views that a node is in
    /// @param inDegreeSd its standard deviation
    /// @param inDegreeMin the least
    /// @param inDegreeMax the largest
    /// @param clustering mean clustering coefficient; exact up to 20,000 nodes
    /// @param averagePath mean shortest path; exact up to 20,000 nodes
    /// @param components connected components
    /// @param largestComponent nodes in the largest
    /// @param outsideLargest nodes in the others
    /// @param deadLinksPerView dead entries of a view
    /// @param deaf nodes in nobody's view
    /// @param attackerShare share of the entries that are attackers
    /// @param crossing share of the links that go from one half to the other; .5 where halves mean
    ///     nothing
    public record Overlay(
            int members,
            Double inDegreeMean,
            Double inDegreeSd,
            int inDegreeMin,
            int inDegreeMax,
            Double clustering,
            Double averagePath,
            int components,
            int largestComponent,
            int outsideLargest,
            Double deadLinksPerView,
            int deaf,
            Double attackerShare,
            Double crossing) {
        /// Puts the figures in order.
        ///
        /// @param metrics the figures
        /// @param crossing share of the links from half to half
        /// @return the same
        static Overlay of(final OverlayMetrics metrics, final double crossing) {
            return new Overlay(
                    metrics.members(),
                    metrics.inDegree().mean(),
                    metrics.inDegree().sd(),
                    metrics.inDegree().min(),
                    metrics.inDegree().max(),
                    metrics.clustering(),
                    metrics.averagePath(),
                    metrics.components(),
                    metrics.largestComponent(),
                    metrics.members() - metrics.largestComponent(),
                    metrics.deadLinksPerView(),
                    metrics.deaf(),
                    metrics.attackerShare(),
                    crossing);
        }
    }

    /// What happened on the way.
    ///
    /// @param healedAfterCycles cycles after the deaths until no view held a dead node
    /// @param cutOffByDeaths nodes outside the largest component just after the deaths
    /// @param exchanges exchanges that came to their end
    /// @param refused exchanges and joins that the budgets refused
    /// @param timeouts requests that were not answered in time
    /// @param lost messages lost, or to nobody
    /// @param malformed messages that could not be read on arrival
    /// @param messagesPerNodeCycle messages that a node sends in a cycle
    /// @param bytesPerNodeCycle bytes of them in frames of the wire format
    public record Course(
            Integer healedAfterCycles,
            Integer cutOffByDeaths,
            long exchanges,
            long refused,
            long timeouts,
            long lost,
            long malformed,
            Double messagesPerNodeCycle,
            Double bytesPerNodeCycle) {}

    /// How good the views are as samples.
    ///
    /// @param autocorrelation1 of a node's in-degree, one cycle later
    /// @param autocorrelation10 ten cycles later
    /// @param autocorrelation50 fifty cycles later
    /// @param draws peers that a node drew, one in a cycle
    /// @param distinctDraws different ones among them, mean
    /// @param distinctDrawsIdeal the same for a perfect sampler
    public record Sampling(
            Double autocorrelation1,
            Double autocorrelation10,
            Double autocorrelation50,
            Integer draws,
            Double distinctDraws,
            Double distinctDrawsIdeal) {}

    /// What it took.
    ///
    /// @param wallSeconds the whole run
    /// @param runSeconds of it, the simulation itself, without its figures
    /// @param bytesPerNode bytes for each node
    /// @param allocatedBytesPerExchange heap bytes of the second half of the cycles; those in which
    ///     nodes come or go allocate
    public record Cost(
            Double wallSeconds,
            Double runSeconds,
            Double bytesPerNode,
            Double allocatedBytesPerExchange) {}

    @Override
    public String table() {
        return new TextTable()
                .heading("setup")
                .row("nodes", setup.nodes)
                .row("cycles", setup.cycles)
                .row("exchange", setup.exchange)
                .row("view, healing, swap", setup.view + ", " + setup.healing + ", " + setup.swap)
                .row("wire", setup.wire)
                .row("seed", Long.toString(seed))
                .heading("overlay")
                .row("nodes looked at", overlay.members)
                .row("in-degree mean", overlay.inDegreeMean)
                .row("in-degree sd", overlay.inDegreeSd)
                .row("in-degree min..max", overlay.inDegreeMin + ".." + overlay.inDegreeMax)
                .row("clustering", overlay.clustering)
                .row("average path", overlay.averagePath)
                .row("components", overlay.components)
                .row("outside the largest", overlay.outsideLargest)
                .row("dead links per view", overlay.deadLinksPerView)
                .row("deaf nodes", overlay.deaf)
                .row("attackers' share", overlay.attackerShare)
                .heading("course")
                .row("healed after", course.healedAfterCycles, " cycles")
                .row("cut off by the deaths", course.cutOffByDeaths)
                .row("exchanges", course.exchanges)
                .row("refused", course.refused)
                .row("timeouts", course.timeouts)
                .row("messages lost", course.lost)
                .row("messages malformed", course.malformed)
                .row("messages, node and cycle", course.messagesPerNodeCycle)
                .row("bytes, node and cycle", course.bytesPerNodeCycle)
                .heading("sampling")
                .row("autocorrelation, lag 1", sampling.autocorrelation1)
                .row("lag 10", sampling.autocorrelation10)
                .row("lag 50", sampling.autocorrelation50)
                .row("distinct draws", sampling.distinctDraws)
                .row("of a perfect sampler", sampling.distinctDrawsIdeal)
                .heading("cost")
                .row("memory per node", cost.bytesPerNode, " bytes")
                .row("allocated per exchange", cost.allocatedBytesPerExchange, " bytes")
                .row("simulation", cost.runSeconds, " s")
                .row("total", cost.wallSeconds, " s")
                .row("digest", digest)
                .toString();
    }
}
