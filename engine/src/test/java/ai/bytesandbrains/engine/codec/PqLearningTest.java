package ai.bytesandbrains.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.bytesandbrains.engine.Allocation;
import ai.bytesandbrains.engine.TestVectors;
import ai.bytesandbrains.engine.op.Workers;
import ai.bytesandbrains.engine.space.Metric;
import ai.bytesandbrains.engine.train.TrainingCancelledException;
import ai.bytesandbrains.engine.train.TrainingProgress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// Training by threads and in steps, encoding by threads, and learning from what is observed.
class PqLearningTest {
    private static final int COUNT = 3000;
    private static final int DIMENSIONS = 20;
    private static final int SUBSPACES = 5;
    private static final long STRIDE = 4L * DIMENSIONS;
    private static final PqConfig CONFIG =
            PqConfig.of(Metric.L2, DIMENSIONS, SUBSPACES, 6, 9).withIterations(4);

    private final Arena arena = Arena.ofShared();
    private final SplittableRandom random = new SplittableRandom(17);
    private final MemorySegment vectors =
            TestVectors.clustered(arena, random, COUNT, DIMENSIONS, 80);

    @AfterEach
    void close() {
        arena.close();
    }

    private ProductQuantizer trained() {
        ProductQuantizer quantizer = new ProductQuantizer(CONFIG);
        quantizer.train(vectors, 0, STRIDE, COUNT);
        return quantizer;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void shouldTrainTheSameCodebookWithAnyNumberOfThreads(int threads) {
        ProductQuantizer quantizer = new ProductQuantizer(CONFIG);
        try (Workers workers = Workers.of(threads)) {
            quantizer.train(vectors, 0, STRIDE, COUNT, workers, TrainingProgress.NONE);
        }

        assertThat(quantizer.codebook().idHex()).isEqualTo(trained().codebook().idHex());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20_000, Long.MAX_VALUE})
    void shouldTrainTheSameCodebookStepByStep(long budget) {
        try (PqTraining training = new PqTraining(CONFIG, vectors, 0, STRIDE, COUNT)) {
            while (!training.step(budget)) {
                assertThatIllegalStateException().isThrownBy(training::codebook);
            }
            assertThat(training.codebook().idHex()).isEqualTo(trained().codebook().idHex());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldTakeUpATrainingThatWasEnded(int threads) {
        try (PqTraining training = new PqTraining(CONFIG, vectors, 0, STRIDE, COUNT);
                Workers workers = Workers.of(threads)) {
            training.step(50_000);
            assertThatExceptionOfType(TrainingCancelledException.class)
                    .isThrownBy(() -> training.run(workers, (done, total) -> done < total / 2));
            assertThat(training.isDone()).isFalse();
            training.step(50_000);
            training.run(workers, TrainingProgress.NONE);

            assertThat(training.codebook().idHex()).isEqualTo(trained().codebook().idHex());
        }
    }

    @Test
    void shouldTellHowFarItIs() {
        long[] last = new long[2];
        new ProductQuantizer(CONFIG)
                .train(
                        vectors,
                        0,
                        STRIDE,
                        COUNT,
                        Workers.caller(),
                        (done, total) -> {
                            assertThat(done).isGreaterThanOrEqualTo(last[0]);
                            last[0] = done;
                            last[1] = total;
                            return true;
                        });

        assertThat(last[1]).isEqualTo(SUBSPACES * 6L);
        assertThat(last[0]).isEqualTo(last[1]);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,1030", "3,3000", "2,11"})
    void shouldEncodeTheSameWithAnyNumberOfThreads(int threads, int count) {
        ProductQuantizer quantizer = trained();
        int size = quantizer.codeSize();
        MemorySegment one = arena.allocate((long) count * size);
        MemorySegment many = arena.allocate((long) count * size);
        many.fill((byte) -1);
        for (int i = 0; i < count; i++) {
            quantizer.encode(vectors, i * STRIDE, one, (long) i * size);
        }
        try (Workers workers = Workers.of(threads)) {
            quantizer.encodeBatch(vectors, 0, STRIDE, count, many, 0, size, workers);
        }

        assertThat(many.mismatch(one)).isEqualTo(-1);
    }

    @Test
    void shouldSeeNoDriftWhereThereIsNone() {
        ProductQuantizer quantizer = trained();
        assertThat(quantizer.drift()).isNaN();
        quantizer.observeBatch(vectors, 0, STRIDE, COUNT);

        assertThat(quantizer.drift()).isBetween(0.95, 1.05);
        assertThat(quantizer.observed()).isEqualTo(COUNT);
    }

    @Test
    void shouldLearnOtherVectorsAndKeepOldCodesReadable() {
        ProductQuantizer quantizer = trained();
        Codebook before = quantizer.codebook();
        MemorySegment code = arena.allocate(quantizer.codeSize());
        MemorySegment decoded = arena.allocate(STRIDE, 64);
        quantizer.encode(vectors, 0, code, 0);
        quantizer.decode(code, 0, decoded, 0);
        float[] expected = decoded.toArray(ValueLayout.JAVA_FLOAT);
        MemorySegment others = TestVectors.clustered(arena, random, COUNT, DIMENSIONS, 80);

        quantizer.observeBatch(others, 0, STRIDE, COUNT);
        assertThat(quantizer.drift()).isGreaterThan(1.15);
        Codebook after = quantizer.retrain(Workers.caller(), TrainingProgress.NONE);

        assertThat(after.hasSameId(before)).isFalse();
        assertThat(quantizer.codebook()).isSameAs(after);
        assertThat(quantizer.observed()).isZero();
        quantizer.observeBatch(others, 0, STRIDE, COUNT);
        assertThat(quantizer.drift()).isBetween(0.95, 1.05);
        Codebook kept = quantizer.codebook(before.idHigh(), before.idLow());
        kept.decodeBatch(code, 0, code.byteSize(), 1, decoded, 0, STRIDE);
        assertThat(decoded.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(expected);
        assertThat(quantizer.codebook(1, 2)).isNull();
    }

    @Test
    void shouldSayThatTooLittleWasObserved() {
        ProductQuantizer quantizer = trained();
        quantizer.observeBatch(vectors, 0, STRIDE, 63);

        assertThatIllegalStateException()
                .isThrownBy(() -> quantizer.retrain(Workers.caller(), TrainingProgress.NONE))
                .withMessageContaining("observed=63")
                .withMessageContaining("centroids=64");
    }

    @Test
    void shouldLearnUntrainedFromWhatItObserves() {
        ProductQuantizer quantizer = new ProductQuantizer(CONFIG);
        for (int i = 0; i < 500; i++) {
            quantizer.observe(vectors, i * STRIDE);
        }
        quantizer.retrain(Workers.caller(), TrainingProgress.NONE);

        assertThat(quantizer.isTrained()).isTrue();
    }

    @Test
    void shouldAllocateNothingToObserve() {
        ProductQuantizer quantizer = trained();

        Allocation.assertNone(() -> quantizer.observe(vectors, STRIDE));
    }
}
