package ai.bytesandbrains.bench.cli;

import ai.bytesandbrains.bench.data.WordNetMini;
import ai.bytesandbrains.bench.demo.DemoNetwork;
import ai.bytesandbrains.bench.demo.OverlayPicture;
import ai.bytesandbrains.bench.demo.QueryRun;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.semantic.FindParameters;
import ai.bytesandbrains.engine.semantic.FindResult;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The page that `bb demo --html` writes: who is near whom, and what is found by asking how many.
/// It needs nothing but itself.
final class DemoPage {
    private static final int[] ASKED = {1, 2, 5, 10};
    private static final int NEAR = 3;
    private static final int RECALL_AT = 10;
    private static final int FINDS = 50;

    private final DemoOptions options;
    private final DemoNetwork network;
    private final WordNetMini data;
    private final int[] nodeOf;

    DemoPage(
            final DemoOptions options,
            final DemoNetwork network,
            final WordNetMini data,
            final int[] nodeOf) {
        this.options = options;
        this.network = network;
        this.data = data;
        this.nodeOf = nodeOf;
    }

    /// Asks what the page needs to know, and writes it.
    void write(final Path file, final SearchParameters parameters) throws IOException {
        Files.writeString(file, html(parameters));
    }

    private String html(final SearchParameters parameters) {
        return """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>bb demo</title><style>
        body { font: 15px sans-serif; margin: 2em auto; max-width: 900px; color: #222 }
        svg { max-width: 640px } td, th { padding: .2em 1em .2em 0; text-align: right }
        </style></head><body>
        <h1>Peers that find each other</h1>
        <p>%d peers, %d texts spread "%s". A line goes from each peer to the %d whose data it
        finds to be nearest to its own; colours are topics.</p>
        %s
        <h2>What is found by asking how many</h2>
        %s
        %s
        </body></html>
        """
                .formatted(
                        network.size(),
                        data.base().rows(),
                        LowerCase.name(options.partition()),
                        NEAR,
                        new OverlayPicture(peers(), options.seed()).svg(),
                        answers(parameters),
                        finds());
    }

    private List<OverlayPicture.Peer> peers() {
        final Map<PeerId, Integer> numbers = new HashMap<>();
        for (int peer = 0; peer < network.size(); peer++) {
            numbers.put(network.node(peer).peer().id(), peer);
        }
        final List<OverlayPicture.Peer> peers = new ArrayList<>();
        for (int peer = 0; peer < network.size(); peer++) {
            peers.add(peer(peer, numbers));
        }
        return peers;
    }

    private OverlayPicture.Peer peer(final int peer, final Map<PeerId, Integer> numbers) {
        final int topics = data.topicNames().size();
        final int[] counts = new int[topics];
        final float[] sum = new float[data.base().dimensions()];
        int rows = 0;
        for (int row = 0; row < nodeOf.length; row++) {
            if (nodeOf[row] == peer) {
                final float[] vector = data.base().row(row);
                for (int d = 0; d < sum.length; d++) {
                    sum[d] += vector[d];
                }
                counts[data.topicOf(row)]++;
                rows++;
            }
        }
        int most = 0;
        for (int topic = 1; topic < topics; topic++) {
            most = counts[topic] > counts[most] ? topic : most;
        }
        final FindResult found = network.node(peer).find(sum, FindParameters.nearest(NEAR + 1));
        final List<Integer> near =
                found.found().stream()
                        .map(other -> numbers.get(other.peer()))
                        .filter(other -> other != null && other != peer)
                        .limit(NEAR)
                        .toList();
        return new OverlayPicture.Peer(
                network.nameOf(network.node(peer).peer().id()),
                data.topicNames().get(most),
                most,
                topics,
                rows,
                near);
    }

    private String answers(final SearchParameters parameters) {
        final StringBuilder rows =
                new StringBuilder(
                        "<table><tr><th>peers asked</th><th>recall@10</th><th>p50, ms</th>"
                                + "<th>p99, ms</th></tr>\n");
        for (final int asked : ASKED) {
            if (asked < network.size() - 1) {
                rows.append(answer(String.valueOf(asked), parameters.withAskPeers(asked)));
            }
        }
        rows.append(answer("few", parameters.withAskPeers(SearchParameters.FEW)));
        rows.append(answer("all", parameters.withAskPeers(SearchParameters.ALL)));
        return rows.append("</table>").toString();
    }

    private String answer(final String asked, final SearchParameters parameters) {
        try (QueryRun run =
                new QueryRun(
                        data.queries(),
                        data.groundTruth(),
                        Math.min(RECALL_AT, options.k()),
                        parameters)) {
            for (int query = 0; query < options.queries(); query++) {
                run.ask(network.node(query % network.size()), query);
            }
            return String.format(
                    Locale.ROOT,
                    "<tr><td>%s (%.1f)</td><td>%.3f</td><td>%.2f</td><td>%.2f</td></tr>%n",
                    asked,
                    run.peersAskedMean(),
                    run.recall(),
                    run.percentileUs(50) / 1e3,
                    run.percentileUs(99) / 1e3);
        }
    }

    private String finds() {
        double hops = 0;
        double asked = 0;
        double ms = 0;
        final int finds = Math.min(FINDS, options.queries());
        for (int query = 0; query < finds; query++) {
            final FindResult result =
                    network.node(query % network.size())
                            .find(data.queries().row(query), FindParameters.nearest(1));
            hops += result.hops();
            asked += result.peersAsked();
            ms += result.elapsedNs() / 1e6;
        }
        return String.format(
                Locale.ROOT,
                "<p>Finding the peer nearest to a query: %.2f hops, %.1f peers asked, %.2f ms, mean"
                        + " of %d.</p>",
                hops / finds,
                asked / finds,
                ms / finds,
                finds);
    }
}
