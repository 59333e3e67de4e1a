package ai.bytesandbrains.engine.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.PeerView;
import ai.bytesandbrains.engine.overlay.Peers;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/// A network in memory and in virtual time over the shipped protocol: every node has a peer table
/// of its own, messages are copied, and everything that can go wrong is drawn from one seed.
///
/// Nodes are polled when they asked to be. At every message the network checks that the node really
/// had nothing to do before, and that its view is still one.
final class GossipNetwork implements AutoCloseable {

    static final long MS = 1_000_000L;

    /// What the network does to messages; chances from 0 to 1.
    record Faults(
            long minLatencyNs, long maxLatencyNs, double loss, double duplicate, double refuse) {

        static final Faults NONE = new Faults(MS, 2 * MS, 0, 0, 0);
        static final Faults MANY = new Faults(MS, 60 * MS, 0.1, 0.1, 0.2);
    }

    /// One node.
    final class Node implements Outbox<GossipMessage>, GossipListener {

        final int number;
        final PeerTable table;
        final GossipPeerSampling gossip;
        final GossipLogic logic;
        private final GossipState state;
        private final Random random;
        private boolean alive = true;
        private boolean paused;
        private int side;
        private long deadlineNs;
        private int sent;

        private Node(int number) {
            this.number = number;
            random = new Random(chance.nextLong());
            table = new PeerTable(config.maxReferencedPeers());
            state = new GossipState(config, 1);
            logic = new GossipLogic(config, state, table, random, this, this);
            gossip = new GossipPeerSampling(logic, 0, Peers.peer(number), nowNs);
        }

        @Override
        public boolean send(long toPeer, GossipMessage message) {
            if (chance.nextDouble() < faults.refuse()) {
                return false;
            }
            sent++;
            int to = (int) table.shortIdOf(toPeer);
            int copies = chance.nextDouble() < faults.duplicate() ? 2 : 1;
            for (int i = 0; i < copies; i++) {
                if (chance.nextDouble() >= faults.loss()) {
                    GossipCopy copy = GossipCopy.of(message);
                    events.add(new Event(nowNs + latency(), ++sequence, to, number, copy, 0));
                }
            }
            if (reportsFailures && !node(to).alive) {
                events.add(new Event(nowNs + latency(), ++sequence, number, to, null, 0));
            }
            return true;
        }

        /// Whom the view holds, by number.
        Set<Integer> neighbours() {
            Set<Integer> numbers = new HashSet<>();
            PeerView view = gossip.view();
            for (int i = 0; i < view.size(); i++) {
                numbers.add((int) table.shortIdOf(view.peerAt(i)));
            }
            return numbers;
        }

        boolean isAlive() {
            return alive;
        }

        private void poll() {
            gossip.poll(nowNs);
            touched();
        }

        private void deliver(int from, GossipCopy message) {
            if (nowNs - deadlineNs < 0) {
                int before = sent;
                assertThat(gossip.poll(nowNs)).as("%d works before its time", number).isZero();
                assertThat(sent).isEqualTo(before);
            }
            if (message == null) {
                long peer = table.find(from);
                if (peer != PeerTable.NULL_PEER) {
                    gossip.onConnectionFailed(peer, nowNs);
                }
            } else {
                gossip.onMessage(table.find(from), message, nowNs);
            }
            touched();
        }

        private void touched() {
            PeerView view = gossip.view();
            assertThat(view.size()).isLessThanOrEqualTo(config.viewSize());
            for (int i = 0; i < view.size(); i++) {
                long id = table.shortIdOf(view.peerAt(i));
                check(id != number, "itself in the view of ", number);
                check(view.ageAt(i) >= 0 && view.ageAt(i) <= GossipConfig.MAX_AGE, "age", number);
                for (int j = 0; j < i; j++) {
                    check(view.peerAt(j) != view.peerAt(i), "doubles in the view of ", number);
                }
            }
            deadlineNs = gossip.nextDeadlineNs(nowNs);
            check(deadlineNs - nowNs >= 0, "deadline in the past of ", number);
            // A refused send is due at once; the agent of a real node would idle in between.
            long at = Math.max(deadlineNs, nowNs + MS / 2);
            events.add(new Event(at, ++sequence, number, 0, null, ++polls[number]));
        }

        private void close() {
            assertThat(logic.counters().rejected()).as("no room at %d", number).isZero();
            gossip.close();
            assertThat(table.size()).as("references left by %d", number).isZero();
            state.close();
            table.close();
        }
    }

    /// A message to `node` from `from`, the failure of a connection (no message), or a time to
    /// poll (`poll` is its number; only the last one asked for counts).
    private record Event(
            long timeNs, long sequence, int node, int from, GossipCopy message, long poll)
            implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            int order = Long.compare(timeNs, other.timeNs);
            return order != 0 ? order : Long.compare(sequence, other.sequence);
        }
    }

    private static final int MOST_NODES = 2_048;

    private final GossipConfig config;
    private final Faults faults;
    private final Random chance;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Node[] nodes = new Node[MOST_NODES];
    private final long[] polls = new long[MOST_NODES];
    private boolean reportsFailures;
    private long nowNs;
    private long sequence;
    private long digest;

    GossipNetwork(GossipConfig config, Faults faults, long seed) {
        this.config = config;
        this.faults = faults;
        this.chance = new Random(seed);
        // Clocks of this kind may read anything; negative is what is easily got wrong.
        this.nowNs = -1_000_000 * MS;
    }

    /// Tells senders that a dead node cannot be reached, as a transport does.
    GossipNetwork reportingFailures() {
        reportsFailures = true;
        return this;
    }

    Node start(int number, List<Peer> seeds) {
        Node node = new Node(number);
        nodes[number] = node;
        node.gossip.bootstrap(seeds, nowNs);
        node.touched();
        return node;
    }

    /// Starts nodes 1 to `count` with views of random others.
    void startRandom(int count) {
        for (int number = 1; number <= count; number++) {
            Node node = start(number, List.of());
            for (int i = 0; i < config.viewSize(); i++) {
                node.gossip.addPeer(Peers.peer(1 + chance.nextInt(count)));
            }
            node.touched();
        }
    }

    Node node(int number) {
        return nodes[number];
    }

    List<Node> alive() {
        List<Node> alive = new ArrayList<>();
        for (Node node : nodes) {
            if (node != null && node.alive) {
                alive.add(node);
            }
        }
        return alive;
    }

    long nowNs() {
        return nowNs;
    }

    long digest() {
        return digest;
    }

    void kill(int number) {
        nodes[number].alive = false;
    }

    void pause(int number) {
        nodes[number].paused = true;
    }

    void resume(int number) {
        nodes[number].paused = false;
        nodes[number].touched();
    }

    /// Messages pass only between nodes on the same side; all are on side 0 at first.
    void move(int number, int side) {
        nodes[number].side = side;
    }

    void run(long durationNs) {
        long end = nowNs + durationNs;
        while (!events.isEmpty() && events.peek().timeNs() - end <= 0) {
            Event event = events.poll();
            nowNs = event.timeNs();
            happen(event);
        }
        nowNs = end;
    }

    @Override
    public void close() {
        for (Node node : nodes) {
            if (node != null) {
                node.close();
            }
        }
    }

    private void happen(Event event) {
        Node node = nodes[event.node()];
        if (!node.alive || node.paused) {
            return;
        }
        if (event.poll() != 0) {
            if (event.poll() == polls[event.node()]) {
                node.poll();
            }
        } else if (event.message() == null || nodes[event.from()].side == node.side) {
            digest = digest * 31 + event.timeNs();
            digest = digest * 31 + event.node();
            if (event.message() != null) {
                mix(event.message());
            }
            node.deliver(event.from(), event.message());
        }
    }

    private void mix(GossipCopy message) {
        digest = digest * 31 + message.kind().code();
        digest = digest * 31 + message.requestId();
        message.peers().forEach(peer -> digest = digest * 31 + peer.shortId() * 7 + peer.age());
    }

    private long latency() {
        return chance.nextLong(faults.minLatencyNs(), faults.maxLatencyNs());
    }

    private static void check(boolean condition, String what, int number) {
        if (!condition) {
            throw new AssertionError(what + number);
        }
    }
}
