package ai.bytesandbrains.engine.sim;

import ai.bytesandbrains.engine.gossip.GossipKind;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;

/// The protocol of nodes that attack together: they know everybody and one another, start exchanges
/// with random nodes, and answer whatever they are asked, always with what serves the attack.
final class Attackers implements NodeProtocol<GossipMessage> {

    private static final GossipKind[] KINDS = GossipKind.values();
    private static final int[] AGES = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE};

    private final Simulation simulation;
    private final Channel<GossipMessage> channel;
    private final Chance chance;
    private final Attack attack;
    private final long gapNs;
    private final int peersPerMessage;
    private final int[] attackers;
    private final long[] nextNs;
    private final int[] placeOf;
    private final Forged forged = new Forged();

    /// Makes the protocol.
    ///
    /// @param attackers their numbers
    /// @param seed decides what they choose
    Attackers(
            Simulation simulation,
            Channel<GossipMessage> channel,
            Scenario scenario,
            int[] attackers,
            long seed) {
        this.simulation = simulation;
        this.channel = channel;
        this.attackers = attackers;
        attack = scenario.attack();
        peersPerMessage = scenario.gossip().exchangeSize();
        chance = new Chance(seed);
        gapNs = Math.max(1, scenario.gossip().periodNs() / attack.messagesPerCycle());
        nextNs = new long[attackers.length];
        placeOf = new int[scenario.nodes()];
        for (int i = 0; i < attackers.length; i++) {
            placeOf[attackers[i]] = i;
            nextNs[i] = simulation.localTimeNs(attackers[i]) + chance.nextLong(gapNs);
        }
    }

    @Override
    public int poll(int node, long nowNs) {
        nextNs[placeOf[node]] = nowNs + gapNs;
        int victim = chance.nextInt(simulation.nodes());
        if (victim != node) {
            GossipKind kind =
                    attack.lies() ? KINDS[chance.nextInt(KINDS.length)] : GossipKind.PUSH_PULL;
            channel.send(simulation.handleOf(victim), forged.of(node, kind, chance.nextLong()));
        }
        return 1;
    }

    @Override
    public int onMessage(int node, long fromPeer, GossipMessage message, long nowNs) {
        GossipKind kind = message.kind();
        if (!kind.isRequest()) {
            return 0;
        }
        GossipKind answer = kind == GossipKind.JOIN ? GossipKind.JOIN_REPLY : GossipKind.REPLY;
        channel.send(fromPeer, forged.of(node, answer, message.requestId()));
        return 1;
    }

    @Override
    public long nextDeadlineNs(int node, long nowNs) {
        return Math.max(nowNs, nextNs[placeOf[node]]);
    }

    @Override
    public void onConnectionFailed(int node, long peer, long nowNs) {
        // An attacker has nobody to lose.
    }

    private final class Forged implements GossipMessage {

        private int sender;
        private GossipKind kind;
        private long requestId;

        Forged of(int sender, GossipKind kind, long requestId) {
            this.sender = sender;
            this.kind = kind;
            this.requestId = requestId;
            return this;
        }

        @Override
        public GossipKind kind() {
            return kind;
        }

        @Override
        public long requestId() {
            return requestId;
        }

        @Override
        public int size() {
            return kind.hasPeers() ? peersPerMessage : 0;
        }

        @Override
        public void peerAt(int index, PeerDescriptor into) {
            if (index == 0) {
                simulation.describe(sender, into);
            } else if (attack.lies()) {
                lie(into);
            } else {
                simulation.describe(attackers[chance.nextInt(attackers.length)], into);
            }
        }

        /// Somebody who exists, somebody who does not, or somebody at another's address; of any
        /// age.
        private void lie(PeerDescriptor into) {
            simulation.describe(chance.nextInt(simulation.nodes()), into);
            switch (chance.nextInt(3)) {
                case 0 -> into.id(chance.nextLong(), chance.nextLong(), 0, 0);
                case 1 -> into.address(into.addressKind(), 0, 0, 0, chance.nextInt(1 << 20) + 1);
                default -> {
                    // All of it true, but for the age.
                }
            }
            into.age(chance.nextBoolean() ? chance.nextInt() : AGES[chance.nextInt(AGES.length)]);
        }
    }
}
