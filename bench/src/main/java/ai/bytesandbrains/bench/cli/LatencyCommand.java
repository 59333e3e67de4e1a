package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.latency.LatencyRun;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.concurrent.Callable;

/// `bb latency`: round trips of the product beside those of Aeron alone.
@Command(
        name = "latency",
        description = "Round trips of gossip and search beside Aeron alone, with histograms.",
        mixinStandardHelpOptions = true)
final class LatencyCommand implements Callable<Integer> {
    private static final int ROUNDS = 20;
    private static final double MILLISECOND = 1e6;

    @Mixin private Output output;
    @Mixin private LatencyOptions options;

    @Override
    public Integer call() throws IOException {
        options.validate();
        if (Runtime.getRuntime().availableProcessors() < 2) {
            output.note("one processor: the two sides take turns, times are those of a scheduler");
        }
        final OutputStream log =
                options.log() == null
                        ? OutputStream.nullOutputStream()
                        : Files.newOutputStream(options.log());
        try (log;
                LatencyRun run = new LatencyRun(options.udp(), options.idle(), options.seed())) {
            measure(run, startLog(log));
            output.print(report(run));
        }
        return 0;
    }

    private void measure(final LatencyRun run, final HistogramLogWriter log) {
        try (Progress progress = output.progress("round trips", 2 * ROUNDS)) {
            for (int round = 0; round < ROUNDS; round++) {
                run.warmUp(Math.ceilDiv(options.warmUp(), ROUNDS), options.intervalNs());
                progress.step();
            }
            final int count = Math.ceilDiv(options.messages(), 2 * ROUNDS);
            for (int round = 0; round < ROUNDS; round++) {
                run.measure(
                        count,
                        options.intervalNs(),
                        (name, corrected, service) -> {
                            write(log, name, corrected);
                            write(log, name + ".service", service);
                        });
                progress.step();
            }
        }
    }

    private static HistogramLogWriter startLog(final OutputStream out) {
        final HistogramLogWriter log = new HistogramLogWriter(out);
        final long nowMs = System.currentTimeMillis();
        log.outputLogFormatVersion();
        log.outputComment("[bb latency: nanoseconds of round trips, maxima in milliseconds]");
        log.outputStartTime(nowMs);
        log.setBaseTime(nowMs);
        log.outputLegend();
        return log;
    }

    private static void write(
            final HistogramLogWriter log, final String tag, final Histogram stretch) {
        stretch.setTag(tag);
        log.outputIntervalHistogram(
                (stretch.getStartTimeStamp() - log.getBaseTime()) / 1e3,
                (stretch.getEndTimeStamp() - log.getBaseTime()) / 1e3,
                stretch,
                MILLISECOND);
    }

    private LatencyReport report(final LatencyRun run) {
        final LatencyReport.PeerEcho peer =
                LatencyReport.PeerEcho.of(run.course("peer"), run.course("rawPeer"));
        final LatencyReport.Exchange exchange = LatencyReport.Exchange.of(run.course("exchange"));
        final LatencyReport.Raw raw = LatencyReport.Raw.of(run.course("raw"));
        final LatencyReport.Read read =
                LatencyReport.Read.of(run.course("rawPeerRead"), run.course("rawRead"));
        final LatencyReport.Chunk chunk = LatencyReport.Chunk.of(run.course("chunk"));
        final LatencyReport.Codec codec = LatencyReport.Codec.of(run.course("codec"));
        final LatencyReport.Search search =
                LatencyReport.Search.of(run.course("search"), run.course("rawSearch"));
        return new LatencyReport(
                new LatencyReport.Setup(
                        LowerCase.name(options.transport()),
                        options.messages(),
                        options.intervalNs(),
                        LowerCase.name(options.idle()),
                        LatencyRun.peerBytes(),
                        LatencyRun.exchangeBytes(),
                        options.log() == null ? null : options.log().toString()),
                peer,
                exchange,
                raw,
                read,
                chunk,
                codec,
                search,
                LatencyReport.Ratios.of(peer, exchange, raw, chunk, codec, search));
    }
}
