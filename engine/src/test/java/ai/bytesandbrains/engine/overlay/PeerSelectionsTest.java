package ai.bytesandbrains.engine.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.op.OpTable;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerSelectionsTest {

    private final PeerTable table = new PeerTable(8);
    private final PeerSelections selections = new PeerSelections(2, table);
    private final long peer = table.acquire(Peers.descriptor(5));

    @AfterEach
    void close() {
        table.close();
    }

    @Test
    void shouldBeCompletedLaterByASamplerThatHasToAsk() {
        long op = selections.begin();
        assertThat(selections.isFinished(op)).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> selections.peer(op));
        selections.complete(op, peer);

        assertThat(selections.isFinished(op)).isTrue();
        assertThat(selections.peer(op)).isEqualTo(peer);
        selections.finish(op);
        assertThatIllegalStateException().isThrownBy(() -> selections.peer(op));
    }

    @Test
    void shouldHoldItsPeerUntilItIsFinished() {
        long op = selections.completed(peer);
        table.release(peer);
        assertThat(table.isLive(peer)).isTrue();
        selections.finish(op);

        assertThat(table.isLive(peer)).isFalse();
    }

    @Test
    void shouldHoldNoPeerWhenItIsAbandoned() {
        long early = selections.begin();
        selections.abandon(early);
        selections.complete(early, peer);
        long late = selections.completed(peer);
        selections.abandon(late);
        table.release(peer);

        assertThat(table.isLive(peer)).isFalse();
    }

    @Test
    void shouldRefuseMoreThanItHasRoomFor() {
        long first = selections.completed(peer);
        selections.begin();
        assertThat(selections.completed(peer)).isEqualTo(OpTable.NULL_OP);
        selections.finish(first);

        assertThat(selections.completed(PeerTable.NULL_PEER)).isNotEqualTo(OpTable.NULL_OP);
        table.release(peer);
        assertThat(table.size()).as("the refused one took no reference").isZero();
    }

    @Test
    void shouldAllocateNothing() {
        Allocation.assertNone(() -> selections.finish(selections.completed(peer)));
    }
}
