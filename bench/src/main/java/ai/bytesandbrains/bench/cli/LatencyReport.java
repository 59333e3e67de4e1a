package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.latency.Course;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

import org.HdrHistogram.Histogram;

/// The figures of one `bb latency`. In JSON the groups are one flat object, times are nanoseconds
/// of a round trip, from when it should have begun; `service` times are those from when it did
/// begin.
///
/// @param setup what was run
/// @param peer of frames with one peer: echoed, and as long over Aeron alone
/// @param exchange of a gossip exchange
/// @param raw of frames as long as an exchange's over Aeron alone
/// @param read of frames over Aeron alone whose bytes are all read when they come back
/// @param chunk of such frames with bytes, through header, encoder, checks and decoder
/// @param codec of such frames with descriptors of peers, likewise
/// @param search of a search that asks one peer, and of frames of its lengths over Aeron alone
/// @param ratios against Aeron alone
public record LatencyReport(
        @JsonUnwrapped Setup setup,
        @JsonUnwrapped PeerEcho peer,
        @JsonUnwrapped Exchange exchange,
        @JsonUnwrapped Raw raw,
        @JsonUnwrapped Read read,
        @JsonUnwrapped Chunk chunk,
        @JsonUnwrapped Codec codec,
        @JsonUnwrapped Search search,
        @JsonUnwrapped Ratios ratios)
        implements Report {

    /// What was run.
    ///
    /// @param transport `ipc` or `udp`
    /// @param messages of each kind
    /// @param intervalNs from one round trip's begin to the next one's
    /// @param idle what threads did between duty cycles
    /// @param peerFrameBytes of a frame with one peer
    /// @param frameBytes of a frame of an exchange
    /// @param log where the histograms are, or null
    public record Setup(
            String transport,
            int messages,
            long intervalNs,
            String idle,
            int peerFrameBytes,
            int frameBytes,
            String log) {}

    /// The product's frames without a protocol: one peer, which is little more than the header.
    ///
    /// @param peerEchoP50Ns median
    /// @param peerEchoP99Ns 99th percentile
    /// @param peerEchoServiceP50Ns median from when it did begin
    /// @param peerEchoAllocatedBytesPerMessage on both threads
    /// @param rawPeerP50Ns median of Aeron alone
    /// @param rawPeerP99Ns 99th percentile of Aeron alone
    public record PeerEcho(
            long peerEchoP50Ns,
            long peerEchoP99Ns,
            long peerEchoServiceP50Ns,
            double peerEchoAllocatedBytesPerMessage,
            long rawPeerP50Ns,
            long rawPeerP99Ns) {
        static PeerEcho of(final Course peer, final Course raw) {
            return new PeerEcho(
                    at(peer, 50),
                    at(peer, 99),
                    peer.service().getValueAtPercentile(50),
                    peer.allocatedBytesPerMessage(),
                    at(raw, 50),
                    at(raw, 99));
        }
    }

    /// A gossip exchange with full buffers.
    ///
    /// @param p50Ns median
    /// @param p99Ns 99th percentile
    /// @param p999Ns 99.9th percentile
    /// @param maxNs longest
    /// @param serviceP50Ns median from when it did begin
    /// @param serviceP99Ns 99th percentile of the same
    /// @param allocatedBytesPerMessage on both threads
    public record Exchange(
            long p50Ns,
            long p99Ns,
            long p999Ns,
            long maxNs,
            long serviceP50Ns,
            long serviceP99Ns,
            double allocatedBytesPerMessage) {
        static Exchange of(final Course course) {
            final Raw times = Raw.of(course);
            return new Exchange(
                    times.rawP50Ns(),
                    times.rawP99Ns(),
                    times.rawP999Ns(),
                    times.rawMaxNs(),
                    times.rawServiceP50Ns(),
                    times.rawServiceP99Ns(),
                    course.allocatedBytesPerMessage());
        }
    }

    /// Aeron alone.
    ///
    /// @param rawP50Ns median
    /// @param rawP99Ns 99th percentile
    /// @param rawP999Ns 99.9th percentile
    /// @param rawMaxNs longest
    /// @param rawServiceP50Ns median from when it did begin
    /// @param rawServiceP99Ns 99th percentile of the same
    public record Raw(
            long rawP50Ns,
            long rawP99Ns,
            long rawP999Ns,
            long rawMaxNs,
            long rawServiceP50Ns,
            long rawServiceP99Ns) {
        static Raw of(final Course course) {
            return new Raw(
                    at(course, 50),
                    at(course, 99),
                    at(course, 99.9),
                    course.corrected().getMaxValue(),
                    course.service().getValueAtPercentile(50),
                    course.service().getValueAtPercentile(99));
        }
    }

    /// Aeron alone, with an asker that copies out all that comes back: an echo whose answer is read
    /// has to wait as long for its bytes.
    ///
    /// @param rawPeerReadP50Ns median of frames as long as one with one peer
    /// @param rawReadP50Ns median of frames as long as an exchange's
    public record Read(long rawPeerReadP50Ns, long rawReadP50Ns) {
        static Read of(final Course peer, final Course exchange) {
            return new Read(at(peer, 50), at(exchange, 50));
        }
    }

    /// The product's frames without a protocol: bytes, decoded as a view.
    ///
    /// @param chunkEchoP50Ns median
    /// @param chunkEchoP99Ns 99th percentile
    /// @param chunkEchoServiceP50Ns median from when it did begin
    /// @param chunkEchoAllocatedBytesPerMessage on both threads
    public record Chunk(
            long chunkEchoP50Ns,
            long chunkEchoP99Ns,
            long chunkEchoServiceP50Ns,
            double chunkEchoAllocatedBytesPerMessage) {
        static Chunk of(final Course course) {
            return new Chunk(
                    at(course, 50),
                    at(course, 99),
                    course.service().getValueAtPercentile(50),
                    course.allocatedBytesPerMessage());
        }
    }

    /// The product's frames without a protocol: ten peers, each proven and read.
    ///
    /// @param codecEchoP50Ns median
    /// @param codecEchoP99Ns 99th percentile
    /// @param codecEchoServiceP50Ns median from when it did begin
    /// @param codecEchoAllocatedBytesPerMessage on both threads
    public record Codec(
            long codecEchoP50Ns,
            long codecEchoP99Ns,
            long codecEchoServiceP50Ns,
            double codecEchoAllocatedBytesPerMessage) {
        static Codec of(final Course course) {
            return new Codec(
                    at(course, 50),
                    at(course, 99),
                    course.service().getValueAtPercentile(50),
                    course.allocatedBytesPerMessage());
        }
    }

    /// A search.
    ///
    /// @param searchP50Ns median
    /// @param searchP99Ns 99th percentile
    /// @param searchP999Ns 99.9th percentile
    /// @param searchAllocatedBytesPerMessage on both threads
    /// @param rawSearchP50Ns median of Aeron alone
    /// @param rawSearchP99Ns 99th percentile of Aeron alone
    public record Search(
            long searchP50Ns,
            long searchP99Ns,
            long searchP999Ns,
            double searchAllocatedBytesPerMessage,
            long rawSearchP50Ns,
            long rawSearchP99Ns) {
        static Search of(final Course search, final Course raw) {
            return new Search(
                    at(search, 50),
                    at(search, 99),
                    at(search, 99.9),
                    search.allocatedBytesPerMessage(),
                    at(raw, 50),
                    at(raw, 99));
        }
    }

    /// Against Aeron alone, with frames of the same length.
    ///
    /// @param peerEchoRatio of medians
    /// @param chunkEchoRatio of medians
    /// @param codecEchoRatio of medians
    /// @param exchangeRatio of medians
    /// @param exchangeOverRawNs difference of medians
    /// @param searchOverRawNs difference of medians
    public record Ratios(
            double peerEchoRatio,
            double chunkEchoRatio,
            double codecEchoRatio,
            double exchangeRatio,
            long exchangeOverRawNs,
            long searchOverRawNs) {
        static Ratios of(
                final PeerEcho peer,
                final Exchange exchange,
                final Raw raw,
                final Chunk chunk,
                final Codec codec,
                final Search search) {
            return new Ratios(
                    (double) peer.peerEchoP50Ns() / peer.rawPeerP50Ns(),
                    (double) chunk.chunkEchoP50Ns() / raw.rawP50Ns(),
                    (double) codec.codecEchoP50Ns() / raw.rawP50Ns(),
                    (double) exchange.p50Ns() / raw.rawP50Ns(),
                    exchange.p50Ns() - raw.rawP50Ns(),
                    search.searchP50Ns() - search.rawSearchP50Ns());
        }
    }

    private static long at(final Course course, final double percentile) {
        final Histogram times = course.corrected();
        return times.getValueAtPercentile(percentile);
    }

    @Override
    public String table() {
        return new TextTable()
                .heading(
                        "Round trips over %s, %,d messages of each kind, one every %,d us, idle %s"
                                .formatted(
                                        setup.transport(),
                                        setup.messages(),
                                        setup.intervalNs() / 1_000,
                                        setup.idle()))
                .row("Aeron alone, one peer, p50", us(peer.rawPeerP50Ns()))
                .row("  if all is read", us(read.rawPeerReadP50Ns()))
                .row("  p99", us(peer.rawPeerP99Ns()))
                .row("echo of one peer, p50", us(peer.peerEchoP50Ns()))
                .row("  of Aeron alone", ratios.peerEchoRatio(), "x")
                .row("  p99", us(peer.peerEchoP99Ns()))
                .row("Aeron alone, ten peers, p50", us(raw.rawP50Ns()))
                .row("  if all is read", us(read.rawReadP50Ns()))
                .row("  p99", us(raw.rawP99Ns()))
                .row("  p99.9", us(raw.rawP999Ns()))
                .row("echo of bytes, p50", us(chunk.chunkEchoP50Ns()))
                .row("  of Aeron alone", ratios.chunkEchoRatio(), "x")
                .row("  p99", us(chunk.chunkEchoP99Ns()))
                .row("echo of ten peers, p50", us(codec.codecEchoP50Ns()))
                .row("  of Aeron alone", ratios.codecEchoRatio(), "x")
                .row("  p99", us(codec.codecEchoP99Ns()))
                .row("gossip exchange, p50", us(exchange.p50Ns()))
                .row("  of Aeron alone", ratios.exchangeRatio(), "x")
                .row("  p99", us(exchange.p99Ns()))
                .row("  p99.9", us(exchange.p999Ns()))
                .row("  longest", us(exchange.maxNs()))
                .row("  allocated a message", exchange.allocatedBytesPerMessage(), " B")
                .row("Aeron alone, search, p50", us(search.rawSearchP50Ns()))
                .row("  p99", us(search.rawSearchP99Ns()))
                .row("search of one peer, p50", us(search.searchP50Ns()))
                .row("  p99", us(search.searchP99Ns()))
                .row("  allocated a message", search.searchAllocatedBytesPerMessage(), " B")
                .row("histograms", setup.log())
                .toString();
    }

    private static String us(final long ns) {
        return "%.2f us".formatted(ns / 1e3);
    }
}
