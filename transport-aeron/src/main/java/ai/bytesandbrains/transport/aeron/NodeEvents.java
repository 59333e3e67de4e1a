package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.gossip.GossipListener;
import ai.bytesandbrains.engine.gossip.JoinResult;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.search.SearchResult;

import jdk.jfr.Category;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/// Events of a node for the JDK's flight recorder. They are off unless a recording asks for them
/// (`ai.bytesandbrains.Join#enabled=true` and so on); then each allocates one small object.
final class NodeEvents implements GossipListener {

    private static final String CATEGORY = "bytesandbrains";

    private final PeerTable peers;
    private final Timeout template = new Timeout();

    NodeEvents(PeerTable peers) {
        this.peers = peers;
    }

    @Override
    public void onRequestTimeout(long peer, long requestId) {
        if (template.isEnabled()) {
            Timeout event = new Timeout();
            event.partner = Long.toHexString(peers.shortIdOf(peer));
            event.requestId = requestId;
            event.commit();
        }
    }

    static void joined(String node, JoinResult result) {
        Join event = new Join();
        if (event.isEnabled()) {
            event.node = node;
            event.outcome = result.outcome().name();
            event.answers = result.answers();
            event.elapsedNs = result.elapsedNs();
            event.commit();
        }
    }

    static void searched(String node, SearchResult result) {
        Search event = new Search();
        if (event.isEnabled()) {
            event.node = node;
            event.hits = result.hits().size();
            event.peersChosen = result.peersChosen();
            event.peersAnswered = result.peersAnswered();
            event.partial = result.isPartial();
            event.elapsedNs = result.elapsedNs();
            event.commit();
        }
    }

    /// A join that has ended.
    @Name("ai.bytesandbrains.Join")
    @Label("Join")
    @Category(CATEGORY)
    @Enabled(false)
    @StackTrace(false)
    static final class Join extends Event {
        @Label("Node")
        String node;

        @Label("Outcome")
        String outcome;

        @Label("Answers")
        int answers;

        @Label("Elapsed")
        @Timespan
        long elapsedNs;
    }

    /// A gossip request that nobody answered.
    @Name("ai.bytesandbrains.Timeout")
    @Label("Gossip timeout")
    @Category(CATEGORY)
    @Enabled(false)
    @StackTrace(false)
    static final class Timeout extends Event {
        @Label("Partner")
        String partner;

        @Label("Request")
        long requestId;
    }

    /// A search that has ended.
    @Name("ai.bytesandbrains.Search")
    @Label("Search")
    @Category(CATEGORY)
    @Enabled(false)
    @StackTrace(false)
    static final class Search extends Event {
        @Label("Node")
        String node;

        @Label("Hits")
        int hits;

        @Label("Peers chosen")
        int peersChosen;

        @Label("Peers answered")
        int peersAnswered;

        @Label("Partial")
        boolean partial;

        @Label("Elapsed")
        @Timespan
        long elapsedNs;
    }
}
