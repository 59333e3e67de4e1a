package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.PeerView;
import ai.bytesandbrains.engine.overlay.Peers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// One node, number 1, and a test that plays everybody else.
final class OneNode implements AutoCloseable {

    static final long MS = 1_000_000L;
    static final int SELF = 1;

    final PeerTable table;
    final GossipConfig config;
    final GossipLogic logic;
    final GossipPeerSampling gossip;
    final JoinOperations joins = new JoinOperations(2);
    final List<CollectedStep.Message> messages = new ArrayList<>();
    final List<CollectedStep.Event> events = new ArrayList<>();
    boolean refusing;
    long nowNs = -5_000_000 * MS;

    private final GossipState state;
    private final CollectedStep step;
    private int pushes;

    OneNode(GossipConfig config) {
        this(config, 99, 256);
    }

    OneNode(GossipConfig config, long seed, int tableCapacity) {
        this.config = config;
        table = new PeerTable(tableCapacity);
        state = new GossipState(config, 1);
        step = new CollectedStep(table);
        Outbox<GossipMessage> outbox = (to, message) -> !refusing && step.send(to, message);
        logic = new GossipLogic(config, state, table, new Random(seed), outbox, step);
        gossip = new GossipPeerSampling(logic, 0, Peers.peer(SELF), joins, nowNs);
    }

    /// Fills the view through the front door, by pushes of a stranger whose own entry is the first
    /// number; ages come out one older.
    void know(int age, int... numbers) {
        int most = config.exchangeSize();
        for (int from = 0; from < numbers.length; from += most) {
            int[] part =
                    java.util.Arrays.copyOfRange(
                            numbers, from, Math.min(numbers.length, from + most));
            receive(GossipCopy.of(GossipKind.PUSH, --pushes, age, part));
            // Budgets are not what is tested here.
            nowNs += config.periodNs();
        }
    }

    int receive(GossipCopy message) {
        return receiveFrom((int) message.peers().getFirst().shortId(), message);
    }

    int receiveFrom(int number, GossipCopy message) {
        int work = gossip.onMessage(table.find(number), message, nowNs);
        collect();
        return work;
    }

    int poll() {
        int work = gossip.poll(nowNs);
        collect();
        return work;
    }

    /// Goes to the next deadline and polls.
    void pollNext() {
        nowNs = gossip.nextDeadlineNs(nowNs);
        poll();
    }

    /// Polls on until a message leaves.
    CollectedStep.Message nextMessage() {
        int before = messages.size();
        for (int i = 0; i < 100 && messages.size() == before; i++) {
            pollNext();
        }
        return messages.get(before);
    }

    void fail(int number) {
        gossip.onConnectionFailed(table.find(number), nowNs);
        collect();
    }

    CollectedStep.Message last() {
        return messages.getLast();
    }

    int to(CollectedStep.Message message) {
        return (int) message.to().id().shortId();
    }

    List<Integer> numbers(CollectedStep.Message message) {
        return message.peers().stream().map(peer -> (int) peer.id().shortId()).toList();
    }

    /// Ages by number.
    Map<Integer, Integer> view() {
        Map<Integer, Integer> ages = new HashMap<>();
        PeerView view = gossip.view();
        for (int i = 0; i < view.size(); i++) {
            ages.put((int) table.shortIdOf(view.peerAt(i)), view.ageAt(i));
        }
        return ages;
    }

    void collect() {
        messages.addAll(step.drainMessages());
        events.addAll(step.drainEvents());
    }

    @Override
    public void close() {
        gossip.close();
        state.close();
        int left = table.size();
        table.close();
        if (left != 0) {
            throw new AssertionError(left + " peers are still referred to");
        }
    }
}
