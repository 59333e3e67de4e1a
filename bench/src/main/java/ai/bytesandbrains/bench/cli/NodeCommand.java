package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.VectorFiles;
import ai.bytesandbrains.bench.data.Vectors;
import ai.bytesandbrains.bench.node.NodeLearning;
import ai.bytesandbrains.bench.node.NodeProcess;
import ai.bytesandbrains.bench.node.PeerText;
import ai.bytesandbrains.bench.words.WordModel;
import ai.bytesandbrains.engine.gossip.JoinResult;
import ai.bytesandbrains.engine.gossippq.GossipPqConfig;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.space.Simd;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// `bb node`: one node as a process of its own, until it is told to end.
@Command(
        name = "node",
        description = "Runs one node until it is told to end (SIGTERM, Ctrl-C).",
        mixinStandardHelpOptions = true)
final class NodeCommand implements Callable<Integer> {
    @Mixin private Output output;
    @Mixin private NodeOptions options;
    @Mixin private UntilEof untilEof;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final NodeProcess.Setup setup = options.setup();
        final List<Peer> seeds = options.seedPeers();
        final NodeLearning learning = options.learning().learns() ? learning() : null;
        try (NodeProcess process = learning == null ? start(setup) : start(setup, learning);
                AtShutdown _ = new AtShutdown("bb-node-shutdown", process::close)) {
            untilEof.watch();
            output.print(ready(process, setup, join(process, seeds)));
            if (learning != null) {
                new LearningNews(output, learning).tellUntilEndOf(process);
            }
            process.awaitEnd();
            process.requireHealthy();
        }
        return 0;
    }

    private NodeProcess start(final NodeProcess.Setup setup) throws IOException {
        try (NativeVectors vectors = vectors()) {
            Simd.warmUp();
            return Addresses.open(
                    "--listen",
                    options.listen(),
                    () ->
                            new NodeProcess(
                                    setup,
                                    options.metric(),
                                    vectors.dimensions(),
                                    vectors,
                                    output::error));
        }
    }

    private NodeProcess start(final NodeProcess.Setup setup, final NodeLearning learning) {
        Simd.warmUp();
        return Addresses.open(
                "--listen",
                options.listen(),
                () -> new NodeProcess(setup, learning, output::error));
    }

    private NodeLearning learning() throws IOException {
        final LearningOptions learning = options.learning();
        final NativeVectors vectors = vectors();
        final GossipPqConfig config;
        try {
            config = learning.config(options.metric(), vectors.dimensions());
        } catch (final UsageException e) {
            vectors.close();
            throw e;
        }
        return new NodeLearning(config, vectors, learning.journal(), output::error);
    }

    private NativeVectors vectors() throws IOException {
        final NativeVectors vectors = read();
        output.note("%d vectors of %d dimensions".formatted(vectors.rows(), vectors.dimensions()));
        return vectors;
    }

    private NativeVectors read() throws IOException {
        if (options.texts() == null) {
            return VectorFiles.vectors(options.data(), options.limit());
        }
        final List<String> all = Words.lines(options.texts());
        final List<String> lines = all.subList(0, Math.min(all.size(), options.limit()));
        try (WordModel model = Words.model(output)) {
            final Vectors embedded = Words.embed(model, lines, output);
            final NativeVectors vectors = new NativeVectors(lines.size(), embedded.dimensions());
            for (int row = 0; row < lines.size(); row++) {
                vectors.setRow(row, embedded.row(row));
            }
            return vectors;
        }
    }

    /// Null without seed peers: the node is the first of its network.
    private JoinResult join(final NodeProcess process, final List<Peer> seeds) {
        if (seeds.isEmpty()) {
            return null;
        }
        output.note("joining through " + seeds);
        final JoinResult result = process.node().join(seeds, options.joinTimeoutNs());
        if (!result.isJoined()) {
            throw new IllegalStateException(
                    "--seed-peer %s: %s after %d ms"
                            .formatted(
                                    seeds,
                                    result.outcome(),
                                    TimeUnit.NANOSECONDS.toMillis(result.elapsedNs())));
        }
        return result;
    }

    private static Ready ready(
            final NodeProcess process, final NodeProcess.Setup setup, final JoinResult joined) {
        final Peer peer = process.node().peer();
        return new Ready(
                PeerText.of(peer),
                peer.id().toString(),
                peer.address().toString(),
                setup.network(),
                process.ownDirectory() == null ? setup.aeronDirectory() : process.ownDirectory(),
                ProcessHandle.current().pid(),
                joined == null ? null : joined.elapsedNs() / 1e6);
    }

    /// A node that runs and, if it was told of seed peers, has joined.
    ///
    /// @param peer who it is and where: what other nodes and queries take
    /// @param id its identity
    /// @param address where it listens
    /// @param network its network
    /// @param aeronDirectory of its media driver
    /// @param pid of its process
    /// @param joinMs how long it took to join, null without seed peers
    record Ready(
            String peer,
            String id,
            String address,
            String network,
            String aeronDirectory,
            long pid,
            Double joinMs)
            implements Report {
        @Override
        public String table() {
            return new TextTable()
                    .heading("node")
                    .row("identity", id)
                    .row("address", address)
                    .row("network", network)
                    .row("Aeron directory", aeronDirectory)
                    .row("process", pid)
                    .row("joined in", joinMs, " ms")
                    .toString();
        }
    }
}
