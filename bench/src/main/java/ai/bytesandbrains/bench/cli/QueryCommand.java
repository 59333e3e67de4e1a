package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.VectorFiles;
import ai.bytesandbrains.bench.node.NodeProcess;
import ai.bytesandbrains.bench.node.NodeQuestion;
import ai.bytesandbrains.bench.words.WordModel;
import ai.bytesandbrains.engine.gossip.JoinResult;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.search.SearchResult;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// `bb query`: asks a running node whom it knows, and these and the node itself for the neighbours
/// of a vector. The network does not notice: who asks becomes no part of it.
@Command(
        name = "query",
        description = "Asks a running node, and the peers it knows, for a vector's neighbours.",
        mixinStandardHelpOptions = true)
final class QueryCommand implements Callable<Integer> {
    @Mixin private Output output;
    @Mixin private QueryOptions options;

    @Override
    public Integer call() throws IOException {
        options.validate();
        final Peer node = options.node();
        final List<String> texts = options.texts() == null ? null : Words.lines(options.texts());
        final float[] query = options.ask() == null ? readQuery() : embed();
        final NodeProcess.Setup setup = options.setup(node);
        try (NodeProcess asker =
                        Addresses.open(
                                "--node",
                                options.nodeText(),
                                () ->
                                        new NodeProcess(
                                                setup,
                                                options.metric(),
                                                query.length,
                                                null,
                                                output::error));
                AtShutdown _ = new AtShutdown("bb-query-shutdown", asker::close)) {
            final NodeQuestion asked = NodeQuestion.ask(asker, node, query, options.parameters());
            if (asked.result() == null) {
                throw new IllegalStateException(
                        "--node %s: %s after %d ms"
                                .formatted(
                                        node,
                                        asked.joined().outcome(),
                                        TimeUnit.NANOSECONDS.toMillis(asked.joined().elapsedNs())));
            }
            output.print(report(asked.result(), asked.joined(), texts));
        }
        return 0;
    }

    private float[] embed() throws IOException {
        final String question = Words.questions(List.of(options.ask())).getFirst();
        try (WordModel model = Words.model(output)) {
            return model.embed(question);
        }
    }

    private float[] readQuery() throws IOException {
        try (NativeVectors vectors = VectorFiles.vectors(options.vector(), options.row() + 1)) {
            if (options.row() >= vectors.rows()) {
                throw new UsageException(
                        "--row %d: %s has %d rows"
                                .formatted(options.row(), options.vector(), vectors.rows()));
            }
            return vectors.row(options.row());
        }
    }

    private static Answer report(
            final SearchResult result, final JoinResult joined, final List<String> texts) {
        return new Answer(
                result.hits().stream()
                        .map(
                                hit ->
                                        new Hit(
                                                hit.id(),
                                                hit.distance(),
                                                hit.peer().toString(),
                                                text(texts, hit.id())))
                        .toList(),
                result.peersChosen(),
                result.peersAsked(),
                result.peersAnswered(),
                result.peersRefused(),
                result.isPartial(),
                result.elapsedNs() / 1e3,
                joined.elapsedNs() / 1e3);
    }

    private static String text(final List<String> texts, final long id) {
        return texts == null || id < 0 || id >= texts.size() ? null : texts.get((int) id);
    }

    /// A neighbour.
    ///
    /// @param id its row in that peer's data
    /// @param distance its distance
    /// @param peer the identity of who has it
    /// @param text the line of that number; null without a file of lines
    record Hit(long id, double distance, String peer, String text) {}

    /// What was found.
    ///
    /// @param hits the nearest first
    /// @param peersChosen how many peers were to be asked
    /// @param peersAsked how many were sent the query
    /// @param peersAnswered how many answered in time
    /// @param peersRefused how many do not take this query
    /// @param partial whether an answer is missing
    /// @param totalUs microseconds from the question to the result
    /// @param findUs microseconds until the node had said whom it knows
    record Answer(
            List<Hit> hits,
            int peersChosen,
            int peersAsked,
            int peersAnswered,
            int peersRefused,
            boolean partial,
            double totalUs,
            double findUs)
            implements Report {
        @Override
        public String table() {
            final TextTable table = new TextTable().heading("neighbours");
            for (final Hit hit : hits) {
                table.row(
                        String.valueOf(hit.id()),
                        "%.6g of %s%s"
                                .formatted(
                                        hit.distance(),
                                        hit.peer().substring(0, 8),
                                        hit.text() == null ? "" : "  " + hit.text()));
            }
            return table.row("peers asked", peersAsked)
                    .row("peers answered", peersAnswered)
                    .row("peers that refused", peersRefused)
                    .row("partial", partial)
                    .row("time", totalUs, " us")
                    .toString();
        }
    }
}
