package ai.bytesandbrains.bench.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/// The figures of one `bb demo`. In JSON the groups are one flat object. A null figure is one that
/// this run did not produce.
///
/// @param setup what was run
/// @param discovery how the peers found each other
/// @param answers how good and how fast the answers were
/// @param slowest how long the slowest peer's own search took
/// @param cost what a query takes
/// @param traffic what went over the transport until the codebook was learned
/// @param codebook what the peers learned together
/// @param totalSeconds the whole run
public record DemoReport(
        @JsonUnwrapped Setup setup,
        @JsonUnwrapped Discovery discovery,
        @JsonUnwrapped Answers answers,
        @JsonUnwrapped Slowest slowest,
        @JsonUnwrapped Cost cost,
        @JsonUnwrapped Traffic traffic,
        @JsonUnwrapped DemoCodebook codebook,
        Double totalSeconds)
        implements Report {

    /// What was run.
    ///
    /// @param peers peers, the asking one included
    /// @param vectors vectors over all peers
    /// @param transport `ipc` or `udp`
    /// @param partition lower-case name of the partition
    /// @param queries queries asked
    /// @param k neighbours per query
    /// @param askPeers most other peers that a query may ask
    /// @param seed seed of the run
    public record Setup(
            int peers,
            int vectors,
            String transport,
            String partition,
            int queries,
            int k,
            int askPeers,
            long seed) {
        /// What the options say.
        ///
        /// @param options validated options
        /// @param vectors vectors over all peers
        /// @return the setup
        public static Setup of(final DemoOptions options, final int vectors) {
            return new Setup(
                    options.peers(),
                    vectors,
                    LowerCase.name(options.transport()),
                    LowerCase.name(options.partition()),
                    options.queries(),
                    options.k(),
                    options.askPeers(),
                    options.seed());
        }
    }

    /// How the peers found each other.
    ///
    /// @param discoveredSeconds from the start until every view was full
    /// @param viewsFull share of views that hold min(c, peers - 1) peers, 0 to 1
    public record Discovery(Double discoveredSeconds, Double viewsFull) {
        /// Nothing measured.
        public static final Discovery ABSENT = new Discovery(null, null);
    }

    /// How good and how fast the answers were.
    ///
    /// @param recallAt10 share of the true 10 nearest that were found, mean over queries; null for
    ///     k below 10
    /// @param peersAskedMean peers asked per query
    /// @param partial queries whose answer lacks an asked peer
    /// @param p50Us median time of a query in microseconds
    /// @param p99Us 99th percentile in microseconds
    /// @param p999Us 99.9th percentile in microseconds
    public record Answers(
            Double recallAt10,
            Double peersAskedMean,
            Long partial,
            Double p50Us,
            Double p99Us,
            Double p999Us) {
        /// Nothing measured.
        public static final Answers ABSENT = new Answers(null, null, null, null, null, null);
    }

    /// What a query waits for at least: the slowest of the peers' own searches, without the way
    /// there and back.
    ///
    /// @param slowestSearchP50Us median in microseconds
    /// @param slowestSearchP99Us 99th percentile in microseconds
    public record Slowest(Double slowestSearchP50Us, Double slowestSearchP99Us) {
        /// Nothing measured.
        public static final Slowest ABSENT = new Slowest(null, null);
    }

    /// What a warm query takes, all peers together, the gossip that goes on beside it included.
    ///
    /// @param messagesPerQuery messages sent
    /// @param bytesPerQuery bytes of them
    /// @param allocatedBytesPerQuery heap bytes allocated by the peers' threads and the asking one;
    ///     null when peers were killed or paused meanwhile
    public record Cost(
            Double messagesPerQuery, Double bytesPerQuery, Double allocatedBytesPerQuery) {
        /// Nothing measured.
        public static final Cost ABSENT = new Cost(null, null, null);
    }

    /// What went over the transport until the codebook was learned, warm-up included, all peers
    /// together.
    ///
    /// @param messagesOnWire messages sent
    /// @param bytesOnWire bytes of them
    /// @param droppedFrames frames that were dropped as malformed or unexpected
    public record Traffic(Long messagesOnWire, Long bytesOnWire, Long droppedFrames) {
        /// Nothing measured.
        public static final Traffic ABSENT = new Traffic(null, null, null);
    }

    @Override
    public String table() {
        final TextTable table =
                new TextTable()
                        .heading("setup")
                        .row("peers", setup.peers)
                        .row("vectors", setup.vectors)
                        .row("transport", setup.transport)
                        .row("partition", setup.partition)
                        .row("seed", Long.toString(setup.seed))
                        .heading("discovery")
                        .row("discovered after", discovery.discoveredSeconds, " s")
                        .row("views full", percent(discovery.viewsFull), " %")
                        .heading("answers")
                        .row("queries", setup.queries)
                        .row("k", setup.k)
                        .row("recall@10", answers.recallAt10)
                        .row("peers asked, mean", answers.peersAskedMean)
                        .row("partial answers", answers.partial)
                        .row("time p50", answers.p50Us, " us")
                        .row("time p99", answers.p99Us, " us")
                        .row("time p99.9", answers.p999Us, " us")
                        .row("slowest peer's own search p50", slowest.slowestSearchP50Us, " us")
                        .row("slowest peer's own search p99", slowest.slowestSearchP99Us, " us")
                        .row("messages per query", cost.messagesPerQuery)
                        .row("bytes per query", cost.bytesPerQuery)
                        .row("allocated per query", cost.allocatedBytesPerQuery, " bytes")
                        .heading("traffic without the codebook's")
                        .row("messages", traffic.messagesOnWire)
                        .row("bytes", traffic.bytesOnWire)
                        .row("dropped frames", traffic.droppedFrames);
        return codebook.addTo(table).row("total", totalSeconds, " s").toString();
    }

    private static Double percent(final Double share) {
        return share == null ? null : Double.valueOf(100 * share);
    }
}
