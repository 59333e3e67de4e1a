package ai.bytesandbrains.engine.semantic;

import static ai.bytesandbrains.engine.semantic.OneSemanticNode.DIMENSIONS;
import static ai.bytesandbrains.engine.semantic.OneSemanticNode.MS;
import static ai.bytesandbrains.engine.semantic.OneSemanticNode.SELF;
import static ai.bytesandbrains.engine.semantic.SemanticCopy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.Peers;
import ai.bytesandbrains.engine.semantic.SemanticCopy.Entry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class SemanticFindTest {

    private static final byte[] EAST = {100, 0, 0, 0};
    private static final byte[] NORTH = {0, 100, 0, 0};
    private static final byte[] WEST = {-100, 0, 0, 0};
    private static final byte[] NORTH_EAST = {100, 100, 0, 0};

    private final OneSemanticNode node = new OneSemanticNode();

    @AfterEach
    void close() {
        node.close();
    }

    private void know(Entry... entries) {
        node.setProfile(0, 1, 0, 0, 0);
        node.receive(exchange(1, 2, entries));
        node.sent.clear();
        node.receivers.clear();
    }

    private void answer(long op, int from, Entry... entries) {
        long request = node.sent.getFirst().requestId();
        node.receive(SemanticCopy.of(SemanticKind.FOUND, request, from, entries));
        assertThat(op).isNotEqualTo(OpTable.NULL_OP);
    }

    private static PeerId id(int number) {
        return Peers.peer(number).id();
    }

    @Test
    void shouldGoOnUntilTheBestHaveAnswered() {
        know(Entry.of(2, 0, 1, 0, EAST));
        long op = node.beginFind(FindParameters.nearest(2).withBeam(2), 0, 1, 0, 0);

        node.overlay.start(op, node.nowNs);
        assertThat(node.receivers).containsExactly(2L);
        assertThat(node.last().asked().components()).containsExactly(0, 127, 0, 0);
        answer(
                op,
                2,
                Entry.of(2, 0, 1, 0, EAST),
                Entry.of(3, 0, 1, 1, NORTH_EAST),
                Entry.of(4, 0, 1, 1, WEST));
        assertThat(node.receivers).containsExactly(2L, 3L);
        answer(op, 3, Entry.of(3, 0, 1, 0, NORTH_EAST), Entry.of(5, 0, 1, 1, NORTH));
        assertThat(node.receivers).containsExactly(2L, 3L, 5L);
        assertThat(node.finds.isFinished(op)).isFalse();
        answer(op, 5, Entry.of(5, 0, 1, 0, NORTH));

        assertThat(node.finds.isFinished(op)).isTrue();
        assertThat(node.finds.peers(op)).containsExactly(id(5), id(3));
        assertThat(node.finds.distanceAt(op, 0)).isZero();
        assertThat(node.finds.hops(op)).isEqualTo(2);
        assertThat(node.finds.peersAsked(op)).isEqualTo(3);
        assertThat(node.finds.peersAnswered(op)).isEqualTo(3);
        node.finds.finish(op);
        assertThatIllegalStateException().isThrownBy(() -> node.finds.peersFound(op));
    }

    @Test
    void shouldFindTheFarthest() {
        know(Entry.of(2, 0, 1, 0, EAST), Entry.of(3, 0, 1, 1, NORTH));
        long op = node.beginFind(FindParameters.farthest(1), 1, 0, 0, 0);

        node.overlay.start(op, node.nowNs);
        assertThat(node.last().isFarthest()).isTrue();
        answer(op, 3, Entry.of(3, 0, 1, 0, NORTH), Entry.of(4, 0, 1, 1, WEST));
        answer(op, 2, Entry.of(2, 0, 1, 0, EAST));
        answer(op, 4, Entry.of(4, 0, 1, 0, WEST));

        assertThat(node.finds.peers(op)).containsExactly(id(4));
        assertThat(node.finds.distanceAt(op, 0)).isEqualTo(2);
    }

    /// Somebody says that 3 is just what is looked for; 3 knows better.
    @Test
    void shouldBelieveThePeerItselfAndNobodyElse() {
        know(Entry.of(2, 0, 1, 0, NORTH_EAST));
        long op = node.beginFind(FindParameters.nearest(1).withBeam(3), 0, 1, 0, 0);
        node.overlay.start(op, node.nowNs);
        answer(op, 2, Entry.of(2, 0, 1, 0, NORTH_EAST), Entry.of(3, 0, 9, 1, NORTH));

        answer(op, 3, Entry.of(3, 0, 1, 0, WEST));

        assertThat(node.finds.isFinished(op)).isTrue();
        assertThat(node.finds.peers(op)).containsExactly(id(2));
    }

    @Test
    void shouldPassOverSilentPeersAndEndAtTheDeadline() {
        know(Entry.of(2, 0, 1, 0, EAST), Entry.of(3, 0, 1, 1, NORTH));
        long op = node.beginFind(new FindParameters(1, 2, false, 1_000 * MS), 0, 1, 0, 0);
        node.overlay.start(op, node.nowNs);
        answer(op, 2, Entry.of(2, 0, 1, 0, EAST));
        assertThat(node.finds.isFinished(op)).isFalse();

        while (!node.finds.isFinished(op)) {
            node.pollNext();
        }

        assertThat(node.finds.peers(op)).containsExactly(id(2));
        assertThat(node.finds.elapsedNs(op)).isLessThanOrEqualTo(1_000 * MS);
        assertThat(node.finds.peersAsked(op)).isEqualTo(2);
        assertThat(node.finds.peersAnswered(op)).isEqualTo(1);
    }

    @Test
    void shouldAskAgainWhoDidNotAnswer() {
        know(Entry.of(2, 0, 1, 0, EAST), Entry.of(3, 0, 1, 1, NORTH));
        long op = node.beginFind(FindParameters.nearest(2), 0, 1, 0, 0);
        node.overlay.start(op, node.nowNs);
        answer(op, 2, Entry.of(2, 0, 1, 0, EAST));

        node.pass(node.config.requestTimeoutNs() / 4);
        assertThat(asked()).containsExactly(3L, 2L, 3L);
        answer(op, 3, Entry.of(3, 0, 1, 0, NORTH));

        assertThat(node.finds.isFinished(op)).isTrue();
        assertThat(node.finds.peers(op)).containsExactly(id(3), id(2));
        assertThat(node.finds.peersAsked(op)).isEqualTo(2);
        assertThat(node.finds.peersAnswered(op)).isEqualTo(2);
    }

    @Test
    void shouldTakeThreeSilencesInAFindForDeath() {
        know(Entry.of(2, 0, 1, 0, EAST), Entry.of(3, 0, 1, 1, NORTH));
        long op = node.beginFind(FindParameters.nearest(2), 0, 1, 0, 0);
        node.overlay.start(op, node.nowNs);
        answer(op, 2, Entry.of(2, 0, 1, 0, EAST));

        for (int silence = 0; silence < 3; silence++) {
            assertThat(node.near(0)).containsExactly(2L, 3L);
            node.pass(node.config.requestTimeoutNs() / 4);
        }

        assertThat(node.finds.peers(op)).containsExactly(id(2));
        assertThat(node.near(0)).containsExactly(2L);
        assertThat(node.logic.counters().deaths()).isEqualTo(1);
    }

    /// Twice as long as the slowest of three who answered; not long enough to tell death by.
    @Test
    void shouldNotWaitLongForOneWhereOthersAnswerFast() {
        long tookNs = 100 * OneSemanticNode.MS;
        know(
                Entry.of(2, 0, 1, 0, NORTH),
                Entry.of(3, 0, 1, 1, NORTH),
                Entry.of(4, 0, 1, 1, NORTH),
                Entry.of(5, 0, 1, 1, NORTH_EAST));
        node.overlay.poll(node.nowNs);
        node.pass(node.config.requestTimeoutNs());
        long op = node.beginFind(FindParameters.nearest(4), 0, 1, 0, 0);
        node.sent.clear();
        node.receivers.clear();
        node.overlay.start(op, node.nowNs);
        node.nowNs += tookNs;
        for (int peer = 2; peer <= 4; peer++) {
            answer(op, peer, Entry.of(peer, 0, 1, 0, NORTH));
        }
        assertThat(asked()).containsExactlyInAnyOrder(2L, 3L, 4L, 5L);

        for (int silence = 0; silence < 3; silence++) {
            node.pass(2 * tookNs - 1);
            assertThat(asked()).hasSize(4 + silence);
            assertThat(node.finds.isFinished(op)).isFalse();
            node.pass(1);
        }

        assertThat(node.finds.peers(op)).containsExactlyInAnyOrder(id(2), id(3), id(4));
        assertThat(node.near(0)).contains(5L);
        node.nowNs += node.config.periodNs();
        node.overlay.poll(node.nowNs);
        assertThat(node.last().kind()).isEqualTo(SemanticKind.EXCHANGE);
        assertThat(node.lastReceiver()).isEqualTo(5);
    }

    @Test
    void shouldNotWaitForTheLateBeforeItAsksOthers() {
        know(
                Entry.of(2, 0, 1, 0, NORTH),
                Entry.of(3, 0, 1, 1, NORTH),
                Entry.of(4, 0, 1, 1, NORTH),
                Entry.of(5, 0, 1, 1, WEST));
        long op = node.beginFind(FindParameters.nearest(4), 0, 1, 0, 0);
        node.overlay.start(op, node.nowNs);
        assertThat(node.receivers).containsExactlyInAnyOrder(2L, 3L, 4L);

        node.pass(node.config.requestTimeoutNs() / 4);

        assertThat(asked()).hasSize(7).endsWith(5L);
        node.finds.abandon(op);
    }

    /// Who was asked by the find, in this order.
    private List<Long> asked() {
        List<Long> asked = new ArrayList<>();
        for (int i = 0; i < node.sent.size(); i++) {
            if (node.sent.get(i).kind() == SemanticKind.FIND) {
                asked.add(node.receivers.get(i));
            }
        }
        return asked;
    }

    @Test
    void shouldBeginWithRandomPeersWhereNothingIsKnown() {
        node.randomPeer = 9;
        long op = node.beginFind(FindParameters.nearest(1), 0, 1, 0, 0);
        node.overlay.start(op, node.nowNs);
        assertThat(node.receivers).containsExactly(9L);

        answer(op, 9, Entry.of(9, 0, 1, 0, NORTH));

        assertThat(node.finds.peers(op)).containsExactly(id(9));
    }

    @Test
    void shouldEndEmptyWhereNobodyIsKnown() {
        long op = node.beginFind(FindParameters.nearest(1), 0, 1, 0, 0);

        node.overlay.start(op, node.nowNs);

        assertThat(node.finds.isFinished(op)).isTrue();
        assertThat(node.finds.peersFound(op)).isZero();
    }

    @Test
    void shouldTryAgainWhatTheTransportRefused() {
        know(Entry.of(2, 0, 1, 0, EAST));
        node.refusing = true;
        long op = node.beginFind(FindParameters.nearest(1), 0, 1, 0, 0);
        node.overlay.start(op, node.nowNs);
        assertThat(node.finds.isFinished(op)).isFalse();
        assertThat(node.overlay.nextDeadlineNs(node.nowNs)).isEqualTo(node.nowNs);

        node.refusing = false;
        node.overlay.poll(node.nowNs);

        assertThat(node.sent.getLast().kind()).isEqualTo(SemanticKind.FIND);
        assertThat(node.receivers.getLast()).isEqualTo(2);
    }

    @Test
    void shouldGiveBackEverythingWhenItIsAbandonedOrStopped() {
        know(Entry.of(2, 0, 1, 0, EAST));
        long abandoned = node.beginFind(FindParameters.nearest(1), 0, 1, 0, 0);
        long running = node.beginFind(FindParameters.nearest(1), 0, 1, 0, 0);
        node.overlay.start(abandoned, node.nowNs);
        node.overlay.start(running, node.nowNs);
        node.finds.abandon(abandoned);
        node.overlay.poll(node.nowNs);

        node.overlay.close();

        assertThat(node.finds.isFinished(running)).isTrue();
        assertThat(node.table.size()).isZero();
        assertThatIllegalStateException().isThrownBy(() -> node.finds.isFinished(abandoned));
    }

    @Test
    void shouldAnswerFindsOfOthers() {
        know(Entry.of(2, 0, 1, 0, EAST), Entry.of(3, 0, 1, 1, NORTH), Entry.of(4, 0, 1, 1, WEST));

        node.receive(SemanticCopy.find(5, 9, 2, false, NORTH));
        assertThat(node.last().peers()).startsWith((long) SELF, 3L).hasSize(3);
        node.receive(SemanticCopy.find(6, 9, 2, true, EAST));
        assertThat(node.last().peers()).containsExactly((long) SELF, 4L, 3L);
        node.receive(SemanticCopy.find(7, 9, Integer.MAX_VALUE, false, NORTH));
        assertThat(node.last().size()).isEqualTo(4);
        assertThat(node.logic.counters().findsAnswered()).isEqualTo(3);
    }

    @Test
    void shouldNotAnswerFindsThatMakeNoSense() {
        know(Entry.of(2, 0, 1, 0, EAST));

        node.receive(SemanticCopy.find(5, 9, 0, false, NORTH));
        node.receive(SemanticCopy.find(5, 9, 2, false, new byte[DIMENSIONS]));
        node.receive(SemanticCopy.find(5, SELF, 2, false, NORTH));

        assertThat(node.sent).isEmpty();
        assertThat(node.logic.counters().rejected()).isEqualTo(3);
    }

    @Test
    void shouldNotBeginWhatHasNoAnswer() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> node.beginFind(FindParameters.nearest(1), 0, 0, 0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> node.beginFind(FindParameters.nearest(1), Float.NaN, 0, 0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> node.beginFind(FindParameters.nearest(1), 1, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FindParameters.nearest(65))
                .withMessageContaining("beam=65");
        for (int i = 0; i < 4; i++) {
            assertThat(node.beginFind(FindParameters.nearest(1), 1, 0, 0, 0))
                    .isNotEqualTo(OpTable.NULL_OP);
        }
        assertThat(node.beginFind(FindParameters.nearest(1), 1, 0, 0, 0))
                .isEqualTo(OpTable.NULL_OP);
    }
}
