package ai.bytesandbrains.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AskerBudgetsTest {

    private static final long SECOND = 1_000_000_000L;

    /// Any time will do, also one that a monotonic clock passes on its way around.
    private long nowNs = Long.MAX_VALUE - SECOND;

    private int spend(AskerBudgets budgets, long asker, int queries) {
        int taken = 0;
        for (int i = 0; i < queries; i++) {
            taken += budgets.spend(asker, nowNs) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void shouldTakeASecondsWorthAtOnceAndThenTheRate() {
        AskerBudgets budgets = new AskerBudgets(100);

        assertThat(spend(budgets, 7, 150)).isEqualTo(100);
        nowNs += SECOND / 2;
        assertThat(spend(budgets, 7, 150)).isEqualTo(50);
        nowNs += 10 * SECOND;
        assertThat(spend(budgets, 7, 150)).isEqualTo(100);
    }

    @Test
    void shouldNotLetAskersPayForEachOther() {
        AskerBudgets budgets = new AskerBudgets(10);

        assertThat(spend(budgets, 1, 20)).isEqualTo(10);
        assertThat(spend(budgets, 2, 20)).isEqualTo(10);
        assertThat(spend(budgets, -5, 20)).isEqualTo(10);
        assertThat(spend(budgets, 1, 20)).isZero();
    }

    @Test
    void shouldHaveRoomForAnyNumberOfAskers() {
        AskerBudgets budgets = new AskerBudgets(2);
        for (long asker = 1; asker <= 10_000; asker++) {
            assertThat(spend(budgets, asker, 3)).as("asker=%d", asker).isEqualTo(2);
            nowNs += 1_000;
        }
        assertThat(spend(budgets, 10_000, 3)).isZero();
    }
}
