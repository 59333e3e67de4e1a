package ai.bytesandbrains.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.overlay.Peer;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.session.FrameGuard.Verdict;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class HandshakeTest {

    private static final long MS = 1_000_000;
    private static final SessionConfig CONFIG =
            new SessionConfig(64, 4, 500 * MS, 5_000 * MS, 30_000 * MS, 10);

    private final List<Side.Frame> wire = new ArrayList<>();
    private final List<Side> sides = new ArrayList<>();
    private long nowNs = 1;

    @AfterEach
    void close() {
        for (Side side : sides) {
            int held = side.table.size();
            side.handshake.close();
            side.handshake.close();
            assertThat(side.table.size()).as("references").isLessThanOrEqualTo(held);
            side.table.close();
        }
    }

    private Side side(int number, int mailbox) {
        return side(number, mailbox, false);
    }

    private Side side(int number, int mailbox, boolean proven) {
        Side side = new Side(number, mailbox, CONFIG, proven, wire::add);
        sides.add(side);
        return side;
    }

    /// Polls everybody and delivers what is on the wire to whoever listens there, until it is
    /// quiet.
    private void run() {
        int work;
        do {
            work = wire.size();
            deliver();
            for (Side side : sides) {
                work += side.handshake.poll(nowNs);
            }
        } while (work > 0);
    }

    private void deliver() {
        List<Side.Frame> frames = List.copyOf(wire);
        wire.clear();
        for (Side.Frame frame : frames) {
            for (Side side : sides) {
                if (side.peer.equals(frame.to())) {
                    side.take(frame, nowNs);
                }
            }
        }
    }

    @Test
    void shouldOpenBothWays() {
        Side a = side(1, 11);
        Side b = side(2, 12);
        long toB = a.know(b.peer);
        assertThat(b.hear(a, nowNs)).isEqualTo(Verdict.STRANGER);
        assertThat(a.handshake.isOpen(toB)).isFalse();

        run();

        assertThat(a.handshake.isOpen(toB)).isTrue();
        assertThat(b.handshake.isOpen(b.know(a.peer))).isTrue();
        assertThat(b.hear(a, nowNs)).isEqualTo(Verdict.ADMITTED);
        assertThat(a.hear(b, nowNs)).isEqualTo(Verdict.ADMITTED);
        assertThat(a.handshake.counters().hellos()).isEqualTo(1);
    }

    @Test
    void shouldOpenWhenBothBeginAtOnce() {
        Side a = side(1, 11);
        Side b = side(2, 12);
        long toB = a.know(b.peer);
        long toA = b.know(a.peer);
        a.handshake.isOpen(toB);
        b.handshake.isOpen(toA);

        run();

        assertThat(a.handshake.isOpen(toB) && b.handshake.isOpen(toA)).isTrue();
        assertThat(b.hear(a, nowNs)).isEqualTo(Verdict.ADMITTED);
    }

    @ParameterizedTest(name = "seed={0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldOpenThroughLossDuplicatesAndDisorder(long seed) {
        Random random = new Random(seed);
        Side a = side(1, 11);
        Side b = side(2, 12);
        long toB = a.know(b.peer);
        for (int i = 0; i < 200 && !(a.handshake.isOpen(toB) && opens(a, b)); i++) {
            nowNs += 100 * MS;
            a.handshake.poll(nowNs);
            List<Side.Frame> kept = new ArrayList<>();
            for (Side.Frame frame : wire) {
                for (int copies = random.nextInt(3); copies > 0; copies--) {
                    kept.add(random.nextInt(kept.size() + 1), frame);
                }
            }
            wire.clear();
            wire.addAll(kept);
            deliver();
        }

        assertThat(a.handshake.isOpen(toB)).as("seed=%d", seed).isTrue();
        assertThat(b.hear(a, nowNs)).as("seed=%d", seed).isEqualTo(Verdict.ADMITTED);
    }

    /// Whether b has heard the echo; if it was lost, a hears of it from the answer to its frame.
    private boolean opens(Side a, Side b) {
        boolean admitted = b.hear(a, nowNs) == Verdict.ADMITTED;
        if (!admitted) {
            nowNs += 1_000 * MS;
            b.handshake.onStranger(new PeerDescriptor().set(a.peer), a.incarnation, nowNs);
        }
        return admitted;
    }

    @Test
    void shouldAnswerAStrangerWithOneMessageAndRememberNothing() {
        Side b = side(2, 12);
        Peer stranger = Side.peer(9, 19);

        b.take(new Side.Frame(9, 77, 1, b.peer, HandshakeKind.HELLO, 5, 0, stranger), nowNs);

        assertThat(wire).hasSize(1);
        assertThat(wire.getFirst().kind()).isEqualTo(HandshakeKind.CHALLENGE);
        assertThat(wire.getFirst().nonce()).isEqualTo(5);
        assertThat(wire.getFirst().to()).isEqualTo(stranger);
        assertThat(b.table.size()).isZero();
        assertThat(b.handshake.sessionCount()).isZero();
    }

    @Test
    void shouldBoundTheChallengesOfASecond() {
        Side b = side(2, 12);
        for (int i = 0; i < 1_000; i++) {
            Peer stranger = Side.peer(100 + i, 100 + i);
            b.take(
                    new Side.Frame(100 + i, 7, 1, b.peer, HandshakeKind.HELLO, 5, 0, stranger),
                    nowNs);
        }
        assertThat(wire).hasSize(CONFIG.challengesPerSecond());
        assertThat(b.handshake.counters().challengesRefused()).isEqualTo(990);

        nowNs += 1_000 * MS;
        b.handshake.onStranger(new PeerDescriptor().set(Side.peer(5, 5)), 1, nowNs);

        assertThat(wire).hasSize(CONFIG.challengesPerSecond() + 1);
    }

    @Test
    void shouldNotBelieveAnEchoFromAnotherAddressIncarnationOrTime() {
        Side b = side(2, 12);
        Peer stranger = Side.peer(9, 19);
        b.take(new Side.Frame(9, 77, 1, b.peer, HandshakeKind.HELLO, 5, 0, stranger), nowNs);
        long cookie = wire.getFirst().cookie();

        b.take(echo(b, 77, cookie, Side.peer(9, 20)), nowNs);
        b.take(echo(b, 78, cookie, stranger), nowNs);
        b.take(echo(b, 77, cookie + 1, stranger), nowNs);
        b.take(echo(b, 77, cookie, stranger), nowNs + 2 * Cookies.lifetimeNs());
        assertThat(b.handshake.sessionCount()).isZero();
        assertThat(b.handshake.counters().badCookies()).isEqualTo(4);

        b.take(echo(b, 77, cookie, stranger), nowNs + Cookies.lifetimeNs() / 2);
        assertThat(b.handshake.sessionCount()).isEqualTo(1);
    }

    private static Side.Frame echo(Side to, long incarnation, long cookie, Peer sender) {
        return new Side.Frame(
                sender.id().shortId(),
                incarnation,
                9,
                to.peer,
                HandshakeKind.ECHO,
                0,
                cookie,
                sender);
    }

    @Test
    void shouldDropReplayedMessages() {
        Side a = side(1, 11);
        Side b = side(2, 12);
        long toB = a.know(b.peer);
        a.handshake.isOpen(toB);
        List<Side.Frame> recorded = new ArrayList<>();
        do {
            a.handshake.poll(nowNs);
            recorded.addAll(wire);
            deliver();
        } while (!wire.isEmpty());
        assertThat(recorded).hasSize(3);
        long confirmed = b.handshake.counters().confirmed() + a.handshake.counters().confirmed();

        for (Side.Frame frame : recorded) {
            (frame.to().equals(a.peer) ? a : b).take(frame, nowNs);
        }

        assertThat(wire).isEmpty();
        assertThat(b.handshake.counters().confirmed() + a.handshake.counters().confirmed())
                .isEqualTo(confirmed);
        assertThat(b.handshake.counters().replayed()).isEqualTo(2);
    }

    @Test
    void shouldAcceptARestartedPeerAndNotItsFormerLife() {
        Side before = side(1, 11);
        Side b = side(2, 12);
        before.handshake.isOpen(before.know(b.peer));
        run();
        assertThat(b.hear(before, nowNs)).isEqualTo(Verdict.ADMITTED);
        sides.remove(before);
        before.close();
        Side after = new Side(1, 11, CONFIG, false, wire::add, 99);
        sides.add(after);

        assertThat(b.hear(after, nowNs)).isEqualTo(Verdict.STRANGER);
        after.handshake.isOpen(after.know(b.peer));
        run();

        assertThat(b.hear(after, nowNs)).isEqualTo(Verdict.ADMITTED);
        assertThat(b.hear(before, nowNs)).isEqualTo(Verdict.STRANGER);
        assertThat(b.handshake.counters().restarts()).isEqualTo(1);
    }

    @Test
    void shouldFindOutThatAPeerHasForgottenThisNode() {
        Side a = side(1, 11);
        Side before = side(2, 12);
        long toB = a.know(before.peer);
        a.handshake.isOpen(toB);
        run();
        sides.remove(before);
        before.close();
        Side b = new Side(2, 12, CONFIG, false, wire::add, 99);
        sides.add(b);
        nowNs += 2_000 * MS;
        assertThat(a.handshake.isOpen(toB)).isTrue();
        assertThat(b.hear(a, nowNs)).isEqualTo(Verdict.STRANGER);

        b.handshake.onStranger(new PeerDescriptor().set(a.peer), a.incarnation, nowNs);
        run();

        assertThat(b.hear(a, nowNs)).isEqualTo(Verdict.ADMITTED);
        assertThat(a.hear(b, nowNs)).isEqualTo(Verdict.ADMITTED);
    }

    @Test
    void shouldSendTheChallengeOfALivePeerToWhereHeIs() {
        Side a = side(1, 11);
        Side b = side(2, 12);
        a.handshake.isOpen(a.know(b.peer));
        run();
        Side thief = side(1, 66);
        thief.handshake.isOpen(thief.know(b.peer));

        run();
        assertThat(b.hear(thief, nowNs)).isEqualTo(Verdict.STRANGER);
        assertThat(b.hear(a, nowNs)).isEqualTo(Verdict.ADMITTED);

        // Once he has gone the place is free.
        nowNs += 2 * CONFIG.protectNs();
        run();
        thief.handshake.isOpen(thief.know(b.peer));
        run();
        assertThat(b.hear(thief, nowNs)).isEqualTo(Verdict.ADMITTED);
    }

    @Test
    void shouldPreferWhatItHasConfirmedToHearsay() {
        Side a = side(1, 11);
        Side b = side(2, 12);
        long hearsay = b.know(Side.peer(1, 99));
        a.handshake.isOpen(a.know(b.peer));

        run();

        assertThat(b.handshake.isOpen(hearsay)).isTrue();
        assertThat(b.table.hasAddress(hearsay, a.peer.address())).isTrue();
        assertThat(b.table.addressCount(hearsay)).isEqualTo(1);
    }

    @Test
    void shouldTrustProvenAddressesMoreThanClaims() {
        Side thief = side(1, 66);
        Side b = side(2, 12, true);
        long proven = b.know(Side.peer(1, 11));
        thief.handshake.isOpen(thief.know(b.peer));

        run();

        assertThat(b.hear(thief, nowNs)).isEqualTo(Verdict.STRANGER);
        assertThat(b.handshake.isOpen(proven)).isFalse();
    }

    @Test
    void shouldGiveUpAPeerThatDoesNotAnswer() {
        Side a = side(1, 11);
        long silent = a.know(Side.peer(2, 12));
        a.handshake.isOpen(silent);
        for (int i = 0; i < 11; i++) {
            a.handshake.poll(nowNs);
            nowNs += CONFIG.retryNs();
        }

        assertThat(a.handshake.counters().hellos()).isEqualTo(10);
        assertThat(a.unreachable).containsExactly(Side.peer(2, 12));
        assertThat(a.handshake.nextDeadlineNs(nowNs) - nowNs).isGreaterThan(CONFIG.timeoutNs());
        a.table.release(silent);
        assertThat(a.table.size()).isZero();
    }

    @Test
    void shouldBlameNobodyForAnOutboxThatTakesNothing() {
        Side a = side(1, 11);
        a.refusing = true;
        a.handshake.isOpen(a.know(Side.peer(2, 12)));
        a.handshake.poll(nowNs);
        nowNs += CONFIG.timeoutNs();
        a.handshake.poll(nowNs);

        assertThat(a.unreachable).isEmpty();
        assertThat(a.table.size()).isEqualTo(1);
    }

    @Test
    void shouldHoldNoMoreHandshakesThanItMay() {
        Side a = side(1, 11);
        for (int i = 10; i < 20; i++) {
            a.handshake.isOpen(a.know(Side.peer(i, i)));
        }

        a.handshake.poll(nowNs);

        assertThat(wire).hasSize(CONFIG.pending());
    }

    @Test
    void shouldNotBeDrivenByChallengesThatNobodyAskedFor() {
        Side a = side(1, 11);
        Side b = side(2, 12);
        a.handshake.isOpen(a.know(b.peer));
        run();
        for (int i = 0; i < 1_000; i++) {
            a.take(new Side.Frame(2, 5, i, a.peer, HandshakeKind.CHALLENGE, 0, 6, b.peer), nowNs);
            a.take(new Side.Frame(2, 5, i, a.peer, HandshakeKind.CHALLENGE, 7, 6, b.peer), nowNs);
            a.take(new Side.Frame(3, 5, i, a.peer, HandshakeKind.CHALLENGE, 0, 6, b.peer), nowNs);
            a.handshake.poll(nowNs);
        }

        assertThat(wire).isEmpty();
        assertThat(a.handshake.counters().unsolicited()).isEqualTo(3_000);
    }

    @Test
    void shouldAllocateNothingForKnownPeersAndStrangers() {
        Side a = side(1, 11);
        Side b = side(2, 12);
        long toB = a.know(b.peer);
        a.handshake.isOpen(toB);
        run();
        a.refusing = true;
        long sender = b.peer.id().shortId();
        PeerDescriptor stranger = new PeerDescriptor().set(Side.peer(9, 19));
        long[] sequence = {1_000};
        boolean[] open = {true};

        Allocation.assertNone(
                () -> {
                    nowNs += 200 * MS;
                    Verdict verdict =
                            a.handshake.admit(sender, b.incarnation, ++sequence[0], nowNs);
                    open[0] &= verdict == Verdict.ADMITTED && a.handshake.isOpen(toB);
                    a.handshake.onStranger(stranger, 4, nowNs);
                    a.handshake.poll(nowNs);
                });

        assertThat(open[0]).isTrue();
    }
}
