package ai.bytesandbrains.engine.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.bytesandbrains.engine.gossip.CollectedStep.JoinStateChanged;
import ai.bytesandbrains.engine.gossip.CollectedStep.PeerAdded;
import ai.bytesandbrains.engine.gossip.CollectedStep.PeerRemoved;
import ai.bytesandbrains.engine.overlay.Address;
import ai.bytesandbrains.engine.overlay.PeerSelections;
import ai.bytesandbrains.engine.overlay.PeerSelector;
import ai.bytesandbrains.engine.overlay.PeerTable;
import ai.bytesandbrains.engine.overlay.Peers;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.IntStream;

/// Seeds, reserve, and what callers do to a view by hand.
class GossipMembershipTest {

    private static final GossipConfig CONFIG = GossipConfig.defaults();

    private final OneNode one = new OneNode(CONFIG);

    @AfterEach
    void close() {
        one.close();
    }

    @Test
    void shouldAskItsSeedsToJoin() {
        one.gossip.bootstrap(Peers.peers(20, 22), one.nowNs);
        one.poll();

        assertThat(one.messages)
                .extracting(CollectedStep.Message::kind)
                .containsOnly(GossipKind.JOIN);
        assertThat(one.messages).extracting(one::to).containsExactlyInAnyOrder(20, 21, 22);
    }

    @Test
    void shouldSendNothingFromBootstrapItself() {
        one.gossip.bootstrap(Peers.peers(20, 22), one.nowNs);
        one.collect();

        assertThat(one.messages).isEmpty();
    }

    @Test
    void shouldSkipItselfAmongItsSeeds() {
        one.gossip.bootstrap(Peers.peers(OneNode.SELF, OneNode.SELF), one.nowNs);
        one.poll();

        assertThat(one.messages).isEmpty();
        assertThat(one.gossip.joinState()).isEqualTo(JoinState.ALONE);
    }

    @Test
    void shouldBeJoinedWhenASeedAnswers() {
        join(20, 30, 31);

        assertThat(one.gossip.joinState()).isEqualTo(JoinState.JOINED);
        assertThat(one.view()).as("the seed is remembered as it is").containsOnlyKeys(30, 31);
    }

    @Test
    void shouldTakeASeedThatIsAllThereIs() {
        join(20);

        assertThat(one.view()).containsOnlyKeys(20);
    }

    @Test
    void shouldNotBeJoinedByAnAnswerWithoutAPeer() {
        one.gossip.bootstrap(Peers.peers(20, 20), one.nowNs);
        one.poll();
        one.receiveFrom(
                20, new GossipCopy(GossipKind.JOIN_REPLY, one.last().requestId(), List.of()));
        one.poll();

        assertThat(one.gossip.joinState()).isEqualTo(JoinState.JOINING);
        assertThat(one.messages).hasSize(1);
    }

    @Test
    void shouldAskSilentSeedsAgain() {
        one.gossip.bootstrap(Peers.peers(20, 20), one.nowNs);
        for (int i = 0; i < 30; i++) {
            one.pollNext();
        }

        assertThat(one.messages).hasSizeGreaterThan(2);
        assertThat(one.gossip.joinState()).isEqualTo(JoinState.JOINING);
    }

    @Test
    void shouldGoThroughAllSeedsWhenTheFirstAreDead() {
        one.gossip.bootstrap(Peers.peers(20, 27), one.nowNs);
        for (int i = 0; i < 60; i++) {
            one.pollNext();
        }

        assertThat(one.messages)
                .extracting(one::to)
                .contains(IntStream.rangeClosed(20, 27).boxed().toArray(Integer[]::new));
    }

    @Test
    void shouldExchangeThoughAllSeedsAreDead() {
        one.gossip.bootstrap(Peers.peers(20, 27), one.nowNs);
        one.know(3, 40, 41, 42);
        long end = one.nowNs + 5 * CONFIG.periodNs();
        while (one.nowNs < end) {
            one.pollNext();
        }

        assertThat(one.messages)
                .filteredOn(message -> message.kind() == GossipKind.PUSH_PULL)
                .extracting(one::to)
                .contains(40, 41, 42);
    }

    @Test
    void shouldWaitWhenASeedIsBusy() {
        one.gossip.bootstrap(Peers.peers(20, 20), one.nowNs);
        one.poll();
        one.receiveFrom(20, new GossipCopy(GossipKind.BUSY, one.last().requestId(), List.of()));
        long busyNs = one.nowNs;
        one.nextMessage();

        assertThat(one.nowNs - busyNs).isBetween(CONFIG.retryTimeNs(), 2 * CONFIG.retryTimeNs());
    }

    @Test
    void shouldRememberNoMoreSeedsThanAllowed() {
        one.gossip.bootstrap(Peers.peers(100, 150), one.nowNs);

        assertThat(one.table.size()).isEqualTo(1 + CONFIG.maxSeeds());
    }

    @Test
    void shouldComeBackThroughItsSeedsWhenItHasLostEverybody() {
        join(20, 30);
        one.fail(20);
        one.fail(30);
        assertThat(one.gossip.nextDeadlineNs(one.nowNs)).isEqualTo(one.nowNs);
        one.messages.clear();
        one.poll();

        assertThat(one.messages).extracting(one::to).containsExactly(20);
        assertThat(one.gossip.joinState()).isEqualTo(JoinState.JOINING);
    }

    @Test
    void shouldRefillAnEmptiedViewFromTheReserve() {
        one.know(100, IntStream.rangeClosed(20, 29).toArray());
        one.know(50, IntStream.rangeClosed(30, 39).toArray());
        one.know(1, IntStream.rangeClosed(40, 45).toArray());
        one.view().keySet().forEach(one::fail);
        one.poll();

        assertThat(one.view()).isNotEmpty();
        assertThat(one.view().keySet()).allMatch(number -> number < 40);
    }

    @Test
    void shouldTakeAFailedPeerOutOfTheReserveToo() {
        one.know(100, IntStream.rangeClosed(20, 29).toArray());
        one.know(50, IntStream.rangeClosed(30, 39).toArray());
        one.know(1, IntStream.rangeClosed(40, 45).toArray());
        List<Integer> evicted =
                IntStream.rangeClosed(20, 39)
                        .filter(number -> !one.view().containsKey(number))
                        .boxed()
                        .toList();
        one.fail(evicted.getFirst());
        one.view().keySet().forEach(one::fail);
        one.poll();

        assertThat(one.view().keySet())
                .containsExactlyInAnyOrderElementsOf(evicted.subList(1, evicted.size()));
    }

    @Test
    void shouldBeAloneWithoutAnybody() {
        one.know(3, 20);
        one.fail(20);
        one.poll();

        assertThat(one.gossip.joinState()).isEqualTo(JoinState.ALONE);
        assertThat(one.gossip.nextDeadlineNs(one.nowNs)).isGreaterThan(one.nowNs + (1L << 59));
    }

    @Test
    void shouldTellItsStates() {
        join(20, 30);

        assertThat(one.events)
                .filteredOn(JoinStateChanged.class::isInstance)
                .containsExactly(
                        new JoinStateChanged(JoinState.JOINING),
                        new JoinStateChanged(JoinState.JOINED));
    }

    @Test
    void shouldAddAPeerOnce() {
        assertThat(one.gossip.addPeer(Peers.peer(20))).isTrue();
        assertThat(one.gossip.addPeer(Peers.peer(20))).isFalse();
        assertThat(one.gossip.addPeer(Peers.peer(OneNode.SELF))).isFalse();
    }

    @Test
    void shouldHaveThePeerItAddedInAFullViewOfAnyKind() {
        for (long seed = 0; seed < 50; seed++) {
            try (OneNode blind = new OneNode(CONFIG.withView(4, 0, 0), seed, 64)) {
                for (int number = 20; number < 60; number++) {
                    assertThat(blind.gossip.addPeer(Peers.peer(number))).isTrue();
                    assertThat(blind.view()).containsKey(number).hasSizeLessThanOrEqualTo(4);
                }
            }
        }
    }

    @Test
    void shouldTellWhoComesAndGoes() {
        try (OneNode small = new OneNode(CONFIG.withView(2, 0, 0))) {
            small.gossip.addPeer(Peers.peer(20));
            small.know(9, 21);
            small.gossip.addPeer(Peers.peer(22));
            small.collect();

            assertThat(small.events)
                    .contains(
                            new PeerAdded(Peers.peer(20)),
                            new PeerAdded(Peers.peer(21)),
                            new PeerRemoved(Peers.peer(21), RemovalReason.EVICTED),
                            new PeerAdded(Peers.peer(22)));
        }
    }

    @Test
    void shouldRemoveAPeerByHand() {
        one.know(3, 20, 21);
        assertThat(one.gossip.removePeer(Peers.peer(20).id())).isTrue();
        assertThat(one.gossip.removePeer(Peers.peer(20).id())).isFalse();
        one.collect();

        assertThat(one.view()).containsOnlyKeys(21);
        assertThat(one.events).contains(new PeerRemoved(Peers.peer(20), RemovalReason.REMOVED));
    }

    @Test
    void shouldForgetAPeerThatLosesItsLastAddress() {
        join(20);
        one.know(3, 30);
        Address ipc = Address.ipc(5);
        assertThat(one.gossip.addAddress(Peers.peer(20).id(), ipc)).isTrue();
        assertThat(one.gossip.removeAddress(Peers.peer(20).id(), ipc)).isTrue();
        assertThat(one.view()).containsKey(20);
        assertThat(one.gossip.removeAddress(Peers.peer(20).id(), Peers.peer(20).address()))
                .isTrue();

        assertThat(one.view()).containsOnlyKeys(30);
        assertThat(one.table.find(20)).isEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldStopJoiningWithItsLastSeed() {
        one.gossip.bootstrap(Peers.peers(20, 20), one.nowNs);
        one.gossip.removeAddress(Peers.peer(20).id(), Peers.peer(20).address());

        assertThat(one.gossip.joinState()).isEqualTo(JoinState.ALONE);
    }

    @Test
    void shouldKeepItsOwnLastAddress() {
        assertThat(
                        one.gossip.removeAddress(
                                Peers.peer(OneNode.SELF).id(), Peers.peer(OneNode.SELF).address()))
                .isFalse();
    }

    @Test
    void shouldSelectNobodyFromAnEmptyView() {
        assertThat(one.gossip.selectPeerNow(PeerSelector.UNIFORM)).isEqualTo(PeerTable.NULL_PEER);
    }

    @Test
    void shouldSelectByTheUsersOwnWay() {
        one.know(3, 20, 21, 22);
        long chosen = one.gossip.selectPeerNow((view, random) -> 2);

        assertThat(chosen).isEqualTo(one.gossip.view().peerAt(2));
    }

    @Test
    void shouldRefuseAChoiceOutsideTheView() {
        one.know(3, 20, 21, 22);

        assertThatThrownBy(() -> one.gossip.selectPeerNow((view, random) -> 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldHandOutASelectionThatIsFinishedAlready() {
        one.know(3, 20, 21, 22);
        PeerSelections selections = one.gossip.selections();
        long op = one.gossip.selectPeer((view, random) -> 1);
        long peer = selections.peer(op);

        assertThat(selections.isFinished(op)).isTrue();
        assertThat(peer).isEqualTo(one.gossip.view().peerAt(1));
        one.gossip.removePeer(one.table.idOf(peer));
        assertThat(one.table.isLive(peer)).as("held by the selection").isTrue();
        selections.finish(op);
        assertThat(one.table.isLive(peer)).isFalse();
    }

    @Test
    void shouldHandOutASelectionOfNobody() {
        PeerSelections selections = one.gossip.selections();
        long op = one.gossip.selectPeer(PeerSelector.UNIFORM);

        assertThat(selections.peer(op)).isEqualTo(PeerTable.NULL_PEER);
        selections.finish(op);
    }

    @Test
    void shouldHandOutEveryPeerByBroadcast() {
        one.know(3, 20, 21, 22);
        long[] sum = new long[1];
        int count = one.gossip.broadcast(peer -> sum[0] += one.table.shortIdOf(peer));

        assertThat(count).isEqualTo(3);
        assertThat(sum[0]).isEqualTo(63);
    }

    private void join(int seed, int... others) {
        one.gossip.bootstrap(Peers.peers(seed, seed), one.nowNs);
        one.poll();
        int[] peers = IntStream.concat(IntStream.of(seed), IntStream.of(others)).toArray();
        one.receiveFrom(
                seed, GossipCopy.of(GossipKind.JOIN_REPLY, one.last().requestId(), 0, peers));
    }
}
