package ai.bytesandbrains.engine.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

class OpTableTest {

    private final OpTable table = new OpTable(3);

    @Test
    void shouldGoThroughItsLife() {
        long op = table.claim();
        table.submit(op);
        assertThat(table.isFinished(op)).isFalse();
        table.complete(op);
        assertThat(table.isFinished(op)).isTrue();
        table.finish(op);

        assertStale(op);
    }

    @Test
    void shouldClaimNoMoreThanThereIsRoom() {
        Set<Integer> slots = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            slots.add(OpTable.slotOf(table.claim()));
        }

        assertThat(slots).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(table.claim()).isEqualTo(OpTable.NULL_OP);
    }

    @Test
    void shouldFreeAWithdrawnOperation() {
        long op = running();
        table.withdraw(op);

        assertStale(op);
        assertThat(OpTable.slotOf(table.claim())).isEqualTo(OpTable.slotOf(op));
    }

    @Test
    void shouldGiveANewHandleToAUsedSlot() {
        Set<Long> handles = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            long op = running();
            assertThat(handles.add(op)).isTrue();
            table.withdraw(op);
        }
    }

    @Test
    void shouldTellTheAgentThatNobodyWaits() {
        long op = running();
        table.abandon(op);

        assertThat(table.isAbandoned(op)).isTrue();
        assertThat(table.isFinished(op)).isFalse();
    }

    @Test
    void shouldFreeAnAbandonedOperationWhenItIsComplete() {
        long op = running();
        table.abandon(op);
        table.complete(op);

        assertStale(op);
    }

    @Test
    void shouldFreeADoneOperationThatIsAbandoned() {
        long op = running();
        table.complete(op);
        table.abandon(op);

        assertStale(op);
    }

    @Test
    void shouldRefuseStepsOutOfTurn() {
        long claimed = table.claim();
        assertThatThrownBy(() -> table.complete(claimed)).hasMessageContaining("claimed");
        assertThatThrownBy(() -> table.finish(claimed)).hasMessageContaining("claimed");
        assertThatThrownBy(() -> table.abandon(claimed)).hasMessageContaining("claimed");
        long running = running();
        assertThatThrownBy(() -> table.submit(running)).hasMessageContaining("running");
        assertThatThrownBy(() -> table.finish(running)).hasMessageContaining("running");
        assertThatThrownBy(() -> table.withdraw(claimed)).hasMessageContaining("claimed");
        table.complete(running);
        assertThatThrownBy(() -> table.complete(running)).hasMessageContaining("done");
    }

    @Test
    void shouldRefuseToAbandonTwice() {
        long op = running();
        table.abandon(op);

        assertThatThrownBy(() -> table.abandon(op)).hasMessageContaining("abandoned");
    }

    @Test
    void shouldSayThatAWildHandleIsNone() {
        for (long wild :
                new long[] {OpTable.NULL_OP, -1, 3, 1L << 32 | 3, 1L << 32 | 0x8000_0000L}) {
            assertThatThrownBy(() -> table.submit(wild)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> table.complete(wild))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> table.abandon(wild)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> table.finish(wild)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> table.isFinished(wild))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldRefuseNoCapacity() {
        assertThatThrownBy(() -> new OpTable(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("capacity=0");
    }

    private long running() {
        long op = table.claim();
        table.submit(op);
        return op;
    }

    private void assertStale(long op) {
        assertThatThrownBy(() -> table.isFinished(op)).hasMessageContaining("stale");
        assertThatThrownBy(() -> table.isAbandoned(op)).hasMessageContaining("stale");
        assertThatThrownBy(() -> table.submit(op)).hasMessageContaining("stale");
        assertThatThrownBy(() -> table.complete(op)).hasMessageContaining("stale");
        assertThatThrownBy(() -> table.abandon(op)).hasMessageContaining("stale");
        assertThatThrownBy(() -> table.finish(op)).hasMessageContaining("stale");
    }
}
