package ai.bytesandbrains.engine.gossippq;

import static org.assertj.core.api.Assertions.assertThat;

import ai.bytesandbrains.engine.codec.Codebook;
import ai.bytesandbrains.engine.space.Metric;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

class SampleTrainingTest {
    private static final int DIMENSIONS = 12;
    private static final int SUBSPACES = 3;
    private static final GossipPqConfig CONFIG =
            GossipPqConfig.of(Metric.L2, DIMENSIONS, SUBSPACES, 4).withSample(500, 60);

    /// What this sample gives on every processor, at every vector width, and without vectors: the
    /// build runs this test under each of them.
    private static final String GOLDEN = "a515d40c1b04cdf9a9cf40a1e95afcac";

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void shouldGiveTheSameBitsEverywhere() {
        SubspaceSample[] samples = samples(CONFIG);
        fill(samples, 1, 1000, false);

        assertThat(train(CONFIG, samples, Long.MAX_VALUE).idHex()).isEqualTo(GOLDEN);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1024, 5000, 1L << 40})
    void shouldGiveTheSameBitsInPiecesOfAnySize(long budget) {
        SubspaceSample[] samples = samples(CONFIG);
        fill(samples, 1, 1000, false);

        assertThat(train(CONFIG, samples, budget).idHex()).isEqualTo(GOLDEN);
    }

    /// Whatever was trained before a sample changed: what counts is what the samples are in the
    /// end.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 30, 100, 200})
    void shouldGiveTheSameBitsThoughSamplesChangeMeanwhile(int steps) {
        SubspaceSample[] samples = samples(CONFIG);
        fill(samples, 1, 1000, false);
        SubspaceSample[] earlier = samples(CONFIG);
        earlier[0] = samples[0];
        earlier[2] = samples[2];
        fill(new SubspaceSample[] {earlier[1]}, 9, 400, false);
        boolean[] settled = {true, true, false};
        try (SampleTraining training = new SampleTraining(CONFIG, earlier, 9, CodebookMemo.NONE)) {
            for (int i = 0; i < steps; i++) {
                training.step(1024, m -> settled[m]);
            }
            assertThat(training.codebook()).isNull();
            earlier[1] = samples[1];
            training.forget(1);
            settled[2] = true;
            while (training.codebook() == null) {
                assertThat(training.step(1024, m -> settled[m])).isTrue();
            }

            assertThat(training.codebook().idHex()).isEqualTo(GOLDEN);
            assertThat(training.step(1024, m -> true)).isFalse();
        }
    }

    @Test
    void shouldTrainAgainOnlyWhatHasChanged() {
        SubspaceSample[] samples = samples(CONFIG);
        fill(samples, 1, 1000, false);
        try (SampleTraining training = new SampleTraining(CONFIG, samples, 9, CodebookMemo.NONE)) {
            int all = stepsUntilDone(training);
            training.forget(1);

            assertThat(training.codebook()).isNull();
            assertThat(stepsUntilDone(training)).isLessThan(all / 2);
            assertThat(training.codebook().idHex()).isEqualTo(GOLDEN);
        }
    }

    private static int stepsUntilDone(SampleTraining training) {
        int steps = 0;
        while (training.codebook() == null) {
            training.step(1024, m -> true);
            steps++;
        }
        return steps;
    }

    @Test
    void shouldRoundCentroidsToHalfPrecision() {
        SubspaceSample[] samples = samples(CONFIG);
        fill(samples, 2, 400, true);
        Codebook codebook = train(CONFIG, samples, Long.MAX_VALUE);

        for (int m = 0; m < SUBSPACES; m++) {
            for (int k = 0; k < CONFIG.centroids(); k++) {
                float x = codebook.centroid(m, k, 1);
                assertThat(Float.float16ToFloat(Float.floatToFloat16(x))).isEqualTo(x);
            }
        }
    }

    @Test
    void shouldTrainFromFewerItemsThanCentroids() {
        SubspaceSample[] samples = samples(CONFIG);
        fill(samples, 3, 3, false);

        Codebook codebook = train(CONFIG, samples, Long.MAX_VALUE);

        assertThat(codebook.trainingError()).isZero();
    }

    @Test
    void shouldHardlyMoveForOnePeerWhoseItemsAreFarAway() {
        SubspaceSample[] honest = samples(CONFIG);
        fill(honest, 4, 400, false);
        SubspaceSample[] poisoned = samples(CONFIG);
        fill(poisoned, 4, 400, false);
        // One origin more, with a sixteenth of the items, at ten times the length.
        Random random = new Random(5);
        for (int i = 0; i < 25; i++) {
            offer(poisoned, random, 99, i, 10, 1);
        }

        double clean = heldOutError(train(CONFIG, honest, Long.MAX_VALUE));
        double dirty = heldOutError(train(CONFIG, poisoned, Long.MAX_VALUE));

        assertThat(dirty / clean).isLessThan(1.05);
    }

    @Test
    void shouldNotLetAnOriginOutweighItsQuotaByClaimingCounts() {
        SubspaceSample[] samples = samples(CONFIG);
        fill(samples, 6, 400, false);
        Random random = new Random(7);
        for (int i = 0; i < 20; i++) {
            offer(samples, random, 99, i, 1, ItemLayout.MAX_WEIGHT);
        }
        TrainingItems items = new TrainingItems(CONFIG, arena);
        items.start(samples[0]);
        while (!items.step()) {
            assertThat(items.count()).isEqualTo(420);
        }
        double heavy = 0;
        double total = 0;
        for (int i = 0; i < items.count(); i++) {
            double weight = items.weights().getAtIndex(ValueLayout.JAVA_FLOAT, i);
            SubspaceSample sample = samples[0];
            int origin = ItemLayout.origin(sample.items(), sample.offsetOf(sample.slotAt(i)));
            total += weight;
            heavy += origin == 99 ? weight : 0;
        }

        // It claims to stand for 1.3 million vectors beside 400; its quota is 60 of 500 items.
        assertThat(heavy / total).isLessThan(0.121);
    }

    private SubspaceSample[] samples(GossipPqConfig config) {
        SubspaceSample[] samples = new SubspaceSample[config.subspaces()];
        for (int m = 0; m < samples.length; m++) {
            samples[m] =
                    new SubspaceSample(
                            config.sampleSize(),
                            config.originQuota(),
                            config.subspaceDimensions(),
                            arena);
            samples[m].clear(m);
        }
        return samples;
    }

    private void fill(SubspaceSample[] samples, long seed, int count, boolean weighted) {
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            int weight = weighted ? 1 + random.nextInt(40) : 1;
            offer(samples, random, 1 + i % 16, i / 16, 1, weight);
        }
    }

    private void offer(
            SubspaceSample[] samples,
            Random random,
            int origin,
            int index,
            float scale,
            int weight) {
        int dimensions = CONFIG.subspaceDimensions();
        MemorySegment part = arena.allocate(4L * dimensions, 8);
        MemorySegment item = arena.allocate(ItemLayout.stride(dimensions), 8);
        for (SubspaceSample sample : samples) {
            for (int d = 0; d < dimensions; d++) {
                float x = scale * (float) random.nextGaussian();
                part.setAtIndex(ValueLayout.JAVA_FLOAT, d, x);
            }
            ItemLayout.write(origin, index, weight, part, 0, dimensions, item, 0);
            sample.stage(item, 0);
            sample.commit();
        }
    }

    private static Codebook train(GossipPqConfig config, SubspaceSample[] samples, long budget) {
        try (SampleTraining training = new SampleTraining(config, samples, 9, CodebookMemo.NONE)) {
            int steps = 0;
            while (training.codebook() == null) {
                training.step(budget, m -> true);
                assertThat(++steps).isLessThan(1_000_000);
            }
            return training.codebook();
        }
    }

    private static double heldOutError(Codebook codebook) {
        Random random = new Random(8);
        double error = 0;
        float[] part = new float[codebook.subspaceDimensions()];
        for (int i = 0; i < 2000; i++) {
            for (int m = 0; m < codebook.subspaces(); m++) {
                for (int d = 0; d < part.length; d++) {
                    part[d] = (float) random.nextGaussian();
                }
                double least = Double.POSITIVE_INFINITY;
                for (int k = 0; k < codebook.centroids(); k++) {
                    double sum = 0;
                    for (int d = 0; d < part.length; d++) {
                        double difference = part[d] - codebook.centroid(m, k, d);
                        sum += difference * difference;
                    }
                    least = Math.min(least, sum);
                }
                error += least;
            }
        }
        return error;
    }
}
