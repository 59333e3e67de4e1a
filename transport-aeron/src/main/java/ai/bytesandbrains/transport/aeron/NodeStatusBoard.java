package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.gossip.GossipCounters;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.gossip.JoinState;
import ai.bytesandbrains.engine.search.SearchCounters;

import java.util.concurrent.atomic.AtomicLongArray;

/// Where the agent writes how its node is doing and others read it. Each number is whole; numbers
/// that are read together may be of neighbouring duty cycles.
final class NodeStatusBoard {

    private static final int JOINING = 0;
    private static final int JOINED = 1;
    private static final int VIEW_LENGTH = 2;
    private static final int KNOWN_PEERS = 3;
    private static final int EXCHANGES_STARTED = 4;
    private static final int EXCHANGES_COMPLETED = 5;
    private static final int EXCHANGES_ACCEPTED = 6;
    private static final int EXCHANGES_REFUSED = 7;
    private static final int REQUEST_TIMEOUTS = 8;
    private static final int SEARCHES_STARTED = 9;
    private static final int SEARCHES_PARTIAL = 10;
    private static final int QUERIES_ANSWERED = 11;
    private static final int QUERIES_REFUSED = 12;
    private static final int UNSOLICITED = 13;
    private static final int REJECTED = 14;

    private final AtomicLongArray numbers = new AtomicLongArray(REJECTED + 1);

    void write(NodeCore core) {
        GossipPeerSampling sampling = core.gossip;
        GossipCounters gossip = core.gossipLogic.counters();
        SearchCounters search = core.search.counters();
        JoinState state = sampling.joinState();
        numbers.setRelease(JOINING, state == JoinState.JOINING ? 1 : 0);
        numbers.setRelease(JOINED, state == JoinState.JOINED ? 1 : 0);
        numbers.setRelease(VIEW_LENGTH, sampling.viewLength());
        numbers.setRelease(KNOWN_PEERS, core.peers.size());
        numbers.setRelease(EXCHANGES_STARTED, gossip.started());
        numbers.setRelease(EXCHANGES_COMPLETED, gossip.completed());
        numbers.setRelease(EXCHANGES_ACCEPTED, gossip.accepted());
        numbers.setRelease(EXCHANGES_REFUSED, gossip.refused());
        numbers.setRelease(REQUEST_TIMEOUTS, gossip.timeouts());
        numbers.setRelease(SEARCHES_STARTED, search.started());
        numbers.setRelease(SEARCHES_PARTIAL, search.partial());
        numbers.setRelease(QUERIES_ANSWERED, search.answered());
        numbers.setRelease(QUERIES_REFUSED, search.refused());
        numbers.setRelease(UNSOLICITED, gossip.unsolicited() + search.unsolicited());
        numbers.setRelease(REJECTED, gossip.rejected() + search.rejected());
    }

    NodeStatus read() {
        JoinState state =
                numbers.getAcquire(JOINED) != 0
                        ? JoinState.JOINED
                        : numbers.getAcquire(JOINING) != 0 ? JoinState.JOINING : JoinState.ALONE;
        return new NodeStatus(
                state,
                (int) numbers.getAcquire(VIEW_LENGTH),
                (int) numbers.getAcquire(KNOWN_PEERS),
                numbers.getAcquire(EXCHANGES_STARTED),
                numbers.getAcquire(EXCHANGES_COMPLETED),
                numbers.getAcquire(EXCHANGES_ACCEPTED),
                numbers.getAcquire(EXCHANGES_REFUSED),
                numbers.getAcquire(REQUEST_TIMEOUTS),
                numbers.getAcquire(SEARCHES_STARTED),
                numbers.getAcquire(SEARCHES_PARTIAL),
                numbers.getAcquire(QUERIES_ANSWERED),
                numbers.getAcquire(QUERIES_REFUSED),
                numbers.getAcquire(UNSOLICITED),
                numbers.getAcquire(REJECTED));
    }
}
