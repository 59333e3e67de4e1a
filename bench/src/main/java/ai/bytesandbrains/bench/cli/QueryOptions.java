package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.node.NodeProcess;
import ai.bytesandbrains.bench.node.PeerText;
import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.search.QueryEncoding;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.transport.aeron.IdleMode;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// The options of `bb query`, as a mixin.
public final class QueryOptions {
    private static final int MAX_K = 256;
    private static final int MAX_PEERS = 64;
    private static final int MAX_DEADLINE_MS = 600_000;
    private static final int FIRST_OWN_STREAM = 1 << 20;

    /// Long enough that a query never takes part in an exchange: nobody remembers it.
    private static final long NO_EXCHANGES_NS = 1L << 50;

    @Option(
            names = "--node",
            paramLabel = "[ID@]ADDRESS",
            required = true,
            description = "A running node: HOST:PORT[/STREAM] or ipc/STREAM.")
    private String node;

    @Option(
            names = "--vector",
            paramLabel = "FILE",
            description = "A file of vectors that has the query.")
    private Path vector;

    @Option(
            names = "--ask",
            paramLabel = "TEXT",
            description = "In place of --vector: a question in words, of nodes that have texts.")
    private String ask;

    @Option(
            names = "--texts",
            paramLabel = "FILE",
            description =
                    "With --ask: the file that the nodes' lines are of, to show them instead of"
                            + " their numbers.")
    private Path texts;

    @Option(
            names = "--row",
            paramLabel = "N",
            defaultValue = "0",
            description = "Which of its rows is the query (default: ${DEFAULT-VALUE}).")
    private int row;

    @Option(
            names = "--k",
            defaultValue = "10",
            description = "How many neighbours (default: ${DEFAULT-VALUE}).")
    private int k;

    @Option(
            names = "--peers",
            paramLabel = "N|all",
            defaultValue = "all",
            description =
                    "How many peers are asked, of the node and those it knows (default:"
                            + " ${DEFAULT-VALUE}).")
    private String peers;

    @Option(
            names = "--deadline",
            paramLabel = "MS",
            defaultValue = "2000",
            description =
                    "Milliseconds until an answer is partial, and until the node has to have said"
                            + " whom it knows (default: ${DEFAULT-VALUE}).")
    private int deadlineMs;

    @Option(
            names = "--metric",
            paramLabel = "l2|cosine|ip",
            defaultValue = "l2",
            converter = LowerCase.OfMetric.class,
            description = "That of the network (default: ${DEFAULT-VALUE}).")
    private EvalOptions.MetricName metric;

    @Option(
            names = "--exact",
            description = "Send the query as floats; without it as 8-bit numbers and a scale.")
    private boolean exact;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "bytesandbrains",
            description = "The node's network (default: ${DEFAULT-VALUE}).")
    private String network;

    @Option(
            names = "--ipc-dir",
            paramLabel = "DIR",
            description =
                    "Use the media driver of this directory, which a node of shared memory needs"
                            + " (default: one of its own).")
    private Path ipcDir;

    @Mixin private KeyFile keyFile;

    /// Made by picocli, which fills the fields.
    public QueryOptions() {}

    /// Checks every value.
    ///
    /// @throws UsageException that names the option and its value
    void validate() {
        if ((vector == null) == (ask == null)) {
            throw new UsageException("--vector FILE or --ask TEXT: which, and not both");
        }
        if (texts != null && ask == null) {
            throw new UsageException("--texts " + texts + ": goes with --ask only");
        }
        Ranges.check("--k", k, 1, MAX_K);
        Ranges.check("--row", row, 0, Integer.MAX_VALUE - 1);
        Ranges.check("--deadline", deadlineMs, 1, MAX_DEADLINE_MS);
        askPeers();
    }

    Peer node() {
        return Addresses.peer("--node", node, network);
    }

    String nodeText() {
        return node;
    }

    Path vector() {
        return vector;
    }

    String ask() {
        return ask;
    }

    Path texts() {
        return texts;
    }

    int row() {
        return row;
    }

    Metric metric() {
        return metric.metric();
    }

    long deadlineNs() {
        return TimeUnit.MILLISECONDS.toNanos(deadlineMs);
    }

    SearchParameters parameters() {
        return new SearchParameters(
                k, askPeers(), deadlineNs(), exact ? QueryEncoding.FLOAT32 : QueryEncoding.INT8);
    }

    private int askPeers() {
        if (peers.equals("all")) {
            return SearchParameters.ALL;
        }
        try {
            final int number = Integer.parseInt(peers);
            Ranges.check("--peers", number, 1, MAX_PEERS);
            return number;
        } catch (final NumberFormatException e) {
            throw new UsageException("--peers " + peers + " is not a number or all", e);
        }
    }

    /// The asker: a node without vectors, beside the one that is asked.
    NodeProcess.Setup setup(final Peer node) {
        final GossipConfig gossip = GossipConfig.defaults();
        final String directory = Addresses.aeronDirectory("--ipc-dir", ipcDir);
        if (node.address().kind() == Address.Kind.IPC && directory == null) {
            throw new UsageException("--node " + this.node + ": needs the node's --ipc-dir");
        }
        return new NodeProcess.Setup(
                placeBeside(node.address()),
                network,
                null,
                directory,
                gossip.withTimes(NO_EXCHANGES_NS, gossip.requestTimeoutNs(), gossip.retryTimeNs()),
                IdleMode.BACKOFF,
                keyFile.key());
    }

    private static PeerText.Place placeBeside(final Address address) {
        if (address.kind() == Address.Kind.IPC) {
            final int stream =
                    ThreadLocalRandom.current().nextInt(FIRST_OWN_STREAM, Integer.MAX_VALUE);
            return new PeerText.Place(null, 0, stream);
        }
        return new PeerText.Place(ownHost(address), 0, PeerText.DEFAULT_STREAM);
    }

    /// The address by which this host is seen from there. Nothing is sent.
    private static String ownHost(final Address to) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(to.host()), to.port()));
            return socket.getLocalAddress().getHostAddress();
        } catch (final SocketException | UnknownHostException e) {
            throw new UsageException("--node " + to + ": no way there: " + e.getMessage(), e);
        }
    }
}
