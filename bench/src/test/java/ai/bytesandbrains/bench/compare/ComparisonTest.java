package ai.bytesandbrains.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.bench.data.NativeVectors;
import ai.bytesandbrains.bench.data.Synthetic;
import ai.bytesandbrains.bench.eval.Truth;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.space.Simd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class ComparisonTest {
    private static final int K = 10;

    private final Synthetic synthetic = new Synthetic(32, 9);
    private final NativeVectors base = synthetic.draw(1_500, Synthetic.BASE);
    private final NativeVectors queries = synthetic.draw(Comparison.BATCH, Synthetic.QUERY);
    private final List<String> notes = new ArrayList<>();

    @AfterEach
    void close() {
        base.close();
        queries.close();
    }

    private Comparison comparison(final boolean withJVector) {
        final Truth truth = Truth.compute(Metric.L2, base, queries, K, _ -> {});
        return new Comparison(base, queries, truth, 8, K, 0.01, withJVector, notes::add);
    }

    /// Tasks for a second thread, where there is a processor for it and vectors.
    private static int threads() {
        boolean measured =
                Runtime.getRuntime().availableProcessors() > 1 && !Simd.species().equals("scalar");
        return measured ? 4 : 0;
    }

    @Test
    void shouldMeasureTheSameWorkWithTheSameAnswersOnBothSides() {
        try (Comparison comparison = comparison(true)) {
            final List<Task> tasks = comparison.run();
            final Comparison.Answers answers = comparison.answers();

            assertThat(tasks).hasSize(9 + threads());
            assertThat(tasks)
                    .allSatisfy(task -> assertThat(task.engine()).as(task.task()).isPositive());
            assertThat(tasks)
                    .filteredOn(task -> task.gainOver() == null && !task.task().startsWith("4-bit"))
                    .hasSize(7)
                    .allSatisfy(task -> assertThat(task.ratio()).as(task.task()).isPositive());
            assertThat(tasks)
                    .filteredOn(task -> task.gainOver() != null)
                    .hasSize(1 + threads())
                    .allSatisfy(task -> assertThat(task.gain()).as(task.task()).isPositive());
            assertThat(answers.exactRecall()).isEqualTo(1.0);
            assertThat(answers.jVectorExactRecall()).isGreaterThan(0.99);
            assertThat(answers.codesEqual()).isGreaterThan(0.999);
            assertThat(Math.abs(answers.codeRecall() - answers.jVectorCodeRecall()))
                    .isLessThan(0.01);
            // Two trainings of one sample differ in their starts alone.
            assertThat(answers.trainError() / answers.jVectorTrainError()).isBetween(0.8, 1.25);
            assertThat(notes).isNotEmpty();
        }
    }

    @Test
    void shouldMeasureTheEngineAlone() {
        try (Comparison comparison = comparison(false)) {
            final List<Task> tasks = comparison.run();

            assertThat(tasks).hasSize(9 + threads());
            assertThat(tasks).allSatisfy(task -> assertThat(task.jVector()).isNull());
            assertThat(comparison.jVectorProvider()).isNull();
            assertThat(comparison.answers().exactRecall()).isEqualTo(1.0);
        }
    }
}
