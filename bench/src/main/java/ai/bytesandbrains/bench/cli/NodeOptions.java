package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.node.NodeProcess;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.transport.aeron.IdleMode;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The options of `bb node`, as a mixin.
public final class NodeOptions {
    private static final int MAX_PERIOD_MS = 600_000;
    private static final int MAX_JOIN_SECONDS = 3_600;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            required = true,
            description =
                    "Where others reach this node: HOST:PORT[/STREAM] (port 0: any free one), or"
                            + " ipc/STREAM.")
    private String listen;

    @Option(
            names = "--seed-peer",
            paramLabel = "[ID@]ADDRESS",
            description = "A node to join through; may be given several times.")
    private List<String> seedPeers = List.of();

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "The vectors of this node, under their row numbers.")
    private Path data;

    @Option(
            names = "--texts",
            paramLabel = "FILE",
            description =
                    "In place of --data: the texts of this node, one a line, embedded on this"
                            + " machine and kept under their line numbers, from 0, blank lines not"
                            + " counted.")
    private Path texts;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "2147483647",
            description = "Use the first N vectors only (default: all).")
    private int limit;

    @Option(
            names = "--metric",
            paramLabel = "l2|cosine|ip",
            defaultValue = "l2",
            converter = LowerCase.OfMetric.class,
            description = "The same on all nodes of a network (default: ${DEFAULT-VALUE}).")
    private EvalOptions.MetricName metric;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "bytesandbrains",
            description =
                    "Nodes of other networks do not exist for it (default: ${DEFAULT-VALUE}).")
    private String network;

    @Option(
            names = "--id",
            paramLabel = "HEX",
            description = "Its identity, 64 digits (default: the hash of network and address).")
    private String id;

    @Option(
            names = "--ipc-dir",
            paramLabel = "DIR",
            description = "Use the media driver of this directory (default: one of its own).")
    private Path ipcDir;

    @Option(
            names = "--period-ms",
            paramLabel = "MS",
            defaultValue = "1000",
            description = "T, from one gossip exchange to the next (default: ${DEFAULT-VALUE}).")
    private int periodMs;

    @Option(
            names = "--join-timeout-s",
            paramLabel = "S",
            defaultValue = "30",
            description =
                    "How long seed peers may take to let it in before it gives up (default:"
                            + " ${DEFAULT-VALUE}).")
    private int joinTimeoutSeconds;

    @Option(
            names = "--idle",
            paramLabel = "backoff|yield|spin|noop",
            defaultValue = "backoff",
            converter = LowerCase.OfIdle.class,
            description =
                    "What its thread does when there is nothing to do (default: ${DEFAULT-VALUE}).")
    private IdleMode idle;

    @Mixin private KeyFile keyFile;
    @Mixin private LearningOptions learning;

    /// Made by picocli, which fills the fields.
    public NodeOptions() {}

    /// Checks every value and reads the addresses.
    ///
    /// @throws UsageException that names the option and its value
    NodeProcess.Setup setup() {
        if ((data == null) == (texts == null)) {
            throw new UsageException("--data FILE or --texts FILE: which, and not both");
        }
        learning.check(id);
        Ranges.check("--limit", limit, 1, Integer.MAX_VALUE);
        Ranges.check("--period-ms", periodMs, 1, MAX_PERIOD_MS);
        Ranges.check("--join-timeout-s", joinTimeoutSeconds, 1, MAX_JOIN_SECONDS);
        final GossipConfig gossip = GossipConfig.defaults();
        return new NodeProcess.Setup(
                Addresses.place("--listen", listen),
                network,
                id == null ? null : readId(),
                Addresses.aeronDirectory("--ipc-dir", ipcDir),
                gossip.withTimes(
                        TimeUnit.MILLISECONDS.toNanos(periodMs),
                        gossip.requestTimeoutNs(),
                        gossip.retryTimeNs()),
                idle,
                keyFile.key());
    }

    private PeerId readId() {
        try {
            return PeerId.parse(id);
        } catch (final IllegalArgumentException e) {
            throw new UsageException("--id: " + e.getMessage(), e);
        }
    }

    List<Peer> seedPeers() {
        return seedPeers.stream()
                .map(text -> Addresses.peer("--seed-peer", text, network))
                .toList();
    }

    Path data() {
        return data;
    }

    Path texts() {
        return texts;
    }

    int limit() {
        return limit;
    }

    Metric metric() {
        return metric.metric();
    }

    LearningOptions learning() {
        return learning;
    }

    String listen() {
        return listen;
    }

    long joinTimeoutNs() {
        return TimeUnit.SECONDS.toNanos(joinTimeoutSeconds);
    }
}
