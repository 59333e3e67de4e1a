package ai.bytesandbrains.bench.node;

import ai.bytesandbrains.engine.gossip.JoinResult;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.search.SearchParameters;
import ai.bytesandbrains.engine.search.SearchResult;

import java.util.List;

/// A question to a running node and those it knows, by a node without vectors that takes part in
/// no exchange, so that nobody remembers it.
///
/// @param joined whether and when the node has said whom it knows
/// @param result what was found; null if the node did not answer
public record NodeQuestion(JoinResult joined, SearchResult result) {

    /// Asks.
    ///
    /// @param asker the node without vectors
    /// @param node who is asked, beside those it knows
    /// @param query as many components as the network's vectors
    /// @param parameters what is wanted; its deadline holds for the node's first answer as well
    /// @return what came of it
    public static NodeQuestion ask(
            final NodeProcess asker,
            final Peer node,
            final float[] query,
            final SearchParameters parameters) {
        final JoinResult joined = asker.node().join(List.of(node), parameters.deadlineNs());
        if (!joined.isJoined()) {
            return new NodeQuestion(joined, null);
        }
        // Who joins leaves the seed out of its view when that names others.
        asker.node().addPeer(node);
        return new NodeQuestion(joined, asker.node().search(query, parameters));
    }
}
