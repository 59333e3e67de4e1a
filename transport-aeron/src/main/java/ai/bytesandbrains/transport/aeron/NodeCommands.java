package ai.bytesandbrains.transport.aeron;

import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.gossip.JoinOperations;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.search.FederatedSearch;
import ai.bytesandbrains.engine.semantic.SemanticOverlay;

import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import java.util.List;

/// What application threads want of a node's agent: an off-heap ring that many write and the agent
/// reads once a duty cycle.
final class NodeCommands {

    private static final int RING_BYTES = 1 << 14;
    private static final int DRAIN_LIMIT = 16;
    private static final int SEARCH = 1;
    private static final int BOOTSTRAP = 2;
    private static final int JOIN = 3;
    private static final int ADD_PEER = 4;
    private static final int FIND = 5;
    private static final int PEER_BYTES = 64;

    private final ManyToOneRingBuffer ring =
            new ManyToOneRingBuffer(
                    new UnsafeBuffer(
                            BufferUtil.allocateDirectAligned(
                                    RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH, 64)));
    private final MessageHandler handler = this::onCommand;
    private GossipPeerSampling gossip;
    private FederatedSearch search;
    private SemanticOverlay finder;
    private JoinOperations joins;
    private long nowNs;

    /// False if there is no room.
    boolean search(long op) {
        return operation(SEARCH, op);
    }

    /// False if there is no room.
    boolean find(long op) {
        return operation(FIND, op);
    }

    /// False if there is no room.
    boolean join(long op) {
        return operation(JOIN, op);
    }

    private boolean operation(int type, long op) {
        int at = ring.tryClaim(type, Long.BYTES);
        if (at < 0) {
            return false;
        }
        ring.buffer().putLong(at, op);
        ring.commit(at);
        return true;
    }

    /// False if there is no room.
    boolean bootstrap(Peer seed) {
        return peer(BOOTSTRAP, seed);
    }

    /// False if there is no room.
    boolean addPeer(Peer peer) {
        return peer(ADD_PEER, peer);
    }

    private boolean peer(int type, Peer peer) {
        int at = ring.tryClaim(type, PEER_BYTES);
        if (at < 0) {
            return false;
        }
        write(peer, ring.buffer(), at);
        ring.commit(at);
        return true;
    }

    /// Carries out what waits, on the agent's thread.
    int drain(
            GossipPeerSampling gossip, FederatedSearch search, SemanticOverlay finder, long nowNs) {
        this.finder = finder;
        this.gossip = gossip;
        this.search = search;
        this.nowNs = nowNs;
        return ring.read(handler, DRAIN_LIMIT);
    }

    /// Carries out what still waits when the node closes, of searches, finds and joins only: each
    /// of them has somebody who waits for its end.
    void drainAtEnd(
            FederatedSearch search, SemanticOverlay finder, JoinOperations joins, long nowNs) {
        this.joins = joins;
        int drained;
        do {
            drained = drain(null, search, finder, nowNs);
        } while (drained > 0);
    }

    private void onCommand(int type, MutableDirectBuffer buffer, int offset, int length) {
        switch (type) {
            case SEARCH -> search.start(buffer.getLong(offset), nowNs);
            case FIND -> finder.start(buffer.getLong(offset), nowNs);
            case JOIN -> onJoin(buffer.getLong(offset));
            case ADD_PEER -> onAddPeer(readPeer(buffer, offset));
            default -> onBootstrap(readPeer(buffer, offset));
        }
    }

    private void onJoin(long op) {
        if (gossip == null) {
            joins.refuse(op);
        } else {
            gossip.startJoin(op, nowNs);
        }
    }

    private void onAddPeer(Peer peer) {
        if (gossip != null) {
            gossip.addPeer(peer);
        }
    }

    private void onBootstrap(Peer seed) {
        if (gossip != null) {
            gossip.bootstrap(List.of(seed), nowNs);
        }
    }

    private static void write(Peer peer, MutableDirectBuffer to, int at) {
        PeerId id = peer.id();
        Address address = peer.address();
        to.putLong(at, id.word0());
        to.putLong(at + 8, id.word1());
        to.putLong(at + 16, id.word2());
        to.putLong(at + 24, id.word3());
        to.putLong(at + 32, address.ipHigh());
        to.putLong(at + 40, address.ipLow());
        to.putInt(at + 48, address.kind().code());
        to.putInt(at + 52, address.port());
        to.putInt(at + 56, address.stream());
    }

    private static Peer readPeer(MutableDirectBuffer from, int at) {
        return new PeerDescriptor()
                .id(
                        from.getLong(at),
                        from.getLong(at + 8),
                        from.getLong(at + 16),
                        from.getLong(at + 24))
                .address(
                        from.getInt(at + 48),
                        from.getLong(at + 32),
                        from.getLong(at + 40),
                        from.getInt(at + 52),
                        from.getInt(at + 56))
                .toPeer();
    }
}
