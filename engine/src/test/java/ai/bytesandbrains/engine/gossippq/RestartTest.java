package ai.bytesandbrains.engine.gossippq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A node that is restarted with what its log took down.
class RestartTest {
    private static final int ROWS = 100;
    private static final GossipPqConfig CONFIG =
            GossipPqConfig.of(Metric.L2, 8, 2, 4).withSample(256, 128).withRounds(8, 6);

    private final Memory log = new Memory();

    @Test
    void shouldHaveTheSampleItHadBefore() {
        try (PqPair pair = new PqPair(CONFIG, ROWS)) {
            pair.restartA(GossipPqHistory.NONE, log);
            rounds(pair, 5);
            pair.wire = message -> false;
            pair.restartA(log, new Memory());

            assertThat(pair.a.sampleSize(0)).isEqualTo(2 * ROWS);
            assertThat(pair.a.sampleSize(1)).isEqualTo(2 * ROWS);
        }
    }

    /// Local centroids of the same rows may be others the next time.
    @ParameterizedTest
    @ValueSource(ints = {0, 10})
    void shouldNotCountItsRowsTwice(int centroids) {
        GossipPqConfig config = CONFIG.withLocalCentroids(centroids);
        try (PqPair pair = new PqPair(config, ROWS)) {
            pair.restartA(GossipPqHistory.NONE, log);
            rounds(pair, 5);
            int size = pair.b.sampleSize(0);
            pair.restartA(log, new Memory());
            rounds(pair, 5);

            assertThat(pair.b.counters().itemsTaken()).isPositive();
            assertThat(pair.b.sampleSize(0)).isEqualTo(size);
            assertThat(pair.a.sampleSize(0)).isEqualTo(size);
        }
    }

    @Test
    void shouldContributeTheRestIfItWasStoppedBeforeItHadContributedAll() {
        GossipPqConfig slow = CONFIG.withBudgets(1024, 1);
        try (PqPair pair = new PqPair(slow, ROWS)) {
            pair.wire = message -> false;
            pair.restartA(GossipPqHistory.NONE, log);
            pair.a.poll(pair.nowNs);
            int begun = pair.a.sampleSize(0);
            pair.restartA(log, new Memory());
            rounds(pair, 10);

            assertThat(begun).isBetween(1, ROWS - 1);
            assertThat(pair.a.sampleSize(0)).isEqualTo(ROWS);
        }
    }

    @Test
    void shouldHaveItsFinalCodebookAtOnce() {
        try (PqPair pair = new PqPair(CONFIG, ROWS)) {
            pair.restartA(GossipPqHistory.NONE, log);
            untilFinal(pair);
            Codebook before = pair.a.codebook();
            pair.restartA(log, new Memory());

            assertThat(pair.a.isFrozen()).isTrue();
            assertThat(pair.a.codebook().idHex()).isEqualTo(before.idHex());
        }
    }

    /// However long it stays final.
    @Test
    void shouldTakeAFinalCodebookDownOnce() {
        try (PqPair pair = new PqPair(CONFIG, ROWS)) {
            pair.restartA(GossipPqHistory.NONE, log);
            untilFinal(pair);
            int calls = log.calls.size();
            rounds(pair, 50);

            assertThat(log.calls).hasSize(calls);
        }
    }

    @Test
    void shouldTakeNothingFromAnotherConfiguration() {
        try (PqPair pair = new PqPair(CONFIG, ROWS)) {
            pair.restartA(GossipPqHistory.NONE, log);
            untilFinal(pair);
        }
        try (PqPair other = new PqPair(CONFIG.withNetwork(2), ROWS)) {
            other.restartA(log, new Memory());

            assertThat(other.a.codebook()).isNull();
            assertThat(other.a.sampleSize(0)).isZero();
        }
    }

    /// Whatever was lost at the end of the log: what is left is of use, and nothing counts twice.
    @Test
    void shouldGoOnFromAnyFirstPartOfItsLog() {
        GossipPqConfig collecting = CONFIG.withRounds(1 << 20, 1 << 20);
        try (PqPair pair = new PqPair(collecting, ROWS)) {
            pair.restartA(GossipPqHistory.NONE, log);
            rounds(pair, 4);
            for (int kept = 0; kept <= log.calls.size(); kept++) {
                pair.restartA(log.first(kept), new Memory());
                rounds(pair, 4);

                assertThat(pair.a.sampleSize(0)).as("kept=%d", kept).isEqualTo(2 * ROWS);
                assertThat(pair.b.sampleSize(0)).as("kept=%d", kept).isEqualTo(2 * ROWS);
            }
        }
    }

    @Test
    void shouldRefuseToRestoreANodeThatRuns() {
        try (PqPair pair = new PqPair(CONFIG, ROWS)) {
            pair.round();

            assertThatIllegalStateException().isThrownBy(() -> pair.a.restore(log, log));
        }
    }

    private static void rounds(PqPair pair, int count) {
        for (int round = 0; round < count; round++) {
            pair.round();
        }
    }

    private static void untilFinal(PqPair pair) {
        for (int round = 0; round < 1000 && !pair.a.isFrozen(); round++) {
            pair.round();
        }
        assertThat(pair.a.isFrozen()).isTrue();
    }

    /// A log on the heap.
    private static final class Memory implements GossipPqLog, GossipPqHistory {
        private final List<Consumer<GossipPqLog>> calls = new ArrayList<>();

        @Override
        public void onEpoch(int epoch, long space) {
            calls.add(log -> log.onEpoch(epoch, space));
        }

        @Override
        public void onItems(
                int epoch, int subspace, int count, boolean weighted, MemorySegment items) {
            int bytes = count * ItemLayout.wireBytes(CONFIG.subspaceDimensions(), weighted);
            MemorySegment copy = MemorySegment.ofArray(new byte[bytes]);
            MemorySegment.copy(items, 0, copy, 0, bytes);
            calls.add(log -> log.onItems(epoch, subspace, count, weighted, copy));
        }

        @Override
        public void onContributed(int epoch) {
            calls.add(log -> log.onContributed(epoch));
        }

        @Override
        public void onFinal(Codebook codebook, int epoch) {
            calls.add(log -> log.onFinal(codebook, epoch));
        }

        @Override
        public void replay(GossipPqLog log) {
            calls.forEach(call -> call.accept(log));
        }

        GossipPqHistory first(int kept) {
            return log -> calls.subList(0, kept).forEach(call -> call.accept(log));
        }
    }
}
