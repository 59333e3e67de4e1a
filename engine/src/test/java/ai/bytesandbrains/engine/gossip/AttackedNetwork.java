package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.PeerView;
import ai.bytesandbrains.engine.overlay.Peers;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/// Honest nodes over one state and one table, and attackers who know everybody, name none but each
/// other as if just heard from, answer every request so, and push at everybody as hard as budgets
/// let them. Messages take no time. The attackers have the numbers behind the honest ones.
final class AttackedNetwork implements AutoCloseable {

    private record Sent(int to, int from, GossipCopy message) {}

    private static final int PUSHES = 10;

    private final GossipConfig config;
    private final int honest;
    private final int attackers;
    private final Random chance;
    private final PeerTable table;
    private final GossipState state;
    private final List<GossipPeerSampling> nodes = new ArrayList<>();
    private final Deque<Sent> wire = new ArrayDeque<>();
    private int acting;
    private long nowNs;

    AttackedNetwork(GossipConfig config, int honest, int attackers, long seed) {
        this.config = config;
        this.honest = honest;
        this.attackers = attackers;
        chance = new Random(seed);
        table = new PeerTable(honest + attackers);
        state = new GossipState(config, honest);
        GossipLogic logic =
                new GossipLogic(
                        config,
                        state,
                        table,
                        new Random(seed + 1),
                        this::send,
                        GossipListener.NONE);
        for (int i = 0; i < honest; i++) {
            nodes.add(new GossipPeerSampling(logic, i, Peers.peer(i + 1), nowNs));
            for (int known = 0; known < config.viewSize(); known++) {
                nodes.get(i).addPeer(Peers.peer(1 + chance.nextInt(honest + attackers)));
            }
        }
    }

    void run(int cycles) {
        for (int cycle = 0; cycle < cycles; cycle++) {
            for (int attacker = honest + 1; attacker <= honest + attackers; attacker++) {
                for (int push = 0; push < PUSHES; push++) {
                    GossipCopy message = lie(GossipKind.PUSH, chance.nextLong(), attacker);
                    wire.add(new Sent(1 + chance.nextInt(honest), attacker, message));
                }
            }
            nowNs += config.periodNs();
            for (int i = 0; i < honest; i++) {
                deliver();
                acting = i + 1;
                nodes.get(i).poll(nowNs);
            }
            deliver();
        }
    }

    /// The share of the entries of all honest views that name attackers.
    double attackerShare() {
        int all = 0;
        int bad = 0;
        for (GossipPeerSampling node : nodes) {
            PeerView view = node.view();
            all += view.size();
            for (int i = 0; i < view.size(); i++) {
                bad += table.shortIdOf(view.peerAt(i)) > honest ? 1 : 0;
            }
        }
        return (double) bad / all;
    }

    @Override
    public void close() {
        nodes.forEach(GossipPeerSampling::close);
        int left = table.size();
        state.close();
        table.close();
        if (left != 0) {
            throw new AssertionError(left + " peers are still referred to");
        }
    }

    private boolean send(long to, GossipMessage message) {
        wire.add(new Sent((int) table.shortIdOf(to), acting, GossipCopy.of(message)));
        return true;
    }

    private void deliver() {
        while (!wire.isEmpty()) {
            Sent sent = wire.poll();
            int to = sent.to();
            if (to <= honest) {
                acting = to;
                nodes.get(to - 1).onMessage(table.find(sent.from()), sent.message(), nowNs);
            } else if (sent.message().kind() == GossipKind.PUSH_PULL) {
                GossipCopy answer = lie(GossipKind.REPLY, sent.message().requestId(), to);
                wire.add(new Sent(sent.from(), to, answer));
            }
        }
    }

    private GossipCopy lie(GossipKind kind, long requestId, int attacker) {
        List<PeerDescriptor> peers = new ArrayList<>();
        peers.add(Peers.descriptor(attacker));
        while (peers.size() < config.exchangeSize()) {
            peers.add(Peers.descriptor(honest + 1 + chance.nextInt(attackers)));
        }
        return new GossipCopy(kind, requestId, peers);
    }
}
