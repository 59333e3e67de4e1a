package ai.bytesandbrains.engine.gossip;

import static ai.bytesandbrains.engine.gossip.OneNode.MS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.op.OpTable;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerId;
import ai.bytesandbrains.engine.overlay.Peers;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

class GossipJoinTest {

    private static final long TIMEOUT = 5_000 * MS;

    private final OneNode one = new OneNode(GossipConfig.defaults());
    private final JoinOperations joins = one.joins;

    @AfterEach
    void close() {
        one.close();
    }

    @Test
    void shouldEndWhenASeedLetsTheNodeIn() {
        long op = join(Peers.peers(20, 21));
        assertThat(joins.state(op)).isEqualTo(JoinState.JOINING);
        one.poll();
        one.nowNs += 70 * MS;
        answer(GossipKind.JOIN_REPLY, 30, 31);

        assertThat(joins.isFinished(op)).isTrue();
        assertThat(joins.state(op)).isEqualTo(JoinState.JOINED);
        assertThat(joins.outcome(op)).isEqualTo(JoinOutcome.JOINED);
        assertThat(joins.result(op)).isEqualTo(new JoinResult(JoinOutcome.JOINED, 1, 0, 70 * MS));
        assertThat(joins.result(op).isJoined()).isTrue();
        joins.finish(op);
    }

    @Test
    void shouldBeAloneUntilTheAgentHasTakenIt() {
        long op = joins.begin(TIMEOUT, one.nowNs);

        assertThat(joins.state(op)).isEqualTo(JoinState.ALONE);
        assertThat(joins.isFinished(op)).isFalse();
        joins.withdraw(op);
    }

    @Test
    void shouldFailWithoutSeeds() {
        assertThat(outcomeOf(join(List.of()))).isEqualTo(JoinOutcome.NO_SEEDS);
    }

    @Test
    void shouldFailWithItselfForASeed() {
        assertThat(outcomeOf(join(List.of(Peers.peer(OneNode.SELF)))))
                .isEqualTo(JoinOutcome.NO_SEEDS);
    }

    @Test
    void shouldSkipASeedWhoseShortIdIsTaken() {
        one.know(3, 20, 21);
        one.gossip.bootstrap(List.of(namesake(20), Peers.peer(22)), one.nowNs);
        one.pollNext();

        assertThat(one.logic.counters().seedsSkipped()).isEqualTo(1);
        assertThat(one.gossip.joinState()).isEqualTo(JoinState.JOINING);
        assertThat(one.view()).containsOnlyKeys(20, 21);
        assertThat(one.table.find(namesake(20).id())).isZero();
        assertThat(one.table.find(Peers.peer(22).id())).isNotZero();
    }

    @Test
    void shouldSkipTheSecondOfTwoSeedsWithOneShortId() {
        long op = join(List.of(namesake(20), Peers.peer(20)));
        one.poll();

        assertThat(one.logic.counters().seedsSkipped()).isEqualTo(1);
        assertThat(one.messages)
                .extracting(message -> message.to().id())
                .containsExactly(namesake(20).id());
        joins.abandon(op);
    }

    @Test
    void shouldFailWhenNoSeedCouldBeRemembered() {
        assertThat(outcomeOf(join(List.of(namesake(OneNode.SELF)))))
                .isEqualTo(JoinOutcome.NO_SEEDS);
        assertThat(one.logic.counters().seedsSkipped()).isEqualTo(1);
    }

    @Test
    void shouldSkipTheSeedsThatAFullTableHasNoRoomFor() {
        try (OneNode full = new OneNode(GossipConfig.defaults(), 1, 3)) {
            full.gossip.bootstrap(Peers.peers(20, 25), full.nowNs);
            full.poll();

            assertThat(full.logic.counters().seedsSkipped()).isEqualTo(4);
            assertThat(full.messages).extracting(full::to).containsExactlyInAnyOrder(20, 21);
        }
    }

    @Test
    void shouldRememberNoneOfItsSeedsIfOneIsNull() {
        List<Peer> seeds = Arrays.asList(Peers.peer(20), null);

        assertThatNullPointerException()
                .isThrownBy(() -> one.gossip.bootstrap(seeds, one.nowNs))
                .withMessage("seed");
        assertThat(one.table.size()).isEqualTo(1);
        assertThat(one.gossip.joinState()).isEqualTo(JoinState.ALONE);
    }

    @Test
    void shouldFailWhenItsLastSeedIsTakenAway() {
        long op = join(Peers.peers(20, 20));
        one.gossip.removeAddress(Peers.peer(20).id(), Peers.peer(20).address());
        one.poll();

        assertThat(outcomeOf(op)).isEqualTo(JoinOutcome.NO_SEEDS);
    }

    @Test
    void shouldFailAtItsDeadlineAndNoSooner() {
        long op = join(Peers.peers(20, 22));
        long deadline = one.nowNs + TIMEOUT;
        while (!joins.isFinished(op)) {
            long next = one.gossip.nextDeadlineNs(one.nowNs);
            assertThat(next - deadline).as("asks to be polled in time").isLessThanOrEqualTo(0);
            one.nowNs = next;
            one.poll();
        }

        assertThat(one.nowNs).isEqualTo(deadline);
        assertThat(joins.result(op))
                .isEqualTo(new JoinResult(JoinOutcome.NO_ANSWER, 0, 0, TIMEOUT));
        joins.finish(op);
    }

    @Test
    void shouldFailWhenAllAreBusy() {
        long op = join(Peers.peers(20, 21));
        one.poll();
        int asked = one.messages.size();
        for (CollectedStep.Message request : List.copyOf(one.messages)) {
            one.receiveFrom(
                    one.to(request),
                    new GossipCopy(GossipKind.BUSY, request.requestId(), List.of()));
        }
        one.nowNs += TIMEOUT;
        one.poll();

        assertThat(joins.result(op))
                .isEqualTo(new JoinResult(JoinOutcome.REFUSED, 0, asked, TIMEOUT));
        joins.finish(op);
    }

    @Test
    void shouldGoOnJoiningAfterAFailure() {
        long op = join(Peers.peers(20, 20));
        one.nowNs += TIMEOUT;
        one.poll();
        assertThat(outcomeOf(op)).isEqualTo(JoinOutcome.NO_ANSWER);
        assertThat(one.gossip.joinState()).isEqualTo(JoinState.JOINING);
        long again = join(Peers.peers(20, 20));
        one.nextMessage();
        answer(GossipKind.JOIN_REPLY, 30);

        assertThat(outcomeOf(again)).isEqualTo(JoinOutcome.JOINED);
    }

    @Test
    void shouldAskWhomABusySeedNamed() {
        join(Peers.peers(20, 20));
        one.poll();
        one.receiveFrom(
                20, GossipCopy.of(GossipKind.JOIN_REPLY, one.last().requestId(), 4, 20, 30));
        assertThat(one.gossip.joinState()).isEqualTo(JoinState.JOINED);
        int before = one.messages.size();
        one.poll();

        CollectedStep.Message next = one.messages.get(before);
        assertThat(next.kind()).isEqualTo(GossipKind.JOIN);
        assertThat(one.to(next)).isEqualTo(30);
        one.receiveFrom(
                30, GossipCopy.of(GossipKind.JOIN_REPLY, next.requestId(), 0, 30, 31, 32, 33, 34));
        assertThat(one.view()).containsOnlyKeys(30, 31, 32, 33, 34);
    }

    @Test
    void shouldMakeDoWithFewPeersWhereThereAreNoMore() {
        join(Peers.peers(20, 20));
        one.poll();
        answer(GossipKind.JOIN_REPLY, 30);
        for (int i = 0; i < 400; i++) {
            one.pollNext();
            CollectedStep.Message last = one.last();
            if (last.kind() == GossipKind.JOIN) {
                one.receiveFrom(
                        one.to(last),
                        GossipCopy.of(GossipKind.JOIN_REPLY, last.requestId(), 0, one.to(last)));
            }
        }
        long asked =
                one.messages.stream()
                        .filter(message -> message.kind() == GossipKind.JOIN)
                        .filter(message -> one.to(message) == 30)
                        .count();

        assertThat(asked).as("joins with the one peer it knows").isBetween(1L, 8L);
    }

    @Test
    void shouldWaitLongerAndLongerForSeedsThatDoNotAnswer() {
        GossipConfig config = one.config;
        one.gossip.bootstrap(Peers.peers(20, 35), one.nowNs);
        long start = one.nowNs;
        while (one.nowNs - start < 20 * config.periodNs()) {
            one.pollNext();
        }
        long late = one.nowNs - 10 * config.periodNs();
        int before = one.messages.size();
        while (one.nowNs - late < 20 * config.periodNs()) {
            one.pollNext();
        }

        assertThat(one.messages.size() - before)
                .as("in ten periods, at most three at once")
                .isBetween(3 * 5, 3 * 21);
    }

    @Test
    void shouldEndAtOnceInANodeThatHasAView() {
        one.know(3, 40, 41);

        assertThat(outcomeOf(join(List.of()))).isEqualTo(JoinOutcome.JOINED);
    }

    @Test
    void shouldEndAsClosedWithItsNode() {
        long op = join(Peers.peers(20, 20));
        one.gossip.close();

        assertThat(outcomeOf(op)).isEqualTo(JoinOutcome.CLOSED);
    }

    @Test
    void shouldEndAsClosedIfItNeverReachedItsNode() {
        long op = joins.begin(TIMEOUT, one.nowNs);
        joins.refuse(op);

        assertThat(joins.result(op)).isEqualTo(new JoinResult(JoinOutcome.CLOSED, 0, 0, 0));
        joins.finish(op);
    }

    @Test
    void shouldMakeRoomWhenItIsAbandoned() {
        join(Peers.peers(20, 20));
        long second = join(List.of());
        assertThat(joins.begin(TIMEOUT, one.nowNs)).isEqualTo(OpTable.NULL_OP);
        joins.abandon(second);
        one.poll();

        long third = joins.begin(TIMEOUT, one.nowNs);
        assertThat(third).isNotEqualTo(OpTable.NULL_OP);
        assertThatIllegalStateException().isThrownBy(() -> joins.state(second));
        joins.withdraw(third);
    }

    @Test
    void shouldNotTakeAJoinThatWasWithdrawn() {
        long op = joins.begin(TIMEOUT, one.nowNs);
        joins.withdraw(op);

        assertThatIllegalStateException().isThrownBy(() -> one.gossip.startJoin(op, one.nowNs));
        assertThat(one.poll()).as("nothing is left of it").isZero();
    }

    @Test
    void shouldNotSayHowAJoinEndedThatHasNot() {
        long op = join(Peers.peers(20, 20));

        assertThatIllegalStateException().isThrownBy(() -> joins.outcome(op));
        assertThatIllegalStateException().isThrownBy(() -> joins.result(op));
        assertThatIllegalStateException().isThrownBy(() -> joins.finish(op));
    }

    @Test
    void shouldRefuseTimesThatCannotBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> joins.begin(0, 0))
                .withMessageContaining("timeoutNs=0");
        assertThatIllegalArgumentException().isThrownBy(() -> joins.begin(Long.MAX_VALUE, 0));
    }

    @Test
    void shouldAllocateNothing() {
        one.know(3, 40, 41);
        Allocation.assertNone(
                () -> {
                    long op = joins.begin(TIMEOUT, one.nowNs);
                    one.gossip.startJoin(op, one.nowNs);
                    if (joins.isFinished(op) && joins.outcome(op) == JoinOutcome.JOINED) {
                        joins.finish(op);
                    }
                });
        assertThat(joins.begin(TIMEOUT, one.nowNs)).as("all were freed").isNotZero();
    }

    private long join(List<Peer> seeds) {
        long op = joins.begin(TIMEOUT, one.nowNs);
        one.gossip.bootstrap(seeds, one.nowNs);
        one.gossip.startJoin(op, one.nowNs);
        return op;
    }

    /// Somebody else with the same short id.
    private static Peer namesake(int number) {
        return new Peer(new PeerId(number, 7, 7, 7), Address.memory(1_000 + number));
    }

    private JoinOutcome outcomeOf(long op) {
        JoinOutcome outcome = joins.outcome(op);
        joins.finish(op);
        return outcome;
    }

    private void answer(GossipKind kind, int... others) {
        int seed = one.to(one.last());
        int[] peers = new int[others.length + 1];
        peers[0] = seed;
        System.arraycopy(others, 0, peers, 1, others.length);
        one.receiveFrom(seed, GossipCopy.of(kind, one.last().requestId(), 0, peers));
    }
}
