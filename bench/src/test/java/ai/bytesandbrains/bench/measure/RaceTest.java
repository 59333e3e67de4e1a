package ai.bytesandbrains.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class RaceTest {
    private int turns;
    private int changes;
    private boolean last;
    private Object kept;

    private long turn(final boolean first) {
        changes += first == last ? 0 : 1;
        last = first;
        turns++;
        return 1;
    }

    @Test
    void shouldLetTheRunnersTakeTurns() {
        final Race race = new Race(0.01);
        race.add(() -> turn(true));
        race.add(() -> turn(false));

        final List<Race.Result> results = race.run();

        assertThat(results).hasSize(2).allSatisfy(r -> assertThat(r.perSecond()).isPositive());
        assertThat(changes).isGreaterThan(10).isLessThan(turns);
    }

    @Test
    void shouldCountWhatACallAllocates() {
        final Race race = new Race(0.05);
        race.add(
                () -> {
                    kept = new byte[10_000];
                    return 1;
                });

        assertThat(race.run().getFirst().allocatedBytesPerCall()).isBetween(10_000.0, 20_000.0);
        assertThat(kept).isNotNull();
    }
}
