package ai.bytesandbrains.engine.gossippq;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

class AgreementTest {
    private static final GossipPqConfig CONFIG =
            GossipPqConfig.of(Metric.L2, 4, 2, 4).withSample(64, 32).withRounds(10, 10);
    private static final int PATIENCE = 40;
    private static final int ENOUGH = 3;

    private final PeerClaims claims = new PeerClaims();
    private final Epoch epoch = new Epoch(CONFIG);
    private final Agreement agreement = new Agreement(CONFIG, claims, epoch);
    private long peer;

    @BeforeEach
    void haveACodebook() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zeros = arena.allocate(4L * 4 * 16, 64);
            epoch.setCodebook(Codebook.of(Metric.L2, 4, 2, 4, zeros, 0));
        }
    }

    private void peers(int count, long high, long low, int flags) {
        for (int i = 0; i < count; i++) {
            claims.note(++peer, new Claim(epoch.number(), high, low, flags), 1);
        }
    }

    private void mine(int count) {
        peers(count, epoch.high(), epoch.low(), 0);
    }

    @Test
    void shouldLetACodebookBecomeFinalThatMoreThanTwoThirdsHave() {
        mine(5);
        peers(3, 7, 7, GossipPqMessage.FROZEN);
        agreement.look(2, ENOUGH);
        assertThat(agreement.mayFreeze()).as("6 of 9").isFalse();

        mine(1);
        agreement.look(2, ENOUGH);
        assertThat(agreement.mayFreeze()).as("7 of 10").isTrue();
    }

    @Test
    void shouldNotTakeTheWordOfTwo() {
        mine(2);
        agreement.look(2, ENOUGH);
        assertThat(agreement.mayFreeze()).isFalse();

        agreement.look(2, 2);
        assertThat(agreement.mayFreeze()).isTrue();
    }

    /// A third that lies neither leads a node without a final codebook nor opens an epoch for it.
    @Test
    void shouldNotBeLedByAThird() {
        mine(8);
        peers(4, 7, 7, GossipPqMessage.FROZEN);
        agreement.look(2, ENOUGH);

        assertThat(agreement.hasLeader()).isFalse();
        assertThat(agreement.isOver()).isFalse();
        assertThat(agreement.reached()).isZero();
        assertThat(agreement.isDisputed()).isTrue();
    }

    @Test
    void shouldFollowMoreThanHalfUnlessItHasAFinalOneItself() {
        peers(4, 7, 7, GossipPqMessage.FROZEN);
        mine(3);
        agreement.look(2, ENOUGH);
        assertThat(agreement.hasLeader()).isTrue();
        assertThat(agreement.leads()).isFalse();

        epoch.freeze();
        assertThat(agreement.hasLeader()).as("4 of 7").isFalse();
    }

    @Test
    void shouldOpenTheNextEpochWhereTwoLargePartsHaveEachTheirOwn() {
        epoch.freeze();
        peers(4, epoch.high(), epoch.low(), GossipPqMessage.FROZEN);
        peers(4, 7, 7, GossipPqMessage.FROZEN);
        agreement.look(2, ENOUGH);

        assertThat(agreement.isOver()).isTrue();
    }

    /// It will take over what the others have.
    @Test
    void shouldOpenNoEpochForASplinter() {
        epoch.freeze();
        peers(1, epoch.high(), epoch.low(), GossipPqMessage.FROZEN);
        peers(9, 7, 7, GossipPqMessage.FROZEN);
        agreement.look(2, ENOUGH);

        assertThat(agreement.isOver()).isFalse();
        assertThat(agreement.hasLeader()).isTrue();
    }

    @Test
    void shouldAskForLessAfterALongTimeWithoutProgress() {
        mine(3);
        peers(2, 7, 7, 0);
        agreement.look(2, ENOUGH);
        assertThat(agreement.mayFreeze()).as("4 of 6").isFalse();

        agreement.progress(1 - PATIENCE);
        agreement.look(2, ENOUGH);
        assertThat(agreement.mayFreeze()).isTrue();
    }

    @Test
    void shouldGoOnWhereAFinalCodebookIsAlone() {
        epoch.freeze();
        peers(4, 0, 0, 0);
        agreement.look(2, ENOUGH);
        assertThat(agreement.isOver()).isFalse();

        agreement.progress(1 - PATIENCE);
        agreement.look(2, ENOUGH);
        assertThat(agreement.isOver()).isTrue();
    }

    /// Who asks and asks does not keep an old claim alive.
    @Test
    void shouldForgetAClaimHoweverOftenItsPeerAsks() {
        mine(4);
        long later = 2 + PeerClaims.WINDOW;
        for (long round = 2; round <= later; round++) {
            assertThat(claims.allow(1, round, 1)).isTrue();
            assertThat(claims.allow(1, round, 1)).isFalse();
        }
        agreement.look(later, ENOUGH);

        assertThat(agreement.mayFreeze()).isFalse();
        assertThat(claims.total()).isZero();
    }

    /// What a peer says of its epoch; nothing else of it is looked at.
    private record Claim(int epoch, long codebookHigh, long codebookLow, int flags)
            implements GossipPqMessage {
        @Override
        public GossipPqKind kind() {
            return GossipPqKind.ANNOUNCE;
        }

        @Override
        public long requestId() {
            return 0;
        }

        @Override
        public long space() {
            return 0;
        }

        @Override
        public int subspace() {
            return 0;
        }

        @Override
        public int number() {
            return 0;
        }

        @Override
        public long threshold() {
            return 0;
        }

        @Override
        public long ranges() {
            return 0;
        }

        @Override
        public int count() {
            return 0;
        }

        @Override
        public int bodyBytes() {
            return 0;
        }

        @Override
        public void copyBody(MemorySegment into, long offset) {}
    }
}
