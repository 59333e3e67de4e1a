package ai.bytesandbrains.engine.gossippq;

import ai.bytesandbrains.engine.sim.Chance;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;

/// Some nodes that all know each other, of which the first one may lie: what it sends goes through
/// the hands of a test. A node's handle is its number and one.
final class PqNet implements AutoCloseable {
    /// The node that lies.
    static final int LIAR = 0;

    final GossipPq[] nodes;
    long nowNs;

    /// What the liar sends in place of each of its messages.
    Lie lie = (to, letter) -> post(LIAR, to, letter);

    private final GossipPqConfig config;
    private final Queue<Post> queue = new ArrayDeque<>();

    PqNet(GossipPqConfig config, int count, int rows, long seed) {
        this.config = config;
        nodes = new GossipPq[count];
        for (int node = 0; node < count; node++) {
            int from = node;
            Chance chance = new Chance(Chance.hash(seed, node));
            nodes[node] =
                    new GossipPq(
                            config,
                            new NodeSecrets(node + 1, 31L * node + seed),
                            new NormalRows(rows, config.dimensions(), 1000 * seed + node),
                            new OtherPeers(node, count, chance),
                            chance,
                            (to, message) -> send(from, (int) to - 1, Letter.of(message)),
                            GossipPqListener.NONE,
                            nowNs);
        }
    }

    private boolean send(int from, int to, Letter letter) {
        if (from == LIAR) {
            lie.send(to, letter);
        } else {
            post(from, to, letter);
        }
        return true;
    }

    /// Puts a message on its way.
    void post(int from, int to, Letter letter) {
        queue.add(new Post(from, to, letter));
    }

    void rounds(int count) {
        for (int round = 0; round < count; round++) {
            pass(config.periodNs());
        }
    }

    /// Lets all do what there is to do some time later.
    void pass(long ns) {
        nowNs += ns;
        for (GossipPq node : nodes) {
            do {
                node.poll(nowNs);
                deliver();
            } while (node.nextDeadlineNs(nowNs) <= nowNs);
        }
    }

    private void deliver() {
        while (!queue.isEmpty()) {
            Post post = queue.remove();
            nodes[post.to].onMessage(post.from + 1, post.letter, nowNs);
        }
    }

    /// How many rounds it takes until all but the liar have one final codebook, or -1.
    int roundsUntilFinal(int most) {
        for (int round = 1; round <= most; round++) {
            rounds(1);
            if (isFinal()) {
                return round;
            }
        }
        return -1;
    }

    boolean isFinal() {
        Set<String> ids = new HashSet<>();
        for (int node = 1; node < nodes.length; node++) {
            if (!nodes[node].isFrozen()) {
                return false;
            }
            ids.add(nodes[node].codebook().idHex());
        }
        return ids.size() == 1;
    }

    @Override
    public void close() {
        for (GossipPq node : nodes) {
            node.close();
        }
    }

    /// What a liar does with a message that an honest node in its place would send.
    interface Lie {
        void send(int to, Letter letter);
    }

    private record Post(int from, int to, Letter letter) {}
}
