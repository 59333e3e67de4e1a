package ai.bytesandbrains.engine.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.gossip.CollectedStep.PeerRemoved;
import ai.bytesandbrains.engine.gossip.CollectedStep.RequestTimeout;
import ai.bytesandbrains.engine.overlay.Peers;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Map;

/// The requests of a node: answers that fit and answers that do not, silence, failure, and an
/// outbox that does not take them.
class GossipRequestTest {

    private static final GossipConfig CONFIG = GossipConfig.defaults();

    private final OneNode one = new OneNode(CONFIG);

    @AfterEach
    void close() {
        one.close();
    }

    @Test
    void shouldMergeTheAnswer() {
        CollectedStep.Message request = asked();
        one.receiveFrom(one.to(request), reply(request, one.to(request), 77));

        assertThat(one.view()).containsKey(77);
        assertThat(one.logic.counters().completed()).isEqualTo(1);
    }

    @Test
    void shouldTakeAnAnswerOnce() {
        CollectedStep.Message request = asked();
        one.receiveFrom(one.to(request), reply(request, one.to(request), 77));
        assertChangesNothing(one.to(request), reply(request, one.to(request), 78));
    }

    @Test
    void shouldTakeNoAnswerToAnotherRequest() {
        CollectedStep.Message request = asked();
        assertChangesNothing(
                one.to(request),
                GossipCopy.of(GossipKind.REPLY, request.requestId() + 1, 0, one.to(request), 77));
    }

    @Test
    void shouldTakeNoAnswerFromSomebodyElse() {
        CollectedStep.Message request = asked();
        int other = one.view().keySet().stream().filter(n -> n != one.to(request)).findAny().get();
        assertChangesNothing(other, reply(request, other, 77));
    }

    @Test
    void shouldTakeNoAnswerFromAStranger() {
        CollectedStep.Message request = asked();
        assertChangesNothing(500, reply(request, 500, 77));
    }

    @Test
    void shouldTakeNoAnswerOfTheWrongKind() {
        CollectedStep.Message request = asked();
        assertChangesNothing(
                one.to(request),
                GossipCopy.of(GossipKind.JOIN_REPLY, request.requestId(), 0, one.to(request), 77));
    }

    @ParameterizedTest
    @EnumSource(
            value = GossipKind.class,
            names = {"REPLY", "JOIN_REPLY", "BUSY"})
    void shouldTakeNoAnswerToNothing(GossipKind kind) {
        one.know(3, 20, 21);
        assertChangesNothing(20, GossipCopy.of(kind, 0, 0, 20, 77));
    }

    @Test
    void shouldTakeNoAnswerAfterTheTimeout() {
        CollectedStep.Message request = asked();
        one.nowNs += CONFIG.requestTimeoutNs();
        one.poll();
        assertChangesNothing(one.to(request), reply(request, one.to(request), 77));
    }

    @Test
    void shouldRemoveAPartnerThatDoesNotAnswer() {
        CollectedStep.Message request = asked();
        one.events.clear();
        one.nowNs += CONFIG.requestTimeoutNs();
        one.poll();

        assertThat(one.view()).doesNotContainKey(one.to(request));
        assertThat(one.events)
                .contains(
                        new RequestTimeout(request.to(), request.requestId()),
                        new PeerRemoved(request.to(), RemovalReason.TIMEOUT));
    }

    @Test
    void shouldKeepAPartnerUntilItsTimeIsOver() {
        CollectedStep.Message request = asked();
        one.nowNs += CONFIG.requestTimeoutNs() - 1;
        one.poll();

        assertThat(one.view()).containsKey(one.to(request));
    }

    @Test
    void shouldAskSomebodyElseAfterTheRetryTime() {
        CollectedStep.Message request = asked();
        one.nowNs += CONFIG.retryTimeNs();
        one.poll();

        assertThat(one.messages).hasSize(2);
        assertThat(one.to(one.last())).isNotEqualTo(one.to(request));
    }

    @Test
    void shouldNeverHaveMoreRequestsThanAllowed() {
        GossipConfig hasty = CONFIG.withTimes(1_000, 1_000_000, 10);
        try (OneNode busy = new OneNode(hasty)) {
            busy.know(3, 20, 21, 22, 23, 24, 25, 26, 27);
            for (int i = 0; i < 50; i++) {
                busy.pollNext();
                busy.nowNs += 5;
            }
            assertThat(busy.messages).hasSize(hasty.maxConcurrentRequests());
            assertThat(busy.messages).extracting(busy::to).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldRemoveAPeerThatCannotBeReached() {
        one.know(3, 20, 21);
        one.events.clear();
        one.fail(20);

        assertThat(one.view()).containsOnlyKeys(21);
        assertThat(one.events)
                .containsExactly(new PeerRemoved(Peers.peer(20), RemovalReason.CONNECTION_FAILED));
    }

    @Test
    void shouldForgetTheRequestToAPeerThatCannotBeReached() {
        CollectedStep.Message request = asked();
        one.fail(one.to(request));
        one.events.clear();
        one.nowNs += CONFIG.requestTimeoutNs();
        one.poll();

        assertThat(one.events).noneMatch(RequestTimeout.class::isInstance);
    }

    @Test
    void shouldKeepAPeerThatIsBusy() {
        CollectedStep.Message request = asked();
        one.receiveFrom(one.to(request), busy(request));

        assertThat(one.view()).containsKey(one.to(request));
    }

    @Test
    void shouldAskSomebodyElseSoonWhenOneIsBusy() {
        CollectedStep.Message request = asked();
        one.receiveFrom(one.to(request), busy(request));
        long before = one.nowNs;
        CollectedStep.Message next = one.nextMessage();

        assertThat(one.to(next)).isNotEqualTo(one.to(request));
        assertThat(one.nowNs - before).isLessThanOrEqualTo(CONFIG.retryTimeNs());
    }

    @Test
    void shouldAskTheBusyOneAgainIfThereIsNobodyElse() {
        one.know(3, 20);
        CollectedStep.Message request = one.nextMessage();
        one.receiveFrom(20, busy(request));

        assertThat(one.to(one.nextMessage())).isEqualTo(20);
    }

    @Test
    void shouldChangeNothingWhenARequestIsRefused() {
        one.know(3, 20, 21, 22);
        Map<Integer, Integer> before = one.view();
        one.refusing = true;
        one.pollNext();
        one.poll();

        assertThat(one.view()).isEqualTo(before);
        assertThat(one.logic.counters().sendsRefused()).isEqualTo(2);
    }

    @Test
    void shouldSendARefusedRequestWithTheNextPoll() {
        one.know(3, 20, 21, 22);
        one.refusing = true;
        one.pollNext();
        one.refusing = false;
        assertThat(one.gossip.nextDeadlineNs(one.nowNs)).isEqualTo(one.nowNs);
        one.poll();

        assertThat(one.messages).hasSize(1);
    }

    @Test
    void shouldNotBlameAPartnerThatWasNeverSentAnything() {
        one.know(3, 20, 21, 22);
        Map<Integer, Integer> before = one.view();
        one.refusing = true;
        for (int i = 0; i < 100; i++) {
            one.nowNs += CONFIG.requestTimeoutNs() / 10;
            one.poll();
        }

        assertThat(one.view()).isEqualTo(before);
        assertThat(one.logic.counters().timeouts()).isZero();
    }

    @Test
    void shouldGiveAPartnerItsWholeTimeFromWhenTheRequestLeft() {
        one.know(3, 20);
        one.refusing = true;
        one.pollNext();
        one.nowNs += CONFIG.requestTimeoutNs() - 1;
        one.refusing = false;
        one.poll();
        one.nowNs += CONFIG.requestTimeoutNs() - 1;
        one.poll();

        assertThat(one.view()).containsKey(20);
    }

    @ParameterizedTest
    @EnumSource(
            value = GossipKind.class,
            names = {"PULL", "PUSH_PULL", "JOIN"})
    void shouldChangeNothingWhenAnAnswerIsRefused(GossipKind kind) {
        one.know(3, 20, 21, 22);
        Map<Integer, Integer> before = one.view();
        one.refusing = true;
        int work = one.receive(GossipCopy.of(kind, 5, 0, 30, 31));
        assertThat(work).isZero();
        assertThat(one.view()).isEqualTo(before);
        assertThat(one.logic.counters().answersDropped()).isEqualTo(1);

        one.refusing = false;
        one.receive(GossipCopy.of(kind, 6, 0, 30, 31));
        assertThat(one.last().kind()).as("the budget is untouched").isNotEqualTo(GossipKind.BUSY);
    }

    @Test
    void shouldGrowOlderWithEachExchange() {
        one.know(3, 20);
        one.receive(GossipCopy.of(GossipKind.PULL, 5, 0, 30));

        assertThat(one.view()).containsExactly(Map.entry(20, 5));
    }

    @Test
    void shouldPushWithoutWaitingForAnAnswer() {
        try (OneNode pushing =
                new OneNode(CONFIG.withExchange(CONFIG.selector(), GossipMode.PUSH))) {
            pushing.know(3, 20);
            assertThat(pushing.nextMessage().kind()).isEqualTo(GossipKind.PUSH);
            pushing.nowNs += CONFIG.requestTimeoutNs();
            pushing.poll();

            assertThat(pushing.view()).containsKey(20);
        }
    }

    @Test
    void shouldPullWithItselfAlone() {
        try (OneNode pulling =
                new OneNode(CONFIG.withExchange(CONFIG.selector(), GossipMode.PULL))) {
            pulling.know(3, 20, 21, 22);
            CollectedStep.Message request = pulling.nextMessage();

            assertThat(request.kind()).isEqualTo(GossipKind.PULL);
            assertThat(pulling.numbers(request)).containsExactly(OneNode.SELF);
        }
    }

    private CollectedStep.Message asked() {
        one.know(3, 20, 21, 22, 23);
        return one.nextMessage();
    }

    private void assertChangesNothing(int from, GossipCopy answer) {
        Map<Integer, Integer> view = one.view();
        int peers = one.table.size();
        long unsolicited = one.logic.counters().unsolicited();

        assertThat(one.receiveFrom(from, answer)).isZero();
        assertThat(one.view()).isEqualTo(view);
        assertThat(one.table.size()).isEqualTo(peers);
        assertThat(one.logic.counters().unsolicited()).isEqualTo(unsolicited + 1);
    }

    private static GossipCopy reply(CollectedStep.Message request, int from, int more) {
        return GossipCopy.of(GossipKind.REPLY, request.requestId(), 0, from, more);
    }

    private static GossipCopy busy(CollectedStep.Message request) {
        return new GossipCopy(GossipKind.BUSY, request.requestId(), List.of());
    }
}
