package ai.bytesandbrains.engine.semantic;

import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.space.Metric;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// One node, number 1, and a test that plays everybody else.
final class OneSemanticNode implements AutoCloseable {

    static final int SELF = 1;
    static final int DIMENSIONS = 4;
    static final long MS = 1_000_000L;

    final SemanticConfig config;
    final PeerTable table = new PeerTable(512);
    final FindOperations finds;
    final SemanticLogic logic;
    final SemanticOverlay overlay;
    final List<SemanticCopy> sent = new ArrayList<>();
    final List<Long> receivers = new ArrayList<>();
    boolean refusing;

    /// The number of the peer that the random layer gives; 0 for none.
    int randomPeer;

    long nowNs = -5_000_000 * MS;

    private final SemanticState state;

    OneSemanticNode() {
        this(SemanticConfig.of(Metric.COSINE, DIMENSIONS));
    }

    OneSemanticNode(SemanticConfig config) {
        this.config = config;
        state = new SemanticState(config, 1);
        finds = new FindOperations(config, 4);
        logic =
                new SemanticLogic(
                        state, finds, table, slot -> randomHandle(), new Random(5), this::send);
        overlay = new SemanticOverlay(logic, 0, Peers.peer(SELF), nowNs);
    }

    void setProfile(int profile, float... vector) {
        overlay.setProfile(profile, MemorySegment.ofArray(vector), 0, 1);
    }

    long beginFind(FindParameters parameters, float... vector) {
        return finds.begin(MemorySegment.ofArray(vector), 0, parameters, nowNs);
    }

    int receive(SemanticCopy message) {
        return overlay.onMessage(handle((int) message.from().shortId()), message, nowNs);
    }

    /// Goes to the next deadline and polls.
    void pollNext() {
        nowNs = overlay.nextDeadlineNs(nowNs);
        overlay.poll(nowNs);
    }

    void pass(long durationNs) {
        nowNs += durationNs;
        overlay.poll(nowNs);
    }

    SemanticCopy last() {
        return sent.getLast();
    }

    long lastReceiver() {
        return receivers.getLast();
    }

    List<Long> near(int profile) {
        List<Long> ids = new ArrayList<>();
        NearView near = overlay.near(profile);
        for (int i = 0; i < near.size(); i++) {
            ids.add(table.shortIdOf(near.peerAt(i)));
        }
        return ids;
    }

    long handle(int number) {
        return table.find(Peers.peer(number).id());
    }

    private long randomHandle() {
        // The random layer holds a reference of its own.
        return randomPeer == 0 ? PeerTable.NULL_PEER : table.acquire(Peers.descriptor(randomPeer));
    }

    private boolean send(long to, SemanticMessage message) {
        if (refusing) {
            return false;
        }
        sent.add(SemanticCopy.copy(message));
        receivers.add(table.shortIdOf(to));
        return true;
    }

    @Override
    public void close() {
        overlay.close();
        logic.close();
        finds.close();
        state.close();
        table.close();
    }
}
