package ai.bytesandbrains.engine.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Peers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Configurations, and many nodes in one state.
class GossipStateTest {

    private static final GossipConfig CONFIG = GossipConfig.defaults();

    @ParameterizedTest
    @CsvSource({
        "20, 2, 9",
        "20, 11, 0",
        "21, 2, 8",
        "0, 0, 0",
        "20, -1, 0",
        "20, 0, -1",
        "2000, 0, 0"
    })
    void shouldRefuseViewsThatCannotBe(int c, int healing, int swap) {
        assertThatThrownBy(() -> CONFIG.withView(c, healing, swap))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("viewSize=" + c);
    }

    @Test
    void shouldRefuseTimesThatCannotBe() {
        assertThatThrownBy(() -> CONFIG.withTimes(0, 1, 1)).hasMessageContaining("periodNs=0");
        assertThatThrownBy(() -> CONFIG.withTimes(1, -1, 1))
                .hasMessageContaining("requestTimeoutNs=-1");
        assertThatThrownBy(() -> CONFIG.withTimes(1, 1, Long.MAX_VALUE))
                .hasMessageContaining("retryTimeNs=" + Long.MAX_VALUE);
    }

    @Test
    void shouldKeepANodeBelowTwoKilobytes() {
        try (GossipState state = new GossipState(CONFIG, 1)) {
            assertThat(state.bytesPerNode()).isEqualTo(2_000).isLessThan(2_048);
        }
    }

    @Test
    void shouldRefuseAStateOfOtherSizes() {
        try (PeerTable table = new PeerTable(8);
                GossipState state = new GossipState(CONFIG, 1)) {
            CollectedStep step = new CollectedStep(table);

            assertThatThrownBy(
                            () ->
                                    new GossipLogic(
                                            CONFIG.withView(30, 2, 8),
                                            state,
                                            table,
                                            new Random(1),
                                            step,
                                            step))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldRefuseASlotThatIsInUse() {
        try (Shared shared = new Shared(2)) {
            shared.start(0, 1);

            assertThatThrownBy(() -> shared.start(0, 2)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldRefuseASlotThatThereIsNot() {
        try (Shared shared = new Shared(2)) {
            assertThatThrownBy(() -> shared.start(2, 1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(shared.table.size()).isZero();
        }
    }

    @Test
    void shouldCloseTwice() {
        try (Shared shared = new Shared(1)) {
            GossipPeerSampling node = shared.start(0, 1);
            node.close();
            node.close();

            assertThat(shared.table.size()).isZero();
        }
    }

    @Test
    void shouldLeaveNothingToTheNextNodeInASlot() {
        try (Shared shared = new Shared(1)) {
            GossipPeerSampling first = shared.start(0, 1);
            first.bootstrap(Peers.peers(10, 13), 0);
            first.poll(0);
            for (int i = 0; i < 10; i++) {
                first.onMessage(0, GossipCopy.of(GossipKind.PUSH, i, 3, 20 + i, 40), 0);
            }
            first.close();
            GossipPeerSampling second = shared.start(0, 2);
            second.onMessage(0, GossipCopy.of(GossipKind.PUSH_PULL, 9, 3, 60), 0);

            assertThat(second.viewLength()).isEqualTo(1);
            assertThat(second.joinState()).isEqualTo(JoinState.JOINED);
            assertThat(shared.step.drainMessages().getLast().kind()).isEqualTo(GossipKind.REPLY);
        }
    }

    @Test
    void shouldKeepTheNodesOfOneLogicApart() {
        int count = 50;
        try (Shared shared = new Shared(count)) {
            List<GossipPeerSampling> nodes = new ArrayList<>();
            for (int slot = 0; slot < count; slot++) {
                nodes.add(shared.start(slot, slot + 1));
                nodes.get(slot).bootstrap(Peers.peers(1, 1), 0);
            }
            for (long now = 0; now < 20 * CONFIG.periodNs(); now += CONFIG.periodNs() / 4) {
                for (int slot = 0; slot < count; slot++) {
                    nodes.get(slot).poll(now);
                    deliver(shared, nodes, slot + 1, now);
                }
            }
            for (int slot = 0; slot < count; slot++) {
                assertThat(nodes.get(slot).localPeerId()).isEqualTo(Peers.peer(slot + 1).id());
                assertThat(nodes.get(slot).viewLength()).isGreaterThan(10);
            }
            nodes.forEach(GossipPeerSampling::close);

            assertThat(shared.table.size()).isZero();
        }
    }

    /// Delivers what a node has sent, and the answers to it.
    private static void deliver(
            Shared shared, List<GossipPeerSampling> nodes, int sender, long now) {
        for (CollectedStep.Message message : shared.step.drainMessages()) {
            int to = (int) message.to().id().shortId();
            nodes.get(to - 1).onMessage(shared.table.find(sender), message, now);
            deliver(shared, nodes, to, now);
        }
    }

    /// Many nodes over one state, one table and one logic.
    private static final class Shared implements AutoCloseable {

        final PeerTable table = new PeerTable(256);
        final GossipState state;
        final CollectedStep step = new CollectedStep(table);
        final GossipLogic logic;

        Shared(int slots) {
            state = new GossipState(CONFIG, slots);
            logic = new GossipLogic(CONFIG, state, table, new Random(3), step, step);
        }

        GossipPeerSampling start(int slot, int number) {
            return new GossipPeerSampling(logic, slot, Peers.peer(number), 0);
        }

        @Override
        public void close() {
            state.close();
            table.close();
        }
    }
}
