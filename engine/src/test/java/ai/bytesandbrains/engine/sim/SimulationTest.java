package ai.bytesandbrains.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.gossip.GossipConfig;
import ai.bytesandbrains.engine.gossip.GossipListener;
import ai.bytesandbrains.engine.gossip.GossipLogic;
import ai.bytesandbrains.engine.gossip.GossipMessage;
import ai.bytesandbrains.engine.gossip.GossipPeerSampling;
import ai.bytesandbrains.engine.gossip.GossipState;
import ai.bytesandbrains.engine.overlay.Outbox;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerSampling;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Protocol;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/// Two protocols on every node: gossip, by the facade that real nodes use, and a protocol of the
/// test's own that finds its partners through it.
class SimulationTest {

    private static final long S = 1_000_000_000L;
    private static final int NODES = 64;
    private static final GossipConfig CONFIG =
            GossipConfig.defaults().withView(8, 1, 3).withTimes(S, S / 2, S / 4);

    /// What a node tells another: the largest number it has heard of.
    private interface Rumour {
        long number();
    }

    /// Tells a random peer once in a second.
    private static final class Rumours implements Protocol<Rumour>, Rumour {

        private final PeerSampling sampling;
        private final Outbox<Rumour> outbox;
        private long number;
        private long nextNs;
        private int failures;

        Rumours(PeerSampling sampling, Outbox<Rumour> outbox, long nowNs) {
            this.sampling = sampling;
            this.outbox = outbox;
            nextNs = nowNs + S;
        }

        @Override
        public int protocolId() {
            return 9;
        }

        @Override
        public int poll(long nowNs) {
            if (nowNs < nextNs) {
                return 0;
            }
            long peer = sampling.selectPeerNow(PeerSelector.UNIFORM);
            if (peer == PeerTable.NULL_PEER || outbox.send(peer, this)) {
                nextNs = nowNs + S;
            }
            return 1;
        }

        @Override
        public int onMessage(long fromPeer, Rumour message, long nowNs) {
            number = Math.max(number, message.number());
            return 1;
        }

        @Override
        public long nextDeadlineNs(long nowNs) {
            return Math.max(nowNs, nextNs);
        }

        @Override
        public void onConnectionFailed(long peer, long nowNs) {
            failures++;
        }

        @Override
        public long number() {
            return number;
        }
    }

    private static final class RumourCarrier implements Carrier<Rumour> {

        @Override
        public int maxBytes() {
            return Long.BYTES;
        }

        @Override
        public int write(long from, long to, Rumour message, MemorySegment into, long offset) {
            into.set(ValueLayout.JAVA_LONG, offset, message.number());
            return Long.BYTES;
        }

        @Override
        public Rumour read(long from, long to, MemorySegment bytes, long offset, int length) {
            long number = bytes.get(ValueLayout.JAVA_LONG, offset);
            return number < 0 ? null : () -> number;
        }
    }

    private static final class Network implements AutoCloseable {

        final Simulation simulation;
        final Channel<Rumour> channel;
        final Rumours[] rumours = new Rumours[NODES];
        private final GossipState state = new GossipState(CONFIG, NODES);

        Network(Faults faults, long seed) {
            simulation = new Simulation(NODES, 0, CONFIG.periodNs(), faults, seed);
            Channel<GossipMessage> gossip =
                    simulation.channel(
                            new GossipCarrier(simulation, CONFIG.exchangeSize(), _ -> 1));
            channel = simulation.channel(new RumourCarrier());
            GossipPeerSampling[] samplings = new GossipPeerSampling[NODES];
            GossipLogic logic =
                    new GossipLogic(
                            CONFIG,
                            state,
                            simulation.table(),
                            new Chance(seed),
                            gossip,
                            GossipListener.NONE);
            gossip.bind(NodeProtocol.of(samplings));
            channel.bind(NodeProtocol.of(rumours));
            for (int i = 0; i < NODES; i++) {
                int node = simulation.addNode();
                long nowNs = simulation.localTimeNs(node);
                samplings[node] = new GossipPeerSampling(logic, node, peer(node), nowNs);
                samplings[node].bootstrap(List.of(peer(0)), nowNs);
                rumours[node] = new Rumours(samplings[node], channel, nowNs);
                simulation.touch(node);
            }
        }

        private Peer peer(int node) {
            PeerDescriptor descriptor = new PeerDescriptor();
            simulation.describe(node, descriptor);
            return descriptor.toPeer();
        }

        long knowing(long number) {
            return Arrays.stream(rumours).filter(node -> node.number() == number).count();
        }

        @Override
        public void close() {
            state.close();
            simulation.close();
        }
    }

    @Test
    void shouldSpreadARumourThroughPeersThatGossipFound() {
        try (Network network = new Network(Faults.NONE.withMessages(0.1, 0.1, 0.1, S), 1)) {
            network.simulation.run(10 * S);
            network.rumours[17].number = 4711;
            network.simulation.run(3 * S);
            assertThat(network.knowing(4711)).isBetween(2L, NODES - 1L);

            network.simulation.run(30 * S);
            assertThat(network.knowing(4711)).isEqualTo(NODES);
        }
    }

    @Test
    void shouldKeepTheSidesOfAPartitionApart() {
        try (Network network = new Network(Faults.NONE, 2)) {
            network.simulation.run(10 * S);
            for (int node = 0; node < NODES; node += 2) {
                network.simulation.move(node, 1);
            }
            network.rumours[0].number = 5;
            network.simulation.run(40 * S);
            assertThat(network.knowing(5)).isEqualTo(NODES / 2);

            for (int node = 0; node < NODES; node += 2) {
                network.simulation.move(node, 0);
            }
            network.simulation.run(150 * S);
            assertThat(network.knowing(5)).isEqualTo(NODES);
        }
    }

    @Test
    void shouldTellSendersOfTheDeadAndLetThePausedRest() {
        try (Network network = new Network(Faults.NONE.reportingFailures(), 3)) {
            network.simulation.run(10 * S);
            for (int node = 40; node < 50; node++) {
                network.simulation.kill(node);
            }
            network.simulation.pause(2);
            network.rumours[0].number = 6;
            network.simulation.run(30 * S);

            assertThat(network.knowing(6)).isEqualTo(NODES - 11);
            assertThat(Arrays.stream(network.rumours).mapToInt(node -> node.failures).sum())
                    .isPositive();
            network.simulation.resume(2);
            for (int node = 40; node < 50; node++) {
                network.simulation.revive(node);
                network.simulation.touch(node);
            }
            network.simulation.run(60 * S);
            assertThat(network.knowing(6)).isEqualTo(NODES);
        }
    }

    @Test
    void shouldCountWhatCannotBeReadOnArrival() {
        try (Network network = new Network(Faults.NONE, 4)) {
            network.simulation.run(10 * S);
            for (Rumours node : network.rumours) {
                node.number = -1;
            }
            network.simulation.run(10 * S);

            assertThat(network.channel.malformed()).isPositive();
        }
    }

    @Test
    void shouldLeaveClocksWrongByWhatIsAskedFor() {
        try (Network network = new Network(Faults.NONE.withClockOffset(500 * S), 5)) {
            long[] offsets = new long[NODES];
            Arrays.setAll(
                    offsets,
                    node -> network.simulation.localTimeNs(node) - network.simulation.nowNs());

            long max = Arrays.stream(offsets).max().orElseThrow();
            long min = Arrays.stream(offsets).min().orElseThrow();
            assertThat(max).isBetween(300 * S, 500 * S);
            assertThat(min).isBetween(-500 * S, -300 * S);
        }
    }
}
